import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import axios, { AxiosHeaders, isAxiosError, type AxiosAdapter, type InternalAxiosRequestConfig } from 'axios';
import type { EgressGuard } from '#common/egress/egress-guard.js';
import { GuardedAgents } from '#common/egress/guarded-agents.js';
import { errnoOf, rootCause } from './fetch-error.js';

/** A server announces one or two interim answers; one that sends more keeps us busy with nothing. */
const MAX_INTERIM_ANSWERS = 16;

/** The start of an answer: its stream is the body as it is on the wire, not decoded, and must be consumed or destroyed. */
export type RawResponse = IncomingMessage & {
  statusCode: number;
  /** Why the body broke off, where Node knows. */
  fault?: Error;
};

/** What a request is beyond its URL; a plain GET unless told. */
export interface TransportRequest {
  method?: 'get' | 'post';
  headers?: Record<string, string>;
  /** The body of a POST. */
  data?: string;
}

/**
 * One request, no redirects, nothing decoded: axios reduced to a transport. Its adapter is called directly, since merging
 * configurations and running interceptors costs as much as the request. Node's parser (the strict one) bounds the
 * headers (16 KiB, 2,000 fields); every socket is opened by guarded agents.
 */
export class HttpTransport {
  private readonly pooled: GuardedAgents;
  private readonly fresh: GuardedAgents;
  private readonly adapter: AxiosAdapter = axios.getAdapter('http');
  private readonly settings: InternalAxiosRequestConfig;

  constructor(guard: EgressGuard, userAgent: string) {
    this.pooled = new GuardedAgents(guard, { keepAlive: true });
    this.fresh = new GuardedAgents(guard, { keepAlive: false });
    this.settings = {
      method: 'get',
      proxy: false,
      responseType: 'stream',
      maxRedirects: 0,
      decompress: false,
      validateStatus: null,
      transport: { request: sendRequest },
      headers: AxiosHeaders.from({
        'User-Agent': userAgent,
        Accept: 'text/html,application/xhtml+xml,text/plain;q=0.8,application/json;q=0.7,*/*;q=0.1',
        'Accept-Encoding': 'gzip, deflate, br',
      }),
    };
  }

  /** A reset on a socket that the server closed while it idled is no fault of anyone: it is repeated once. */
  async request(url: URL, signal: AbortSignal, request: TransportRequest = {}): Promise<RawResponse> {
    try {
      return await this.send(url, signal, request, this.pooled);
    } catch (error) {
      if (signal.aborted || !isStaleSocket(error)) throw error;
      return await this.send(url, signal, request, this.fresh);
    }
  }

  close(): void {
    this.pooled.destroy();
    this.fresh.destroy();
  }

  private async send(
    url: URL,
    signal: AbortSignal,
    { headers, ...request }: TransportRequest,
    agents: GuardedAgents,
  ): Promise<RawResponse> {
    const { data } = await this.adapter({
      ...this.settings,
      ...request,
      ...(headers ? { headers: AxiosHeaders.concat(this.settings.headers, headers) } : {}),
      url: url.href,
      signal,
      httpAgent: agents.http,
      httpsAgent: agents.https,
    });
    return data as RawResponse;
  }
}

/** What axios would do by itself, and the answers that it (and Node) leave to the caller. */
function sendRequest(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest {
  const request = (options.protocol === 'https:' ? https : http).request(options, onResponse);
  let interimAnswers = 0;
  request.on('information', () => {
    interimAnswers += 1;
    if (interimAnswers > MAX_INTERIM_ANSWERS) request.destroy(new Error('nothing but interim (1xx) answers'));
  });
  // Once the answer has begun, its stream only says "aborted"; why (no valid chunk, say) is told to the request.
  request.once('response', (response: RawResponse) => request.on('error', (error) => (response.fault = error)));
  // Without a listener Node drops the socket and nobody hears of it.
  request.on('upgrade', (response, socket) => {
    socket.destroy();
    request.emit('error', new Error(`HTTP ${response.statusCode} without being asked to switch protocols`));
  });
  return request;
}

function isStaleSocket(error: unknown): boolean {
  const request: unknown = isAxiosError(error) ? error.request : null;
  const reused =
    typeof request === 'object' && request !== null && 'reusedSocket' in request && request.reusedSocket === true;
  return reused && ['ECONNRESET', 'EPIPE'].includes(errnoOf(rootCause(error)));
}
