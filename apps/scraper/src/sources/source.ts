import type { JobSpec } from '#common/contracts/job-spec.js';
import type { Origin } from '#common/contracts/origin.js';
import type { ErrorCode } from '#common/domain/site-outcome.js';
import type { PageError } from '../crawl/site-result.js';

/** One page, from 0, of what a job asks its source. */
export interface SourceQuery {
  spec: JobSpec;
  /** A search query, or the URL of a sitemap. */
  query: string;
  page: number;
}

export interface FoundPage {
  url: string;
  /** What led to it; null for one that stands in a list of its owner. */
  origin: Origin | null;
}

export interface SourceAnswer {
  /** All that the source gave, also what was left out. */
  results: number;
  /** No page comes after this one. */
  isLast: boolean;
  /** What is missing in it. */
  errors?: PageError[];
}

export interface Usage {
  requests?: number;
  results?: number;
  /** Results that are not visited. */
  skipped?: number;
}

/** What a source may do while it is asked. */
export interface SourceHooks {
  signal: AbortSignal;
  /** Keeps what is found; may be called several times. */
  save: (pages: readonly FoundPage[]) => Promise<void>;
  /** Adds to what the job has cost at a provider. */
  count: (provider: string, usage: Usage) => Promise<void>;
  /** Does `work` as the only one, over all replicas, that asks this service; throws SitePostponed where its turn is far. */
  turn: <T>(host: string, delayMs: number, work: () => Promise<T>) => Promise<T>;
  /** Nobody asks this service for so long. */
  pause: (host: string, waitMs: number) => void;
  /** The lease of a host, for pages that are fetched like any other. */
  holdHost: (host: string, delayMs: number) => Promise<void>;
  isHeld: (host: string) => boolean;
}

/** A place that knows pages. One class each; registered in `create-sources.ts`, held to `source.contract.spec.ts`. */
export interface Source {
  /** Whether the chunk that asks visits what it finds (one site is one chunk's), or it is planned like a given list. */
  readonly isVisitedAtOnce: boolean;
  /** Throws SourceError where there is no answer, SitePostponed where it is to be asked later. */
  find(query: SourceQuery, hooks: SourceHooks): Promise<SourceAnswer>;
}

/** A source that did not answer: the chunk's failure, not that of the worker. */
export class SourceError extends Error {
  override name = 'SourceError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** `isFinal`: asking again would end in the same way; `delayMs`: not before. */
    readonly retry: { isFinal?: boolean; delayMs?: number } = {},
  ) {
    super(message);
  }
}
