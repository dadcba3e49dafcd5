import { Injectable } from '@nestjs/common';
import type { EgressGuard } from '#common/egress/egress-guard.js';
import { abortableSleep } from '../abortable-sleep.js';
import { discardBody, readBody, type Body, type BodySource, type CutReason } from './body-reader.js';
import { BodyMemory } from './body-memory.js';
import { decodeText, detectCharset } from './charset.js';
import { parseContentType, sniffKind, type ContentKind } from './content-type.js';
import { type Deadline, withDeadline } from './deadline.js';
import { FetchError, toFetchError } from './fetch-error.js';
import { HttpTransport, type RawResponse } from './http-transport.js';
import { parseUrl, refuseResponse } from './response-rules.js';
import { RetryPlan } from './retry-plan.js';
import { saysNoindex } from './robots-tag.js';
import { Semaphore } from '../semaphore.js';

export const MAX_BODY_BYTES = 5 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRY_DELAY_MS = 500;
/** Enough of a body to sniff its kind and charset. */
const HEAD_BYTES = 64 * 1024;

export interface FetchRequest {
  signal: AbortSignal;
  maxBytes?: number;
  /** Accept a body of any type and read it as text (robots.txt is served as anything). */
  anyType?: boolean;
  /** Hand out the decoded body's bytes beside its text, for a caller that knows better than its charset header. */
  keepBytes?: boolean;
  /**
   * Called before every request, redirects and retries included, outside the deadline and the fetch pool: the place to
   * wait and, by throwing, to refuse. `from` is the URL that redirected here, null at the start.
   */
  beforeRequest?(url: URL, from: URL | null): Promise<void>;
  /** Called when the request really starts, after any wait for the pool. */
  onStart?(url: URL): void;
  /** Called before the wait that precedes a retry: a good reason to leave the whole host alone for so long. */
  onBackoff?(url: URL, waitMs: number): void;
}

export interface FetchedPage {
  /** Where the body came from, after redirects. */
  url: string;
  status: number;
  contentType: string;
  kind: ContentKind;
  charset: string;
  text: string;
  /** The bytes of the text, where they were asked for. */
  body?: Buffer | undefined;
  /** Bytes of the body on the wire. */
  bytes: number;
  /** Why the text is incomplete, or null. */
  cut: CutReason | null;
  /** An X-Robots-Tag header asks not to index the page. */
  noindex: boolean;
  /** To be called when the text is no longer needed: a large page holds memory that others wait for. */
  release(): void;
}

export interface PageFetcherOptions {
  userAgent: string;
  maxConcurrentFetches: number;
  fetchTimeoutMs?: number | undefined;
  /** The wait before the first retry; it doubles each time. */
  retryDelayMs?: number | undefined;
}

/** One URL of a chain of redirects, and what is left of the deadline for it. */
interface Hop {
  url: URL;
  from: URL | null;
  remainingMs: number;
}

/**
 * Fetches one URL as text, inside limits of time, size, memory, redirects and egress; tries again after a transient
 * fault. Fails only with FetchError, with what `beforeRequest` throws, or with the caller's abort reason.
 */
@Injectable()
export class PageFetcher {
  private readonly transport: HttpTransport;
  private readonly pool: Semaphore;
  private readonly memory = new BodyMemory();
  private readonly timeoutMs: number;
  private readonly retryDelayMs: number;

  constructor(
    private readonly guard: EgressGuard,
    options: PageFetcherOptions,
  ) {
    this.transport = new HttpTransport(guard, options.userAgent);
    this.pool = new Semaphore(options.maxConcurrentFetches);
    this.timeoutMs = options.fetchTimeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.retryDelayMs = options.retryDelayMs ?? DEFAULT_RETRY_DELAY_MS;
  }

  async fetchPage(start: string, request: FetchRequest): Promise<FetchedPage> {
    const hop: Hop = { url: parseUrl(start, start), from: null, remainingMs: this.timeoutMs };
    // For the whole chain: a row of servers that each fail twice must not multiply our patience.
    const retries = new RetryPlan(this.retryDelayMs);
    const seen = new Set<string>();
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      seen.add(hop.url.href);
      const result = await this.fetchHop(hop, retries, request);
      if (!(result instanceof URL)) return result;
      if (seen.has(result.href))
        throw new FetchError('too_many_redirects', start, `redirects in a circle at ${result.href.slice(0, 200)}`);
      hop.from = hop.url;
      hop.url = result;
    }
    throw new FetchError('too_many_redirects', start, `more than ${MAX_REDIRECTS} redirects`);
  }

  /** Closes idle and busy connections. */
  close(): void {
    this.transport.close();
  }

  /** One request and its retries. Each try has the whole time: the caller's pacing lies between them. */
  private async fetchHop(hop: Hop, retries: RetryPlan, request: FetchRequest): Promise<FetchedPage | URL> {
    this.checkUrl(hop.url);
    for (;;) {
      await request.beforeRequest?.(hop.url, hop.from);
      try {
        return await this.runInPool(hop, request);
      } catch (error) {
        const waitMs = retries.waitAfter(error);
        request.onBackoff?.(hop.url, waitMs);
        await abortableSleep(waitMs, request.signal);
        hop.remainingMs = this.timeoutMs;
      }
    }
  }

  /** Before anything else, so that nobody asks for the robots.txt of a place that is out of bounds. */
  private checkUrl(url: URL): void {
    try {
      this.guard.checkUrl(url);
    } catch (error) {
      throw toFetchError(error, url.href);
    }
  }

  /** The deadline runs from the slot on: a queue of our own making is not the server's fault. */
  private async runInPool(hop: Hop, request: FetchRequest): Promise<FetchedPage | URL> {
    const slot = await this.pool.acquire(1, request.signal);
    try {
      request.onStart?.(hop.url);
      const startedAt = performance.now();
      const limit = { url: hop.url.href, timeoutMs: hop.remainingMs, signal: request.signal };
      const result = await withDeadline(limit, (deadline) => this.fetchOnce(hop.url, request, deadline));
      hop.remainingMs -= performance.now() - startedAt;
      return result;
    } finally {
      slot.release();
    }
  }

  private async fetchOnce(url: URL, request: FetchRequest, deadline: Deadline): Promise<FetchedPage | URL> {
    const response = await this.transport.request(url, deadline.signal);
    const refusal = refuseResponse(response, url, request.anyType === true);
    if (refusal !== null) {
      await discardBody(response);
      if (refusal instanceof Error) throw refusal;
      return refusal;
    }
    const source = { stream: response, encoding: response.headers['content-encoding'], url: url.href, deadline };
    const limits = { maxBytes: request.maxBytes ?? MAX_BODY_BYTES, memory: this.memory };
    const body = await readBody(source, limits).catch((error: unknown) => {
      throw error instanceof FetchError ? error : (response.fault ?? error);
    });
    try {
      const page = await makePage(response, source, body, request);
      deadline.signal.throwIfAborted();
      return page;
    } catch (error) {
      body.release();
      throw error;
    }
  }
}

async function makePage(
  response: RawResponse,
  source: BodySource,
  body: Body,
  request: FetchRequest,
): Promise<FetchedPage> {
  const { type, charset: headerCharset } = parseContentType(response.headers['content-type']);
  const head = body.head(HEAD_BYTES);
  const kind = request.anyType === true ? 'text' : sniffKind(type, head);
  if (kind === null) {
    throw new FetchError('bad_content_type', source.url, `not a page: ${type.slice(0, 100) || 'no content type'}`, {
      status: response.statusCode,
    });
  }
  const charset = detectCharset(head, headerCharset);
  const bytes = request.keepBytes === true ? Buffer.concat(body.parts) : undefined;
  return {
    url: source.url,
    status: response.statusCode,
    contentType: type,
    kind,
    charset,
    text: await decodeText(body.parts, charset),
    body: bytes,
    bytes: body.wireBytes,
    cut: body.cut,
    noindex:
      response.headers['x-robots-tag'] !== undefined && saysNoindex(response.headersDistinct['x-robots-tag'] ?? []),
    release: () => body.release(),
  };
}
