import type { ApiAnswer } from '../fetch/api-client.js';
import { FetchError } from '../fetch/fetch-error.js';
import { parseRetryAfter } from '../fetch/retry-plan.js';

/** How long a service is left alone that asks for patience without saying how much. */
const PATIENCE_MS = 10_000;
const MIN_PATIENCE_MS = 1000;
/** "Later" or "too much", and gateways whose server behind them is overworked. */
const BUSY_STATUSES = new Set([429, 502, 503, 504]);

/** A URL below the configured base, which may have a path of its own. */
export function urlBelow(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, '')}/${path}`;
  return url;
}

/** Why an answer of the archive is none; null for one of the 200s. With `retryAfterMs` where it had better be asked later. */
export function refusalOf({ status, headers }: ApiAnswer, url: URL): FetchError | null {
  if (status >= 200 && status < 300) return null;
  const code = status >= 500 ? 'http_5xx' : status >= 400 ? 'http_4xx' : 'parse';
  const retryAfterMs = BUSY_STATUSES.has(status)
    ? Math.max(MIN_PATIENCE_MS, parseRetryAfter(headers['retry-after']) ?? PATIENCE_MS)
    : null;
  return new FetchError(code, url.href, `${url.host} answers HTTP ${status}`, { status, retryAfterMs });
}
