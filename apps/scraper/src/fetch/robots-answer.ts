import { ERROR_CODES, type ErrorCode } from '#common/domain/site-outcome.js';
import { FetchError } from './fetch-error.js';
import { RobotsTxt } from './robots-txt.js';
import type { StoredRobots } from './robots.store.js';

/** Statuses by which a server says "later". */
const BUSY_STATUSES = new Set([429, 503]);

/** What asking an origin for its robots.txt came to. */
export interface RobotsAnswer {
  /** `absent`: the server says there is none, so all is allowed. `unreadable`: nobody knows, so nothing is. */
  status: 'found' | 'absent' | 'unreadable';
  rules: RobotsTxt;
  /** Status is `found`. */
  exists: boolean;
  /** Why the file could not be had; null unless unreadable. */
  failure: FetchError | null;
  /** Why there is no file, in words (`HTTP 404`); null where there is one. */
  reason: string | null;
  /** Absolute URLs of the file's `Sitemap:` lines, at most 10, of any host. */
  sitemaps: readonly string[];
}

export function answerFound(rules: RobotsTxt): RobotsAnswer {
  return { status: 'found', rules, exists: true, failure: null, reason: null, sitemaps: rules.sitemaps };
}

/**
 * RFC 9309, 2.3.1: 4xx and too many redirects mean that there is no file; anything else that it cannot be reached. Of
 * the 4xx, 429 is a server that asks to be left alone, and is taken at its word.
 */
export function answerWithoutFile(failure: FetchError): RobotsAnswer {
  const isAbsent = (failure.code === 'http_4xx' && failure.status !== 429) || failure.code === 'too_many_redirects';
  return isAbsent ? answerAbsent(failure.message) : answerUnreadable(failure);
}

/**
 * Whether the answer is the server's own word. All other failures may be this replica's (a broken resolver, a narrower
 * guard, a network that is down) and must not end sites on the others.
 */
export function isServersWord({ failure }: RobotsAnswer): boolean {
  return failure === null || isHttpCode(failure.code);
}

export function toStored(answer: RobotsAnswer): StoredRobots {
  const { status, rules, failure, reason } = answer;
  const body = status === 'found' ? rules.toJson() : null;
  return { status, body, errorCode: failure?.code ?? null, error: reason };
}

/** Null where the row was not written by this version. */
export function fromStored(row: StoredRobots & { remainingMs: number }, url: string): RobotsAnswer | null {
  const { status, body, error } = row;
  if (status === 'absent') return answerAbsent(error ?? 'no file');
  if (status === 'unreadable') {
    const failure = failureOf(row, url);
    return failure === null ? null : answerUnreadable(failure);
  }
  try {
    return answerFound(RobotsTxt.fromJson(body ?? ''));
  } catch {
    return null;
  }
}

/** The status is in the message; a busy server is left alone until the row, which knows its Retry-After, expires. */
function failureOf(row: StoredRobots & { remainingMs: number }, url: string): FetchError | null {
  const code = ERROR_CODES.find((known) => known === row.errorCode);
  if (code === undefined || !isHttpCode(code)) return null;
  const message = row.error ?? 'not readable';
  const status = Number(/^HTTP (\d{3})$/.exec(message)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) return new FetchError(code, url, message);
  const retryAfterMs = BUSY_STATUSES.has(status) ? Math.max(0, Math.ceil(row.remainingMs)) : null;
  return new FetchError(code, url, message, { status, retryAfterMs });
}

function isHttpCode(code: ErrorCode): boolean {
  return code === 'http_4xx' || code === 'http_5xx';
}

function answerAbsent(reason: string): RobotsAnswer {
  return { status: 'absent', rules: RobotsTxt.ALLOW_ALL, exists: false, failure: null, reason, sitemaps: [] };
}

function answerUnreadable(failure: FetchError): RobotsAnswer {
  const { message: reason } = failure;
  return { status: 'unreadable', rules: RobotsTxt.DISALLOW_ALL, exists: false, failure, reason, sitemaps: [] };
}
