import { shapeOf } from './url-shape.js';

/**
 * Pages of one shape that wait among the others; further ones wait behind everything else. Not so calendars and
 * filters: they have no end, and nothing in them that the site does not say elsewhere.
 */
const FIRST_OF_SHAPE = 4;
/** Pages of one shape that are visited, if none of them brought anything. */
const MAX_OF_SHAPE = 50;
/** Pages of one shape whose links promise an address, and of one folder if each has a name of its own. */
const MAX_PROMISING_OF_SHAPE = 40;
const MAX_PROMISING_OF_FOLDER = 200;
/** Hosts of a site besides its seeds'; hosts that brought addresses are not counted. */
const MAX_OTHER_HOSTS = 5;
/** Pages that say the same whose links are followed: lists of a small site may differ in their links and numbers only. */
const MAX_FOLLOWED = 8;
/** Repetitions in a row after which no further page of a shape is worth it, of the site, and of its best links. */
const MAX_REPEATS_OF_SHAPE = 12;
const MAX_REPEATS = 20;
const MAX_PROMISING_REPEATS = 24;
const MAX_SHAPES = 10_000;
const MAX_FINGERPRINTS = 20_000;

/** What a visited page was like. */
export interface VisitedPage {
  /** PageFindings.fingerprint. */
  fingerprint: string;
  /** Addresses that this page was the first of its site to state. */
  newAddresses: number;
}

interface Shape {
  queued: number;
  /** Counted apart, so that a hundred articles do not keep the contact page out. */
  promising: number;
  visited: number;
  repeats: number;
  /** A page of this shape has brought an address: a directory of people, not a trap. */
  isFruitful: boolean;
}

/**
 * Keeps a crawl out of what a server can make up for ever: calendars, filters, numbered pages, subdomains, and the
 * same page under every address. Judges by the shape of URLs and by what came of earlier pages of the same shape;
 * links that promise an address have limits of their own.
 */
export class TrapGuard {
  private readonly shapes = new Map<string, Shape>();
  /** How many pages had each fingerprint. */
  private readonly fingerprints = new Map<string, number>();
  private readonly freeHosts = new Set<string>();
  private readonly otherHosts = new Set<string>();
  private repeats = 0;

  /** The host of a seed is no subdomain that a trap has made up. */
  addSeedHost(host: string): void {
    this.freeHosts.add(bareHost(host));
  }

  /** Whether a link may wait for its turn: with the others, behind them all, or not at all. */
  admitLink(url: URL, isPromising: boolean): 'now' | 'last' | 'never' {
    const { group, kind } = shapeOf(url);
    if (kind === 'single' && !isPromising) return 'now';
    const shape = this.shape(group);
    if (isPromising) {
      shape.promising += 1;
      const limit = kind === 'single' ? MAX_PROMISING_OF_FOLDER : MAX_PROMISING_OF_SHAPE;
      return shape.promising <= limit || shape.isFruitful ? 'now' : 'never';
    }
    shape.queued += 1;
    if (shape.isFruitful || shape.queued <= FIRST_OF_SHAPE) return 'now';
    return kind === 'numbered' ? 'last' : 'never';
  }

  /** Whether a page whose turn has come is still worth its fetch, by what was seen since it was queued. */
  admitVisit(url: URL, isPromising: boolean): boolean {
    if (this.repeats >= (isPromising ? MAX_PROMISING_REPEATS : MAX_REPEATS)) return false;
    const { group, kind } = shapeOf(url);
    const shape = this.shape(group);
    if (!isPromising && !shape.isFruitful) {
      if (shape.repeats >= MAX_REPEATS_OF_SHAPE) return false;
      if (kind !== 'single' && shape.visited >= MAX_OF_SHAPE) return false;
    }
    if (!this.admitHost(bareHost(url.host))) return false;
    shape.visited += 1;
    return true;
  }

  /** Notes what came of a page; false if it says what several others said: its links then lead nowhere new. */
  notePage(url: URL, page: VisitedPage): boolean {
    const shape = this.shape(shapeOf(url).group);
    const seen = this.countFingerprint(page.fingerprint);
    if (page.newAddresses > 0) {
      shape.isFruitful = true;
      this.otherHosts.delete(bareHost(url.host));
      this.freeHosts.add(bareHost(url.host));
    }
    const isNews = seen === 0 || page.newAddresses > 0;
    this.repeats = isNews ? 0 : this.repeats + 1;
    shape.repeats = isNews ? 0 : shape.repeats + 1;
    return isNews || seen < MAX_FOLLOWED;
  }

  /** How many pages had this fingerprint before. */
  private countFingerprint(fingerprint: string): number {
    if (fingerprint === '') return 0;
    const seen = this.fingerprints.get(fingerprint) ?? 0;
    if (seen > 0 || this.fingerprints.size < MAX_FINGERPRINTS) this.fingerprints.set(fingerprint, seen + 1);
    return seen;
  }

  private admitHost(host: string): boolean {
    if (this.freeHosts.has(host) || this.otherHosts.has(host)) return true;
    if (this.otherHosts.size >= MAX_OTHER_HOSTS) return false;
    this.otherHosts.add(host);
    return true;
  }

  /** Beyond so many shapes all new ones are one: a site that has them is a trap itself. */
  private shape(group: string): Shape {
    const known = this.shapes.get(group);
    if (known !== undefined) return known;
    const isFull = this.shapes.size >= MAX_SHAPES;
    const key = isFull ? '' : group;
    const shape = this.shapes.get(key) ?? { queued: 0, promising: 0, visited: 0, repeats: 0, isFruitful: false };
    this.shapes.set(key, shape);
    return shape;
  }
}

function bareHost(host: string): string {
  return host.startsWith('www.') ? host.slice(4) : host;
}
