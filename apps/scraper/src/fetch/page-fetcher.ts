import { Injectable } from '@nestjs/common';
import PQueue from 'p-queue';
import type { EgressGuard } from '#common/egress/egress-guard.js';
import { discardBody, readBody, type BodySource, type CutReason } from './body-reader.js';
import { decodeText, detectCharset } from './charset.js';
import { mayBeReadable, parseContentType, sniffKind, type ContentKind } from './content-type.js';
import { withDeadline } from './deadline.js';
import { FetchError, toFetchError } from './fetch-error.js';
import { HttpTransport, type RawResponse } from './http-transport.js';

export const MAX_BODY_BYTES = 5 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const DEFAULT_TIMEOUT_MS = 30_000;

export interface FetchRequest {
  signal: AbortSignal;
  maxBytes?: number;
  /** Accept a body of any type and read it as text (robots.txt is served as anything). */
  anyType?: boolean;
  /**
   * Called before every request, redirects included, outside the deadline and the fetch pool: the place to wait and,
   * by throwing, to refuse. `from` is the URL that redirected here, null at the start.
   */
  beforeRequest?(url: URL, from: URL | null): Promise<void>;
  /** Called when the request really starts, after any wait for the pool. */
  onStart?(url: URL): void;
}

export interface FetchedPage {
  /** Where the body came from, after redirects. */
  url: string;
  status: number;
  contentType: string;
  kind: ContentKind;
  charset: string;
  text: string;
  /** Bytes of the body on the wire. */
  bytes: number;
  /** Why the text is incomplete, or null. */
  cut: CutReason | null;
}

export interface PageFetcherOptions {
  userAgent: string;
  maxConcurrentFetches: number;
  fetchTimeoutMs?: number | undefined;
}

/** Fetches one URL as text, inside limits of time, size, redirects and egress. Fails only with FetchError, or with the caller's abort reason. */
@Injectable()
export class PageFetcher {
  private readonly transport: HttpTransport;
  private readonly pool: PQueue;
  private readonly timeoutMs: number;

  constructor(guard: EgressGuard, options: PageFetcherOptions) {
    this.transport = new HttpTransport(guard, options.userAgent);
    this.pool = new PQueue({ concurrency: options.maxConcurrentFetches });
    this.timeoutMs = options.fetchTimeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  async fetchPage(start: string, request: FetchRequest): Promise<FetchedPage> {
    const seen = new Set<string>();
    let url = parseUrl(start, start);
    let from: URL | null = null;
    let remainingMs = this.timeoutMs;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      await request.beforeRequest?.(url, from);
      seen.add(url.href);
      const { result, ms } = await this.runInPool(url, remainingMs, request);
      if (!(result instanceof URL)) return result;
      if (seen.has(result.href))
        throw new FetchError('too_many_redirects', start, `redirects in a circle at ${result.href.slice(0, 200)}`);
      remainingMs -= ms;
      from = url;
      url = result;
    }
    throw new FetchError('too_many_redirects', start, `more than ${MAX_REDIRECTS} redirects`);
  }

  /** Closes idle and busy connections. */
  close(): void {
    this.transport.close();
  }

  /** The deadline runs from the slot on: a queue of our own making is not the server's fault. */
  private async runInPool(
    url: URL,
    timeoutMs: number,
    request: FetchRequest,
  ): Promise<{ result: FetchedPage | URL; ms: number }> {
    return this.pool.add(
      async () => {
        request.onStart?.(url);
        const startedAt = performance.now();
        const limit = { url: url.href, timeoutMs, signal: request.signal };
        const result = await withDeadline(limit, (signal) => this.fetchOnce(url, request, signal));
        return { result, ms: performance.now() - startedAt };
      },
      { signal: request.signal },
    );
  }

  private async fetchOnce(url: URL, request: FetchRequest, signal: AbortSignal): Promise<FetchedPage | URL> {
    const response = await this.transport.get(url, signal);
    const source = { stream: response.stream, encoding: response.headers.contentEncoding, url: url.href, signal };
    const refusal = refuseResponse(response, request, url);
    if (refusal !== null) {
      await discardBody(source);
      if (refusal instanceof Error) throw refusal;
      return refusal;
    }
    return readPage(response, source, request);
  }
}

/** Where the answer redirects to, or why it is no page; null for a body worth reading. */
function refuseResponse(response: RawResponse, request: FetchRequest, url: URL): URL | FetchError | null {
  const { status, headers } = response;
  if (status >= 300 && status < 400) return redirectTarget(url, status, headers.location);
  if (status < 200 || status >= 400) {
    return new FetchError(status >= 500 ? 'http_5xx' : 'http_4xx', url.href, `HTTP ${status}`, { status });
  }
  const { type } = parseContentType(headers.contentType);
  if (request.anyType === true || mayBeReadable(type)) return null;
  return new FetchError('bad_content_type', url.href, `not a page: ${type.slice(0, 100)}`, { status });
}

function redirectTarget(url: URL, status: number, location: string | undefined): URL | FetchError {
  if (location === undefined) return new FetchError('parse', url.href, `HTTP ${status} without a Location`, { status });
  try {
    const target = parseUrl(location, url.href);
    target.hash = '';
    return target;
  } catch (error) {
    return toFetchError(error, url.href);
  }
}

async function readPage(response: RawResponse, source: BodySource, request: FetchRequest): Promise<FetchedPage> {
  const body = await readBody(source, request.maxBytes ?? MAX_BODY_BYTES);
  const { type, charset: headerCharset } = parseContentType(response.headers.contentType);
  const kind = request.anyType === true ? 'text' : sniffKind(type, body.bytes);
  if (kind === null) {
    throw new FetchError('bad_content_type', source.url, `not a page: ${type.slice(0, 100) || 'no content type'}`, {
      status: response.status,
    });
  }
  const charset = detectCharset(body.bytes, headerCharset);
  const text = await decodeText(body.bytes, charset);
  return {
    url: source.url,
    status: response.status,
    contentType: type,
    kind,
    charset,
    text,
    bytes: body.wireBytes,
    cut: body.cut,
  };
}

function parseUrl(text: string, base: string): URL {
  if (URL.canParse(text, base)) return new URL(text, base);
  throw new FetchError('parse', base, `not a valid URL: ${text.slice(0, 200)}`);
}
