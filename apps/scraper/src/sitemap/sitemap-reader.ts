import PQueue from 'p-queue';
import { FetchError } from '../fetch/fetch-error.js';
import type { FetchedPage, FetchRequest, PageFetcher } from '../fetch/page-fetcher.js';
import { inTurns, parseEntry } from './sitemap-entry.js';
import { scanSitemap } from './sitemap-scan.js';
import { gunzipText, isGzip, type SitemapText } from './sitemap-text.js';

const MAX_FILES = 3;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_UNPACKED_BYTES = 2 * 1024 * 1024;
const MAX_URLS = 2_000;
/** Far more than 2,000 honest URLs have together. */
const MAX_URLS_CHARS = 512 * 1024;
/** Files unpacked and read at the same time in the process: what they take of memory is in no other budget. */
const MAX_AT_ONCE = 4;

/** Names of files that list a site's own pages come first, those of what it sells or reports last. */
const FIRST = /page|static|misc/;
const LAST = /post|product|image|news|video|categor|collection|article|author|blog/;

/** What to read for whom: the hooks of the fetcher make politeness and leases hold for sitemaps as well. */
export interface SitemapRequest extends Omit<FetchRequest, 'maxBytes' | 'anyType' | 'keepBytes'> {
  /** URLs of sitemaps, as robots.txt names them. */
  sitemaps: readonly string[];
  /** Whether a page, or another sitemap, belongs to the site. */
  isInScope: (url: URL) => boolean;
  /** Pages that are worth having before all others. */
  isLikely?: (url: URL) => boolean;
}

export interface SitemapCandidates {
  /** At most 2,000 URLs within the scope, the likely ones first, else in the order of the files. */
  urls: string[];
  /** Files that could be read, and their bytes on the wire. */
  files: number;
  bytes: number;
  /** Why other files could not be read. */
  errors: FetchError[];
  /** What a hook threw to stop the reading, other than a FetchError; null if none did. */
  interruption: unknown;
}

/** Finds pages of a site by its sitemaps: a few files, the most promising first. */
export class SitemapReader {
  private readonly queue = new PQueue({ concurrency: MAX_AT_ONCE });

  constructor(private readonly fetcher: Pick<PageFetcher, 'fetchPage'>) {}

  /** Comes to a result whatever the files are like; throws only the reason of an aborted `signal`. */
  async readCandidates(request: SitemapRequest): Promise<SitemapCandidates> {
    const walk = new SitemapWalk(request);
    const result = { files: 0, bytes: 0, errors: [] as FetchError[], interruption: null as unknown };
    for (const url of request.sitemaps) walk.addFile(url);
    for (let tries = 0; tries < MAX_FILES; tries += 1) {
      const file = walk.nextFile();
      if (file === null) break;
      try {
        result.bytes += await this.readFile(file, request, walk);
        result.files += 1;
      } catch (error) {
        request.signal.throwIfAborted();
        if (!(error instanceof FetchError)) {
          result.interruption = error;
          break;
        }
        result.errors.push(error);
        // A server that asks for patience is not asked for the next file.
        if (error.retryAfterMs !== null) break;
      }
    }
    return { urls: walk.listPages(), ...result };
  }

  /** Returns the bytes it took. */
  private async readFile(url: string, request: SitemapRequest, walk: SitemapWalk): Promise<number> {
    const options = { ...request, maxBytes: MAX_FILE_BYTES, anyType: true, keepBytes: true };
    const page = await this.fetcher.fetchPage(url, options);
    try {
      walk.markSeen(page.url);
      await this.queue.add(async () => readEntries(await textOf(page), request.signal, walk), {
        signal: request.signal,
      });
      return page.bytes;
    } finally {
      page.release();
    }
  }
}

class UrlList {
  readonly urls: string[] = [];
  private chars = 0;

  /** False when it is full. */
  add(url: string): boolean {
    if (this.urls.length >= MAX_URLS || this.chars >= MAX_URLS_CHARS) return false;
    this.chars += url.length;
    this.urls.push(url);
    return true;
  }
}

/** What is known while one site's sitemaps are read. */
class SitemapWalk {
  private readonly seenFiles = new Set<string>();
  private readonly files: [string[], string[], string[]] = [[], [], []];
  private readonly seenPages = new Set<string>();
  private readonly likely = new UrlList();
  private readonly others = new UrlList();

  constructor(private readonly request: SitemapRequest) {}

  /** Only so many are kept of each rank as can be read at all. */
  addFile(text: string): void {
    const url = this.parse(text);
    if (url === null || this.seenFiles.has(url.href)) return;
    const waiting = this.files[rankOf(url)];
    if (waiting.length >= MAX_FILES) return;
    this.markSeen(url.href);
    waiting.push(url.href);
  }

  /** Where a file was found after redirects: an index that names itself, or a circle, is not read again. */
  markSeen(href: string): void {
    this.seenFiles.add(href);
  }

  nextFile(): string | null {
    return this.files.find((waiting) => waiting.length > 0)?.shift() ?? null;
  }

  addPage(text: string): void {
    const url = this.parse(text);
    if (url === null || this.seenPages.has(url.href)) return;
    const list = this.request.isLikely?.(url) === true ? this.likely : this.others;
    if (list.add(url.href)) this.seenPages.add(url.href);
  }

  listPages(): string[] {
    return [...this.likely.urls, ...this.others.urls].slice(0, MAX_URLS);
  }

  private parse(text: string): URL | null {
    const url = parseEntry(text);
    return url !== null && this.request.isInScope(url) ? url : null;
  }
}

async function textOf(page: FetchedPage): Promise<SitemapText> {
  const isCut = page.cut !== null;
  if (page.body === undefined || !isGzip(page.body)) return { text: page.text, isCut };
  const unpacked = await gunzipText(page.body, MAX_UNPACKED_BYTES);
  return { text: unpacked.text, isCut: isCut || unpacked.isCut };
}

async function readEntries({ text, isCut }: SitemapText, signal: AbortSignal, walk: SitemapWalk): Promise<void> {
  for await (const entry of inTurns(scanSitemap(text, isCut), signal)) {
    if (entry.kind === 'page') walk.addPage(entry.url);
    else walk.addFile(entry.url);
  }
}

function rankOf(url: URL): 0 | 1 | 2 {
  const name = url.pathname.slice(url.pathname.lastIndexOf('/')).toLowerCase();
  if (FIRST.test(name)) return 0;
  return LAST.test(name) ? 2 : 1;
}
