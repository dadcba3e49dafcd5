import type { Address } from '#common/domain/address.js';
import type { EmailKind } from '#common/domain/email-kind.js';
import type { ErrorCode, SiteOutcome } from '#common/domain/site-outcome.js';

/** One site to crawl: `host` is its key, `urls` its seeds (absolute, or bare `host[:port]/path`: https first, then http). */
export interface SiteTask {
  host: string;
  urls: string[];
}

/** The part of a job's spec that steers one site's crawl. */
export interface CrawlPolicy {
  /** Links followed from a seed: 0 = only the seeds. */
  maxDepth: number;
  maxPagesPerSite: number;
  /** Follow links within the registrable domain (true) or only on the same host:port (false). */
  sameSite: boolean;
  /** Milliseconds between starts of page fetches; 0 = up to 6 at a time. */
  hostDelayMs: number;
  robots: 'respect' | 'ignore';
}

export type RobotsVerdict = 'allowed' | 'ignored' | 'unavailable';

/** Evidence: one place where an address was found. */
export interface Sighting {
  url: string;
  method: string;
  /** Text around the address, at most 160 characters. */
  snippet: string;
  /** Epoch ms. */
  seenAt: number;
  httpStatus: number;
  robots: RobotsVerdict;
}

/** One address of a site, with the best method first and at most 10 sightings. */
export interface FoundEmail {
  address: Address;
  kind: EmailKind;
  method: string;
  /** 0 to 1. */
  confidence: number;
  flags: ('placeholder' | 'honeypot' | 'obfuscated')[];
  sightings: Sighting[];
}

export interface PageError {
  code: ErrorCode;
  url: string;
  message: string;
  /** Epoch ms. */
  at: number;
}

/** What one finished site comes to: the unit that is written to the database. */
export interface SiteResult {
  host: string;
  outcome: SiteOutcome;
  /** Why, in words, for a person; null where the outcome says it all. */
  detail: string | null;
  pages: number;
  bytes: number;
  emails: FoundEmail[];
  errors: PageError[];
}
