import { FetchError, errnoOf } from './fetch-error.js';

/** The first try included. */
const MAX_TRIES = 3;
/** A closed port (or one that hangs up on TLS) is rarely open half a second later, and http may be waiting its turn. */
const MAX_TRIES_REFUSED = 2;
/** A server that asks for more patience than this gets it by its site being postponed, not by a waiting crawl. */
export const MAX_WAIT_IN_PLACE_MS = 10_000;
const MAX_RETRY_AFTER_MS = 10 * 60_000;

const TRANSIENT_STATUSES = new Set([429, 502, 503, 504]);
/** Statuses by which a server says "later", also where it names no time. */
const BUSY_STATUSES = new Set([429, 503]);
const TRANSIENT_ERRNOS = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'EAI_AGAIN', 'ESERVFAIL', 'ETIMEOUT']);

/** Counts the tries of one fetch and says how long to wait before the next one. */
export class RetryPlan {
  private tries = 0;

  constructor(private readonly baseDelayMs: number) {}

  /** The wait before another try. Throws the failure where there is none: final, out of tries, or a wait too long. */
  waitAfter(failure: unknown): number {
    this.tries += 1;
    if (!(failure instanceof FetchError)) throw failure;
    const maxTries = maxTriesAfter(failure);
    const backoffMs = this.baseDelayMs * 2 ** (this.tries - 1) * (0.75 + Math.random() / 2);
    const waitMs = Math.max(failure.retryAfterMs ?? 0, backoffMs);
    if (this.tries < maxTries && waitMs <= MAX_WAIT_IN_PLACE_MS) return Math.round(waitMs);
    if (failure.status !== null && BUSY_STATUSES.has(failure.status)) throw failure.postponedBy(Math.round(waitMs));
    throw failure;
  }
}

/** Only faults that may be gone in a second are worth another try. */
function maxTriesAfter(failure: FetchError): number {
  if (failure.status !== null) return TRANSIENT_STATUSES.has(failure.status) ? MAX_TRIES : 1;
  if (failure.code !== 'connection' && failure.code !== 'dns') return 1;
  const errno = errnoOf(failure.cause);
  if (errno === 'ECONNREFUSED' || failure.message.includes('before secure TLS')) return MAX_TRIES_REFUSED;
  return TRANSIENT_ERRNOS.has(errno) ? MAX_TRIES : 1;
}

/** Reads Retry-After (seconds or a date; RFC 9110): milliseconds from now, capped; null where it is absent or garbage. */
export function parseRetryAfter(header: string | undefined, now = Date.now()): number | null {
  const value = header?.trim() ?? '';
  if (/^\d{1,15}$/.test(value)) return Math.min(Number(value) * 1000, MAX_RETRY_AFTER_MS);
  // Date.parse reads nearly anything as a date; those of HTTP begin with the name of the day.
  const at = /^[a-z]{3,9},?\s/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now), MAX_RETRY_AFTER_MS);
}
