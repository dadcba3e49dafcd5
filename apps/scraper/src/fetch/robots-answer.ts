import { ERROR_CODES } from '#common/domain/site-outcome.js';
import { FetchError } from './fetch-error.js';
import { RobotsTxt } from './robots-txt.js';
import type { StoredRobots } from './robots.store.js';

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

export function toStored(answer: RobotsAnswer): StoredRobots {
  const { status, rules, failure, reason } = answer;
  const body = status === 'found' ? rules.toJson() : null;
  return { status, body, errorCode: failure?.code ?? null, error: reason };
}

/** Null where the row was not written by this version. */
export function fromStored({ status, body, errorCode, error }: StoredRobots, url: string): RobotsAnswer | null {
  if (status === 'absent') return answerAbsent(error ?? 'no file');
  if (status === 'unreadable') {
    const code = ERROR_CODES.find((known) => known === errorCode) ?? 'connection';
    return answerUnreadable(new FetchError(code, url, error ?? 'not readable'));
  }
  try {
    return answerFound(RobotsTxt.fromJson(body ?? ''));
  } catch {
    return null;
  }
}

function answerAbsent(reason: string): RobotsAnswer {
  return { status: 'absent', rules: RobotsTxt.ALLOW_ALL, exists: false, failure: null, reason, sitemaps: [] };
}

function answerUnreadable(failure: FetchError): RobotsAnswer {
  const { message: reason } = failure;
  return { status: 'unreadable', rules: RobotsTxt.DISALLOW_ALL, exists: false, failure, reason, sitemaps: [] };
}
