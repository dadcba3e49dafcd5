import type { Origin } from '#common/contracts/origin.js';
import type { Address } from '#common/domain/address.js';
import type { EmailKind } from '#common/domain/email-kind.js';
import type { ErrorCode, SiteOutcome } from '#common/domain/site-outcome.js';
import type { Verification } from '../verify/judge-address.js';

/** One site to crawl: `host` is its key, `urls` its seeds (absolute, or bare `host[:port]/path`: https first, then http). */
export interface SiteTask {
  host: string;
  urls: string[];
  /** How often it was postponed because the host asked for it. */
  postponements?: number;
  /** What led to the site; null or absent for one that was given. */
  origin?: Origin | null;
}

/** The part of a job's spec that steers one site's crawl. */
export interface CrawlPolicy {
  /** Links followed from a seed: 0 = only the seeds. */
  maxDepth: number;
  /** Pages of a site, the given URLs not counted in where they are more. */
  maxPagesPerSite: number;
  /** Bytes on the wire after which no further page of a site is begun. */
  maxBytesPerSite: number;
  /** Seconds after which no further page of a site is begun. */
  maxSecondsPerSite: number;
  /** Follow links within the registrable domain (true) or only on the same host:port (false). */
  sameSite: boolean;
  /** Milliseconds between starts of page fetches; 0 = up to 6 at a time. */
  hostDelayMs: number;
  robots: 'respect' | 'ignore';
}

/**
 * Of a page that was read; `unavailable` = there is no robots.txt, `ignored` = by the job's policy, `archived` = it came
 * from an archive, whose crawler asked.
 */
export type RobotsVerdict = 'allowed' | 'ignored' | 'unavailable' | 'archived';

/** Places kept per address, of a site and of a job. */
export const MAX_SIGHTINGS = 10;

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
  /** The page asked not to be indexed. */
  noindex: boolean;
  /** The page says that its addresses may not be collected or used for advertising. */
  noHarvest: boolean;
  /** Why the page was visited, at most 80 characters. */
  via: string;
  /** What led to the page, beyond a site list. */
  origin?: Origin | null;
}

/** One address of a site, with the best method first and at most 10 sightings. */
export interface FoundEmail {
  address: Address;
  kind: EmailKind;
  method: string;
  /** 0 to 1. */
  confidence: number;
  /** Empty for one that counts; `known`, and nothing else, where an earlier job of the account has counted it. */
  flags: ('placeholder' | 'honeypot' | 'obfuscated' | 'known')[];
  sightings: Sighting[];
  /** Absent until it is verified, which is the last that happens to it. */
  verification?: Verification;
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
  /** What robots.txt said about the first of its pages; null where nobody asked. */
  robots: RobotsVerdict | 'disallowed' | null;
  pages: number;
  bytes: number;
  emails: FoundEmail[];
  errors: PageError[];
}
