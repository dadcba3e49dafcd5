import type { IncomingHttpHeaders } from 'node:http';
import type { EgressGuard } from '#common/egress/egress-guard.js';
import { readBody } from './body-reader.js';
import { BodyMemory } from './body-memory.js';
import { withDeadline } from './deadline.js';
import { toFetchError } from './fetch-error.js';
import { HttpTransport, type TransportRequest } from './http-transport.js';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export interface ApiRequest extends TransportRequest {
  url: URL;
  /** Of the body, on the wire and decoded; 4 MiB unless told. */
  maxBytes?: number;
}

export interface ApiAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Decoded by its Content-Encoding. */
  body: Buffer;
  /** Bytes of the body on the wire. */
  bytes: number;
  /** The body was longer than the limit, or broke off. */
  isCut: boolean;
}

/**
 * Asks a service that its operator has configured (a search provider, an archive), inside limits of time and size. Follows
 * no redirect: whoever moved must be configured anew, and a key is not handed to strangers.
 */
export class ApiClient {
  private readonly transport: HttpTransport;
  private readonly memory = new BodyMemory();

  constructor(
    guard: EgressGuard,
    private readonly options: { userAgent: string; timeoutMs: number },
  ) {
    this.transport = new HttpTransport(guard, options.userAgent);
  }

  /** Any status is an answer. Throws a FetchError where there is none, and the reason of an aborted `signal`. */
  async ask({ url, maxBytes = MAX_ANSWER_BYTES, ...request }: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const limit = { url: url.href, timeoutMs: this.options.timeoutMs, signal };
    try {
      return await withDeadline(limit, async (deadline) => {
        const response = await this.transport.request(url, deadline.signal, request);
        const { statusCode: status, headers } = response;
        const source = { stream: response, encoding: headers['content-encoding'], url: url.href, deadline };
        const body = await readBody(source, { maxBytes, memory: this.memory });
        try {
          return { status, headers, body: Buffer.concat(body.parts), bytes: body.wireBytes, isCut: body.cut !== null };
        } finally {
          body.release();
        }
      });
    } catch (error) {
      signal.throwIfAborted();
      throw toFetchError(error, url.href);
    }
  }

  close(): void {
    this.transport.close();
  }
}
