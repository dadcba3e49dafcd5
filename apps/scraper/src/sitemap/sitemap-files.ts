import type { PageFetcher } from '../fetch/page-fetcher.js';
import { Semaphore } from '../semaphore.js';
import { SitemapReading, type SitemapHooks, type SitemapLimits } from './sitemap-reading.js';

const LIMITS: SitemapLimits = { maxUrls: 1_000_000, maxFiles: 500 };

/** Reads whole sitemaps, with all the files they lead to: one file at a time in the process is unpacked and scanned. */
export class SitemapFiles {
  private readonly scanning = new Semaphore(1);

  constructor(
    private readonly fetcher: Pick<PageFetcher, 'fetchPage'>,
    private readonly limits: Partial<SitemapLimits> = {},
  ) {}

  /** Nothing is asked for before the first batch is. */
  read(url: string, hooks: SitemapHooks): SitemapReading {
    const { fetcher, scanning } = this;
    return new SitemapReading(url, hooks, { fetcher, scanning, limits: { ...LIMITS, ...this.limits } });
  }
}
