import { describeError } from '#common/domain/errors.js';
import { FetchError } from '../fetch/fetch-error.js';
import type { FetchedPage } from '../fetch/page-fetcher.js';
import type { PageError } from './site-result.js';

const MAX_ERRORS = 100;

/** What went wrong in one crawl: a bounded list for the user, and what befell the given URLs. */
export class CrawlErrors {
  readonly list: PageError[] = [];
  readonly ofSeeds: FetchError[] = [];

  add(error: FetchError, isSeed: boolean): void {
    if (isSeed) this.ofSeeds.push(error);
    if (this.list.length >= MAX_ERRORS) return;
    const { code, url, message } = error;
    this.list.push({ code, url: url.slice(0, 2048), message: message.slice(0, 500), at: Date.now() });
  }
}

export function internalError(url: URL, cause: unknown): FetchError {
  return new FetchError('internal', url.href, describeError(cause), { cause });
}

/** A page that was read as far as it came. */
export function cutError({ cut, url }: FetchedPage): FetchError | null {
  if (cut === null) return null;
  const message =
    cut === 'too_large' ? 'longer than the limit: read up to it' : 'the connection ended early: read what came';
  return new FetchError(cut, url, message);
}

/** A page that was so costly to read that it was read in part only. */
export function overBudgetError(url: string): FetchError {
  return new FetchError('cpu_budget', url, 'too costly to read to its end: what had been found by then is kept');
}
