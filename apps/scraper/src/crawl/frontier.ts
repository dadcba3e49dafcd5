import { isWorthFollowing, normaliseUrl, pageKey } from './crawl-url.js';
import { scoreLink } from './link-score.js';

/** Links remembered at most: far more than any budget of pages can use, far less than a link farm can offer. */
const MAX_WAITING = 10_000;

export interface FrontierEntry {
  url: URL;
  depth: number;
  /** Seeds are above every score. */
  isSeed: boolean;
  /** The http twin of a seed given without a scheme, for when https cannot be had. */
  fallback: URL | null;
}

/** The pages of one site still to visit: each once, seeds first, then by likeness to a contact page, then as found. */
export class Frontier {
  private readonly known = new Set<string>();
  /** One queue per rank: seeds, then the scores 3 to 0. */
  private readonly queues: FrontierEntry[][] = [[], [], [], [], []];
  private waiting = 0;

  addSeed(url: URL, fallback: URL | null): void {
    this.push({ url, depth: 0, isSeed: true, fallback }, 0);
  }

  addLink(href: string, text: string, depth: number): void {
    if (this.waiting >= MAX_WAITING) return;
    const url = normaliseUrl(href);
    if (url === null || !isWorthFollowing(url)) return;
    this.push({ url, depth, isSeed: false, fallback: null }, 4 - scoreLink(url, text));
  }

  /** Marks a page as visited that was reached by a redirect; false if it was known before. */
  claim(url: URL): boolean {
    const key = pageKey(url);
    if (this.known.has(key)) return false;
    this.known.add(key);
    return true;
  }

  next(): FrontierEntry | null {
    const entry = this.queues.find((queue) => queue.length > 0)?.shift();
    if (entry === undefined) return null;
    this.waiting -= 1;
    return entry;
  }

  get isEmpty(): boolean {
    return this.waiting === 0;
  }

  private push(entry: FrontierEntry, rank: number): void {
    if (!this.claim(entry.url)) return;
    this.queues[rank]?.push(entry);
    this.waiting += 1;
  }
}
