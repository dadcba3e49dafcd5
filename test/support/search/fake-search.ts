import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ProviderName } from '#common/domain/search-provider-name.js';
import { fakeBrave } from './fake-brave.js';
import { fakeSearxng } from './fake-searxng.js';
import { fakeSerpapi } from './fake-serpapi.js';
import { fakeSerper } from './fake-serper.js';
import { RequestPacing } from './request-pacing.js';
import { json, type AskedSearch, type Reply, type SearchDialect, type SearchFault } from './search-fault.js';
import { pageOf, type PlantedResult } from './search-page.js';

const DIALECTS: Record<ProviderName, SearchDialect> = {
  searxng: fakeSearxng,
  serper: fakeSerper,
  brave: fakeBrave,
  serpapi: fakeSerpapi,
};

export interface FakeSearchOptions {
  provider: ProviderName;
  /** All results of a query, over all pages. */
  results: (query: string) => readonly PlantedResult[];
  /** The most results on a page; the provider's usual number unless told. */
  pageSize?: number;
  /** Asked sooner after the last answered request, it answers 429 with Retry-After and counts a violation. */
  minIntervalMs?: number;
}

/** A request that was a search, refused ones included. */
export interface SeenSearch extends AskedSearch {
  /** Milliseconds of the epoch. */
  at: number;
}

/** A search engine on loopback that behaves like a real one, in good and bad times. */
export class FakeSearch {
  readonly requests: SeenSearch[] = [];
  private readonly faults: SearchFault[] = [];
  private lasting: SearchFault | null = null;
  private readonly pacing: RequestPacing;
  private readonly dialect: SearchDialect;
  private readonly server: Server;

  constructor(private readonly options: FakeSearchOptions) {
    this.dialect = DIALECTS[options.provider];
    this.pacing = new RequestPacing(options.minIntervalMs ?? 0);
    this.server = createServer((request, response) => {
      // Who hangs up on us has its reasons.
      this.serve(request, response).catch(() => response.destroy());
    });
  }

  async listen(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What points the product at this engine, its key included. */
  get env(): Record<string, string> {
    return this.dialect.env(this.url);
  }

  /** The key that it accepts; null where the provider has none. */
  get key(): string | null {
    return this.dialect.key;
  }

  /** Requests that came too soon, or inside the time that a Retry-After had named. */
  get violations(): number {
    return this.pacing.violations;
  }

  /** Spoils the next request, after those already spoilt. */
  failNext(fault: SearchFault): void {
    this.faults.push(fault);
  }

  /** Spoils every request from now on; null ends it. */
  failAlways(fault: SearchFault | null): void {
    this.lasting = fault;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const body = await text(request);
    const asked = this.dialect.read({ method, url: new URL(request.url ?? '/', this.url), headers, body });
    if ('status' in asked) return send(response, asked);
    const at = Date.now();
    this.requests.push({ ...asked, at });
    const tooSoonS = this.pacing.judge(at);
    if (tooSoonS !== null) return send(response, retryAfter(this.dialect.rateLimited, tooSoonS));
    if (asked.key !== this.dialect.key) return send(response, this.dialect.auth);
    const fault = this.faults.shift() ?? this.lasting;
    if (fault === null) return send(response, this.answer(asked));
    return this.fail(fault, asked, response);
  }

  private answer(asked: AskedSearch): Reply {
    return this.dialect.answer(asked, this.pageFor(asked));
  }

  private pageFor({ query, page, pageSize }: AskedSearch) {
    return pageOf(this.options.results(query), page, Math.min(pageSize, this.options.pageSize ?? pageSize));
  }

  private fail(fault: SearchFault, asked: AskedSearch, response: ServerResponse): void {
    switch (fault.kind) {
      case 'rate_limited':
        return send(response, this.limitRate(this.dialect.rateLimited, fault.retryAfterS));
      case 'status':
        return send(response, this.limitRate({ status: fault.status, body: 'oops' }, fault.retryAfterS ?? null));
      case 'quota':
      case 'auth':
        return send(response, this.dialect[fault.kind]);
      case 'says':
        return send(response, this.dialect.says(fault.text));
      case 'malformed':
        return send(response, { status: 200, body: this.answer(asked).body.slice(0, -10) });
      case 'wrong_shape':
        return send(response, json({ hits: [{ href: 'https://a.example/' }], total: 1 }));
      case 'oversized':
        return send(response, {
          status: 200,
          body: `{"results": [${'{"url": "https://a.example/"},'.repeat(110_000)}`,
        });
      case 'hang_up':
        return hangUp(response, fault.after, this.answer(asked));
      case 'slow':
        // Never: until the connection is closed.
        if (fault.ms !== null) setTimeout(() => send(response, this.answer(asked)), fault.ms);
        return undefined;
      case 'silent_engines':
        return this.silence(fault.partial, asked, response);
    }
  }

  private limitRate(reply: Reply, retryAfterS: number | null): Reply {
    return retryAfterS === null ? reply : retryAfter(reply, this.pacing.close(Date.now(), retryAfterS));
  }

  private silence(partial: boolean, asked: AskedSearch, response: ServerResponse): void {
    const { silentEngines } = this.dialect;
    if (silentEngines === undefined) throw new Error(`${this.options.provider} does not tell of engines`);
    const page = this.pageFor(asked);
    send(response, silentEngines(asked, partial ? page : { ...page, results: [] }));
  }
}

/** Starts a fake provider; close it after use. */
export function startFakeSearch(options: FakeSearchOptions): Promise<FakeSearch> {
  return new FakeSearch(options).listen();
}

function retryAfter(reply: Reply, seconds: number): Reply {
  return { ...reply, headers: { ...reply.headers, 'Retry-After': String(seconds) } };
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const type = /^[[{]/.test(body) ? 'application/json' : 'text/html; charset=utf-8';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body);
}

function hangUp(response: ServerResponse, after: 'request' | 'half', { body }: Reply): void {
  if (after === 'request') {
    response.destroy();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}
