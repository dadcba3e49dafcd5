import type { CrawlPolicy } from '../crawl/site-result.js';

/** The part of a job's spec that steers what is read of one site from the archive. */
export interface ArchivePolicy extends Pick<
  CrawlPolicy,
  'maxPagesPerSite' | 'maxBytesPerSite' | 'maxSecondsPerSite' | 'sameSite'
> {
  /** A collection of the archive, `CC-MAIN-2026-43`; null = the newest. */
  crawl: string | null;
}
