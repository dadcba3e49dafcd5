import { isWorthFollowing, normaliseUrl, pageKey } from './crawl-url.js';
import { EntryQueue } from './entry-queue.js';
import { scoreLink, type LinkKind, type LinkScore } from './link-score.js';
import { TrapGuard, type VisitedPage } from './trap-guard.js';
import { languageOf } from './url-language.js';

/** Links remembered at most: far more than any budget of pages can use, far less than a link farm can offer. */
const MAX_WAITING = 4_000;
const MAX_WAITING_CHARS = 500_000;
/** Of these, links that promise nothing get so much, so that they cannot keep a contact page out. */
const SHARE_OF_OTHERS = 0.8;
const MAX_FROM_SITEMAP = 100;
/** Lanes of the queue: two per priority of a link (0 to 49), seeds above them. Links come before equal sitemap URLs. */
const SEED_LANE = 100;
const LAST_LANE = 0;
/** Behind about and service pages: the same page in a language that was not needed. */
const OTHER_LANGUAGE_LANE = 29;

export interface FrontierEntry {
  url: URL;
  depth: number;
  /** Seeds are above every score. */
  isSeed: boolean;
  /** The http twin of a seed given without a scheme, for when https cannot be had. */
  fallback: URL | null;
  kind: LinkKind;
  /** Why this page and why now, for a person: at most 80 characters. */
  reason: string;
}

/** An entry as it waits: a string takes a tenth of the memory of a URL. */
interface Waiting {
  href: string;
  key: string;
  depth: number;
  lane: number;
  fallback: URL | null;
  kind: LinkKind;
  reason: string;
}

/**
 * The pages of one site still to visit: each once, seeds first, then by likeness to a contact page, then as found; what
 * looks like a trap last or never.
 */
export class Frontier {
  /** Pages by key: what waits, or null for what was handed out or claimed. */
  private readonly known = new Map<string, Waiting | null>();
  private readonly queue = new EntryQueue<Waiting>(SEED_LANE + 1);
  private readonly guard = new TrapGuard();
  private waiting = 0;
  private waitingChars = 0;
  private fromSitemap = 0;
  private contactsQueued = 0;
  /** The language version that a visited contact page was in. */
  private contactLanguage: string | null = null;

  addSeed(url: URL, fallback: URL | null): void {
    this.guard.addSeedHost(url.host);
    this.push({ url, depth: 0, lane: SEED_LANE, fallback, kind: 'other', reason: 'seed' });
  }

  addLink(href: string, text: string, depth: number): void {
    const url = normaliseUrl(href);
    if (url === null) return;
    const key = pageKey(url);
    const known = this.known.get(key);
    if (known === null || !isWorthFollowing(url)) return;
    const score = scoreLink(url, text);
    if (known !== undefined) this.improve(known, score, depth);
    else this.queueLink(url, score, depth, key);
  }

  /** Queues a URL of the site's sitemap if its path promises an address, after links that promise as much. */
  addSitemapUrl(href: string, depth: number): void {
    if (this.fromSitemap >= MAX_FROM_SITEMAP) return;
    const url = normaliseUrl(href);
    if (url === null || !isWorthFollowing(url)) return;
    const score = scoreLink(url, '');
    if (score.kind === 'other' || this.known.has(pageKey(url))) return;
    if (!this.hasRoom(score.kind) || this.guard.admitLink(url, true) === 'never') return;
    this.fromSitemap += 1;
    this.push({ ...score, url, depth, lane: laneOf(score) - 1, fallback: null, reason: `sitemap: ${score.reason}` });
  }

  /** Marks a page as visited that was reached by a redirect; false if it was known before. */
  claim(url: URL): boolean {
    const key = pageKey(url);
    if (this.known.has(key)) return false;
    this.known.set(key, null);
    return true;
  }

  /**
   * Notes the address that a page gives as its own (within the site; the caller's to check), so that it is not fetched
   * again under that. What waits already stays: sites exist whose every page claims to be the home page. Nor may a
   * page that is no contact page pass for one.
   */
  noteCanonical(pageUrl: URL, canonical: string): void {
    const url = normaliseUrl(canonical);
    if (url === null || this.known.has(pageKey(url))) return;
    if (scoreLink(url, '').priority > scoreLink(pageUrl, '').priority) return;
    this.claim(url);
  }

  /** Notes what came of a page; false if its links are not worth following, since it repeats another page. */
  notePage(entry: FrontierEntry, page: VisitedPage): boolean {
    if (entry.kind === 'contact') this.contactLanguage ??= languageOf(entry.url);
    return this.guard.notePage(entry.url, page);
  }

  next(): FrontierEntry | null {
    for (let item = this.queue.shift(); item !== null; item = this.queue.shift()) {
      const { entry, priority } = item;
      // An entry that was moved up waits in two lanes, and one already handed out in the lower one.
      if (entry.lane !== priority || this.known.get(entry.key) !== entry) continue;
      const url = new URL(entry.href);
      if (this.postpone(entry, url)) continue;
      this.known.set(entry.key, null);
      this.waiting -= 1;
      this.waitingChars -= entry.href.length;
      const isSeed = entry.lane === SEED_LANE;
      if (!isSeed && !this.guard.admitVisit(url, entry.kind !== 'other')) continue;
      const { depth, fallback, kind, reason } = entry;
      return { url, depth, isSeed, fallback, kind, reason };
    }
    return null;
  }

  get isEmpty(): boolean {
    return this.waiting === 0;
  }

  /** A link to a page that looks like the contact page was found, visited or not. */
  get hasContactPage(): boolean {
    return this.contactsQueued > 0;
  }

  /** Such a page was read. */
  get hasVisitedContactPage(): boolean {
    return this.contactLanguage !== null;
  }

  private queueLink(url: URL, score: LinkScore, depth: number, key: string): void {
    if (!this.hasRoom(score.kind)) return;
    const admission = this.guard.admitLink(url, score.kind !== 'other');
    if (admission === 'never') return;
    const lane = admission === 'last' ? LAST_LANE : laneOf(score);
    this.push({ url, depth, lane, fallback: null, kind: score.kind, reason: score.reason }, key);
  }

  /** The same page under a better name: icons and pictures often come before the words. */
  private improve(entry: Waiting, score: LinkScore, depth: number): void {
    entry.depth = Math.min(entry.depth, depth);
    const lane = laneOf(score);
    if (entry.lane === SEED_LANE || lane <= entry.lane || score.kind === 'other') return;
    if (score.kind === 'contact' && entry.kind !== 'contact') this.contactsQueued += 1;
    Object.assign(entry, { lane, kind: score.kind, reason: score.reason });
    this.queue.push(entry, lane);
  }

  /** Once a contact page was read, its twins in other languages can wait. */
  private postpone(entry: Waiting, url: URL): boolean {
    if (entry.kind !== 'contact' || entry.lane <= OTHER_LANGUAGE_LANE || entry.lane === SEED_LANE) return false;
    if (this.contactLanguage === null || languageOf(url) === this.contactLanguage) return false;
    entry.lane = OTHER_LANGUAGE_LANE;
    this.queue.push(entry, OTHER_LANGUAGE_LANE);
    return true;
  }

  private hasRoom(kind: LinkKind): boolean {
    const share = kind === 'other' ? SHARE_OF_OTHERS : 1;
    return this.waiting < MAX_WAITING * share && this.waitingChars < MAX_WAITING_CHARS * share;
  }

  private push(entry: Omit<Waiting, 'href' | 'key'> & { url: URL }, key = pageKey(entry.url)): void {
    if (this.known.has(key)) return;
    const { url, depth, lane, fallback, kind, reason } = entry;
    const waiting: Waiting = { href: url.href, key, depth, lane, fallback, kind, reason: reason.slice(0, 80) };
    this.known.set(key, waiting);
    this.queue.push(waiting, lane);
    this.waiting += 1;
    this.waitingChars += waiting.href.length;
    if (kind === 'contact') this.contactsQueued += 1;
  }
}

function laneOf({ priority }: LinkScore): number {
  return priority * 2 + 1;
}
