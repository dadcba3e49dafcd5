import type { SiteOutcome } from '#common/domain/site-outcome.js';

/** One site of the demo web, and what an extraction must make of it. */
export interface DemoSite {
  /** Folder below apps/cli/demo-web; a site without one is a host on which nothing listens. */
  folder?: string;
  title: string;
  outcome: SiteOutcome;
  /** Plain, in links, in entities, in structured data: every one of them must be found. */
  planted: string[];
  /** Hidden from machines on purpose: good to find, no failure to miss. */
  harder?: string[];
  /** Forbidden by robots.txt, examples, look-alikes: none of them may be found. */
  never?: string[];
  /** Path → where it redirects to. */
  redirects?: Record<string, string>;
  /** Every page answers with this status. */
  status?: number;
}

/** How the demo's jobs crawl: the sites are on this machine, and nobody waits for them. */
export const DEMO_CRAWL = { hostDelayMs: 50 };
