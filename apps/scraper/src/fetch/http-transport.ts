import type { Readable } from 'node:stream';
import axios, { isAxiosError, type AxiosInstance } from 'axios';
import type { EgressGuard } from '#common/egress/egress-guard.js';
import { GuardedAgents } from '#common/egress/guarded-agents.js';
import { errnoOf, rootCause } from './fetch-error.js';

/** The start of an answer: `stream` is the body as it is on the wire, not decoded, and must be consumed or destroyed. */
export interface RawResponse {
  status: number;
  headers: ResponseHeaders;
  stream: Readable;
}

interface ResponseHeaders {
  contentType?: string | undefined;
  contentEncoding?: string | undefined;
  location?: string | undefined;
}

/**
 * One GET, no redirects, nothing decoded: axios reduced to a transport. Node's parser bounds the headers (16 KiB, 2,000
 * fields); every socket is opened by guarded agents.
 */
export class HttpTransport {
  private readonly pooled: GuardedAgents;
  private readonly fresh: GuardedAgents;
  private readonly client: AxiosInstance;

  constructor(
    private readonly guard: EgressGuard,
    userAgent: string,
  ) {
    this.pooled = new GuardedAgents(guard, { keepAlive: true });
    this.fresh = new GuardedAgents(guard, { keepAlive: false });
    this.client = axios.create({
      adapter: 'http',
      proxy: false,
      responseType: 'stream',
      maxRedirects: 0,
      decompress: false,
      validateStatus: () => true,
      headers: {
        'User-Agent': userAgent,
        Accept: 'text/html,application/xhtml+xml,text/plain;q=0.8,application/json;q=0.7,*/*;q=0.1',
        'Accept-Encoding': 'gzip, deflate, br',
      },
    });
  }

  /** A reset on a socket that the server closed while it idled is no fault of anyone: it is repeated once. */
  async get(url: URL, signal: AbortSignal): Promise<RawResponse> {
    this.guard.checkUrl(url);
    try {
      return await this.send(url, signal, this.pooled);
    } catch (error) {
      if (signal.aborted || !isStaleSocket(error)) throw error;
      return await this.send(url, signal, this.fresh);
    }
  }

  close(): void {
    this.pooled.destroy();
    this.fresh.destroy();
  }

  private async send(url: URL, signal: AbortSignal, agents: GuardedAgents): Promise<RawResponse> {
    const response = await this.client.get<Readable>(url.href, {
      signal,
      httpAgent: agents.http,
      httpsAgent: agents.https,
    });
    const header = (name: string): string | undefined => {
      const value: unknown = response.headers[name];
      return typeof value === 'string' ? value : undefined;
    };
    return {
      status: response.status,
      headers: {
        contentType: header('content-type'),
        contentEncoding: header('content-encoding'),
        location: header('location'),
      },
      stream: response.data,
    };
  }
}

function isStaleSocket(error: unknown): boolean {
  const request: unknown = isAxiosError(error) ? error.request : null;
  const reused =
    typeof request === 'object' && request !== null && 'reusedSocket' in request && request.reusedSocket === true;
  return reused && ['ECONNRESET', 'EPIPE'].includes(errnoOf(rootCause(error)));
}
