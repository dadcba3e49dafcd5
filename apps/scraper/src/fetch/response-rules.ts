import { isUtf8 } from 'node:buffer';
import { MAX_HOST_LENGTH, MAX_URL_LENGTH } from '#common/domain/site.js';
import { mayBeReadable, parseContentType } from './content-type.js';
import { FetchError } from './fetch-error.js';
import type { RawResponse } from './http-transport.js';
import { parseRetryAfter } from './retry-plan.js';

const REDIRECTS = new Set([300, 301, 302, 303, 307, 308]);

/** Where an answer redirects to, or why it is no page; null for a body worth reading. */
export function refuseResponse(response: RawResponse, url: URL, anyType: boolean): URL | FetchError | null {
  const { statusCode: status, headers } = response;
  if (REDIRECTS.has(status)) return redirectTarget(url, status, headers.location);
  if (status < 200) return new FetchError('connection', url.href, `HTTP ${status} in place of an answer`, { status });
  if (status >= 400) {
    const retryAfterMs = parseRetryAfter(headers['retry-after']);
    const code = status >= 500 ? 'http_5xx' : 'http_4xx';
    return new FetchError(code, url.href, `HTTP ${status}`, { status, retryAfterMs });
  }
  // 304, 305, 306: nothing that was asked for.
  if (status >= 300)
    return new FetchError('parse', url.href, `HTTP ${status} is neither page nor redirect`, { status });
  const { type } = parseContentType(headers['content-type']);
  if (anyType || mayBeReadable(type)) return null;
  return new FetchError('bad_content_type', url.href, `not a page: ${type.slice(0, 100)}`, { status });
}

export function parseUrl(text: string, base: string): URL {
  try {
    const url = new URL(text.slice(0, MAX_URL_LENGTH + 1), base);
    if (text.length <= MAX_URL_LENGTH && url.href.length <= MAX_URL_LENGTH && url.hostname.length <= MAX_HOST_LENGTH)
      return url;
  } catch {
    // Reported below, as what is too long.
  }
  throw new FetchError('parse', base, `not a valid URL: ${text.slice(0, 200)}`);
}

function redirectTarget(url: URL, status: number, location: string | undefined): URL | FetchError {
  if (location === undefined) return new FetchError('parse', url.href, `HTTP ${status} without a Location`, { status });
  try {
    const target = parseUrl(asUtf8(location), url.href);
    target.hash = '';
    return target;
  } catch (error) {
    return error as FetchError;
  }
}

/** Node reads headers as latin1; a path that was not percent-encoded is UTF-8 today. */
function asUtf8(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : header;
}
