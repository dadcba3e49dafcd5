import type { ProgressSnapshot } from '#common/contracts/job-progressed.contract.js';
import type { Origin } from '#common/contracts/origin.js';
import type { JobStatus } from '#common/domain/job-status.js';
import type { ProviderName } from '#common/domain/search-provider-name.js';
import type { SiteState } from '#common/domain/site-outcome.js';

// The answers of the REST interface (docs/api.md), as far as the command line reads them.

export interface Job {
  id: string;
  name: string | null;
  status: JobStatus;
  workerCount: number | null;
  target: number | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  error: string | null;
  progress: ProgressSnapshot;
  policy: { robots: 'respect' | 'ignore' };
  source: JobSource;
  /** What was asked of search providers, or of an archive; only in the answer that shows one job. */
  usage?: Usage[];
}

/** As far as it is told of the job's type. */
export interface JobSource {
  type: string;
  url?: string;
  crawl?: string;
  providers?: string[];
  /** The first of them. */
  queries?: string[];
  queriesTotal?: number;
}

export interface Usage {
  provider: string;
  requests: number;
  results: number;
  /** Results that are not visited: social networks, files, pages behind a login. */
  skipped: number;
}

export interface EmailSource {
  url: string;
  method: string;
  snippet: string | null;
  seenAt: string;
  lastSeenAt: string;
  httpStatus: number | null;
  robots: string | null;
  noindex: boolean;
  /** The page says that its addresses may not be collected or used for advertising. */
  noHarvest: boolean;
  via: string;
  /** What led to the page; null for a given site. */
  origin: Origin | null;
}

export interface Email {
  address: string;
  domain: string;
  kind: string;
  verdict: string;
  mx: boolean | null;
  disposable: boolean;
  confidence: number;
  method: string;
  flags: string[];
  firstSeenAt: string;
  /** The job that counted it first; null until one has. */
  firstFoundIn: string | null;
  sources: EmailSource[];
}

export interface Site {
  host: string;
  outcome: SiteState;
  emails: number;
  pages: number;
  detail: string | null;
  robots: string | null;
  waitingUntil: string | null;
}

export interface Worker {
  name: string;
  replica: string;
  host: string;
  status: string;
  job: string | null;
  chunk: number | null;
  url: string | null;
  consecutiveErrors: number;
  /** Why it crashed, or its process died. */
  error: string | null;
  heartbeatAt: string | null;
  emailsPerSecond: number;
}

/** Answer to an upload of sites. */
export interface UploadReport {
  lines: number;
  accepted: number;
  rejected: { line: number; reason: string }[];
  rejectedTotal: number;
}

export interface Page<Row> {
  data: Row[];
  nextCursor: string | null;
  total?: number;
}

/** Where the sites of a new job come from; sites and domains may follow a held job. */
export type NewSource =
  | { type: 'sites'; sites?: string[] }
  | { type: 'commoncrawl'; domains?: string[] }
  | { type: 'sitemap'; url: string }
  | {
      type: 'search';
      queries: string[];
      lists?: Record<string, string[]>;
      provider?: ProviderName[];
      country?: string;
      language?: string;
    };

/** Body of `POST /v1/jobs`. */
export interface NewJob {
  name?: string;
  source: NewSource;
  /** Wait for inputs and for the start. */
  hold?: boolean;
  target?: number;
  crawl?: { maxDepth?: number; maxPagesPerSite?: number; hostDelayMs?: number };
  policy?: { robots?: 'respect' | 'ignore' };
  verify?: { mx: boolean };
}
