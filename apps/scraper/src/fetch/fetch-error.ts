import { isAxiosError } from 'axios';
import { BlockedEgressError } from '#common/egress/egress-guard.js';
import { describeError } from '#common/domain/errors.js';
import type { ErrorCode } from '#common/domain/site-outcome.js';
import { describeTlsFault, isTlsFault } from './tls-fault.js';

interface FetchErrorFacts {
  status?: number | null;
  retryAfterMs?: number | null;
  cause?: unknown;
}

/** Why a URL could not be fetched. Never holds an AxiosError: one of those keeps (and prints) the whole request. */
export class FetchError extends Error {
  override name = 'FetchError';
  /** The HTTP status where the server gave one. */
  readonly status: number | null;
  /** How long the server wants to be left alone; null where it does not say and nothing hints at it. */
  readonly retryAfterMs: number | null;

  constructor(
    readonly code: ErrorCode,
    readonly url: string,
    message: string,
    facts: FetchErrorFacts = {},
  ) {
    super(message, { cause: facts.cause });
    this.status = facts.status ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }

  /** The same failure of a server that had better be asked later. */
  postponedBy(retryAfterMs: number): FetchError {
    const { status, cause } = this;
    return new FetchError(this.code, this.url, this.message, { status, cause, retryAfterMs });
  }
}

const DNS_CODES = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
  'ENODATA',
  'ESERVFAIL',
  'EREFUSED',
  'EFORMERR',
  'ETIMEOUT',
  'EBADNAME',
  'EBADRESP',
]);

/** Any failure of a request, in the vocabulary of the job's errors. */
export function toFetchError(error: unknown, url: string): FetchError {
  if (error instanceof FetchError) return error;
  const cause = rootCause(error);
  if (cause instanceof BlockedEgressError) return new FetchError('blocked_egress', url, cause.message, { cause });
  const code = errnoOf(cause);
  const message = isTlsFault(code) ? describeTlsFault(cause, code) : describeError(cause);
  return new FetchError(
    isDnsFault(cause, code) ? 'dns' : classifyErrno(code),
    url,
    message + (code === '' ? '' : ` (${code})`),
    { cause },
  );
}

/** The error inside an AxiosError; of several failed addresses, the first one. */
export function rootCause(error: unknown): unknown {
  if (isAxiosError(error))
    return rootCause(error.cause ?? Object.assign(new Error(error.message), { code: error.code }));
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0];
  return error;
}

/** A DNS server that refuses connections fails with ECONNREFUSED, as a web server does: the system call tells. */
function isDnsFault(cause: unknown, code: string): boolean {
  const call = cause instanceof Error && 'syscall' in cause ? String(cause.syscall) : '';
  return DNS_CODES.has(code) || /^(?:query|getaddrinfo)/.test(call);
}

/** An answer that is not HTTP (a parse error of Node, HPE_…) is a fault of the connection, too. */
function classifyErrno(code: string): ErrorCode {
  if (isTlsFault(code)) return 'tls';
  if (code === 'HPE_HEADER_OVERFLOW') return 'too_large';
  return 'connection';
}

export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
