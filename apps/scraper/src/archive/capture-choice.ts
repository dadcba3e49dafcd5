import { siteKey } from '#common/domain/site.js';
import { scoreLink } from '../crawl/link-score.js';
import { nextTurn } from '../next-turn.js';
import { parseCapture, type Capture } from './capture.js';

/** Among the scores of links (0 to 49): after contact, legal and about pages, before all others. */
const HOME_PRIORITY = 19;
/** Captures beyond those that are wanted, before the worst of them are dropped. */
const SLACK = 1000;
/** Lines after which other work has its turn: reading 100 takes about 2 ms. */
const SLICE_LINES = 100;

export interface ChosenCapture extends Capture {
  /** Why it was chosen, for a person. */
  reason: string;
  priority: number;
}

/** The site that is looked for. */
export interface CapturedSite {
  host: string;
  isInScope: (url: URL) => boolean;
}

/** The captures of one site that are worth reading: the newest of each page, likely contact pages first. */
export class CaptureChoice {
  private best = new Map<string, ChosenCapture>();
  /** The archive has more pages than are wanted. */
  hasMore = false;

  constructor(
    /** Pages wanted. */
    private readonly limit: number,
    private readonly site: CapturedSite,
  ) {}

  /** Lines that are no capture of the site are dropped: what an index says is checked. */
  async addLines(lines: Iterable<string>): Promise<void> {
    let count = 0;
    for (const line of lines) {
      const capture = parseCapture(line);
      if (capture !== null && this.site.isInScope(capture.url)) this.add(capture);
      count += 1;
      if (count % SLICE_LINES === 0) await nextTurn();
    }
  }

  /** The best first. */
  list(): ChosenCapture[] {
    this.prune();
    return [...this.best.values()];
  }

  private add(capture: Capture): void {
    const known = this.best.get(capture.key);
    if (known === undefined) this.best.set(capture.key, { ...capture, ...this.rank(capture.url) });
    else if (capture.capturedAt > known.capturedAt) Object.assign(known, capture);
    if (this.best.size >= this.limit + SLACK) this.prune();
  }

  /** The home page is that of the host itself: a domain may have thousands of others. */
  private rank(url: URL): { priority: number; reason: string } {
    const isHome = url.pathname === '/' && url.search === '' && withoutWww(siteKey(url)) === withoutWww(this.site.host);
    if (isHome) return { priority: HOME_PRIORITY, reason: 'home page' };
    const { priority, reason, kind } = scoreLink(url, '');
    return { priority, reason: kind === 'other' ? 'archived page' : reason };
  }

  private prune(): void {
    const sorted = [...this.best].sort(([, a], [, b]) => b.priority - a.priority || depthOf(a.url) - depthOf(b.url));
    this.hasMore ||= sorted.length > this.limit;
    this.best = new Map(sorted.slice(0, this.limit));
  }
}

function withoutWww(host: string): string {
  return host.replace(/^www\./, '');
}

function depthOf(url: URL): number {
  return url.pathname.split('/').length;
}
