import { FetchError } from '../fetch/fetch-error.js';
import type { FetchedPage, FetchRequest, PageFetcher } from '../fetch/page-fetcher.js';
import type { Semaphore } from '../semaphore.js';
import { parseEntry } from './sitemap-entry.js';
import { scanFile, type FileCut } from './sitemap-file.js';
import { UrlBatch } from './url-batch.js';

export type SitemapHooks = Omit<FetchRequest, 'maxBytes' | 'anyType' | 'keepBytes'>;

export interface SitemapLimits {
  /** URLs handed out, and files asked for, in one reading. */
  maxUrls: number;
  maxFiles: number;
}

/** A limit that left something out: of the reading, of one file (URLs, bytes), or of indexes in indexes. */
export type SitemapCut = 'urls' | 'files' | 'file_urls' | 'file_bytes' | 'nesting';

interface ReadingTools {
  fetcher: Pick<PageFetcher, 'fetchPage'>;
  scanning: Semaphore;
  limits: SitemapLimits;
}

interface WaitingFile {
  url: string;
  /** 0 is the file that was given. */
  level: number;
}

/** On the wire, and of a file that is no gzip; it is held as a whole. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** URLs of one file, and an index in an index at most (sitemaps.org: 50,000 URLs). */
const MAX_FILE_URLS = 50_000;
const MAX_LEVEL = 2;

/**
 * One reading of a sitemap, to be iterated once: batches of at most 1,000 http(s) URLs of any host, each URL once a file.
 * Throws the FetchError of the given file, whatever a hook throws that is no FetchError, and the reason of an aborted
 * signal. Whoever takes a batch holds up the other readings of the process until it asks for the next one.
 */
export class SitemapReading implements AsyncIterable<string[]> {
  /** What else failed: files that cannot be had, that are no sitemaps or not whole. */
  readonly errors: FetchError[] = [];
  readonly cuts = new Set<SitemapCut>();
  /** Files that could be read, their bytes on the wire, and the URLs handed out. */
  files = 0;
  bytes = 0;
  urls = 0;
  private readonly waiting: WaitingFile[] = [];
  private readonly seen = new Set<string>();
  private accepted = 0;
  /** Hosts that asked to be left alone, and how they said so. */
  private readonly busy = new Map<string, FetchError>();

  constructor(
    private readonly start: string,
    private readonly hooks: SitemapHooks,
    private readonly tools: ReadingTools,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<string[]> {
    const start = parseEntry(this.start)?.href;
    if (start === undefined) throw new FetchError('parse', this.start.slice(0, 200), 'not the URL of a sitemap');
    this.addFile(start, 0);
    for (let file = this.waiting.shift(); file !== undefined; file = this.waiting.shift()) {
      if (this.cuts.has('urls')) return;
      try {
        yield* this.readFile(file);
      } catch (error) {
        this.settleFault(file, error);
      }
    }
  }

  private settleFault(file: WaitingFile, error: unknown): void {
    this.hooks.signal.throwIfAborted();
    if (!(error instanceof FetchError) || file.level === 0) throw error;
    this.errors.push(error);
    if (error.retryAfterMs !== null) this.busy.set(new URL(error.url).host, error);
  }

  private async *readFile(file: WaitingFile): AsyncGenerator<string[]> {
    this.refuseBusy(file.url);
    const options = { ...this.hooks, maxBytes: MAX_FILE_BYTES, anyType: true, keepBytes: true };
    const page = await this.tools.fetcher.fetchPage(file.url, options);
    try {
      const isOther = page.url === file.url || !this.seen.has(page.url);
      this.seen.add(page.url);
      this.files += 1;
      this.bytes += page.bytes;
      if (isOther) yield* this.readInTurn(page, file.level);
    } finally {
      page.release();
    }
  }

  private async *readInTurn(page: FetchedPage, level: number): AsyncGenerator<string[]> {
    const turn = await this.tools.scanning.acquire(1, this.hooks.signal);
    try {
      yield* this.readEntries(page, level);
    } finally {
      turn.release();
    }
  }

  private async *readEntries(page: FetchedPage, level: number): AsyncGenerator<string[]> {
    const batch = new UrlBatch();
    const entries = scanFile(page, this.hooks.signal);
    let found = 0;
    let entry = await entries.next();
    for (; entry.done !== true; entry = await entries.next()) {
      found += 1;
      if (entry.value.kind === 'sitemap') this.addFile(entry.value.url, level + 1);
      else if (!this.addPage(entry.value.url, batch)) break;
      if (batch.isFull) yield batch.take();
    }
    if (batch.urls.length > 0) yield batch.take();
    if (entry.done === true) this.settleEnd(page.url, entry.value, found);
    else await entries.return(null);
  }

  private settleEnd(url: string, cut: FileCut | null, found: number): void {
    if (cut === 'too_large') this.cuts.add('file_bytes');
    else if (cut !== null) this.errors.push(new FetchError(cut, url, 'broken off: what came was read'));
    else if (found === 0) this.errors.push(new FetchError('parse', url, 'lists nothing: no sitemap, or an empty one'));
  }

  /** False where a limit ends the file. */
  private addPage(text: string, batch: UrlBatch): boolean {
    const url = parseEntry(text);
    if (url === null || batch.has(url.href)) return true;
    const cut = this.urls >= this.tools.limits.maxUrls ? 'urls' : batch.total >= MAX_FILE_URLS ? 'file_urls' : null;
    if (cut !== null) {
      this.cuts.add(cut);
      return false;
    }
    batch.add(url.href);
    this.urls += 1;
    return true;
  }

  private addFile(text: string, level: number): void {
    const url = parseEntry(text)?.href;
    if (url === undefined || this.seen.has(url)) return;
    const cut = level > MAX_LEVEL ? 'nesting' : this.accepted >= this.tools.limits.maxFiles ? 'files' : null;
    if (cut !== null) {
      this.cuts.add(cut);
      return;
    }
    this.accepted += 1;
    this.seen.add(url);
    this.waiting.push({ url, level });
  }

  private refuseBusy(url: string): void {
    const busy = this.busy.get(new URL(url).host);
    if (busy !== undefined) throw new FetchError(busy.code, url, `not asked for, after ${busy.message}`, busy);
  }
}
