import { isAxiosError } from 'axios';
import { BlockedEgressError } from '#common/egress/egress-guard.js';
import { describeError } from '#common/domain/errors.js';
import type { ErrorCode } from '#common/domain/site-outcome.js';

/** Why a URL could not be fetched. Never holds an AxiosError: one of those keeps (and prints) the whole request. */
export class FetchError extends Error {
  override name = 'FetchError';
  /** The HTTP status where the server gave one. */
  readonly status: number | null;

  constructor(
    readonly code: ErrorCode,
    readonly url: string,
    message: string,
    options: { status?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.status = options.status ?? null;
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
  'ETIMEOUT',
  'EBADNAME',
  'EBADRESP',
]);
const TLS_CODE =
  /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO$|HOSTNAME_MISMATCH|INVALID_CA|ERR_OSSL)/;

/** Any failure of a request, in the vocabulary of the job's errors. */
export function toFetchError(error: unknown, url: string): FetchError {
  if (error instanceof FetchError) return error;
  const cause = rootCause(error);
  if (cause instanceof BlockedEgressError) return new FetchError('blocked_egress', url, cause.message, { cause });
  const code = errnoOf(cause);
  return new FetchError(classifyErrno(code), url, describeError(cause) + (code === '' ? '' : ` (${code})`), { cause });
}

/** The error inside an AxiosError; of several failed addresses, the first one. */
export function rootCause(error: unknown): unknown {
  if (isAxiosError(error)) return error.cause ?? Object.assign(new Error(error.message), { code: error.code });
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0];
  return error;
}

function classifyErrno(code: string): ErrorCode {
  if (DNS_CODES.has(code)) return 'dns';
  if (TLS_CODE.test(code)) return 'tls';
  if (code === 'HPE_HEADER_OVERFLOW') return 'too_large';
  return 'connection';
}

export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
