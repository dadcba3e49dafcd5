import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { ErrorCode, SiteOutcome } from '#common/domain/site-outcome.js';
import type { DnsEntry } from '../dns-server.js';

/** One safe way for the crawl of an endpoint to end. */
export type Verdict =
  /** Nothing is read; every error listed has one of these codes. */
  | { kind: 'fails'; codes: ErrorCode[] }
  /** Exactly these addresses (null: the endpoint's own) count; `notes` are errors that must be listed beside them. */
  | { kind: 'finds'; addresses: string[] | null; notes: ErrorCode[]; snippet: string | null }
  /** The page is read and has no address. */
  | { kind: 'reads'; notes: ErrorCode[] };

/** What all endpoints can refer to. */
export interface WebContext {
  /** The port of all hosts of the web, and of the canaries. */
  port: number;
  /** Seed of another endpoint. */
  urlOf(path: string): string;
  /** `http://` of the canary at 127.0.0.1, at the port of the web; the path tells who came. */
  canary(path: string): string;
  /** A canary on another port of an address that is allowed. */
  otherPort(path: string): string;
}

/** An HTTP request to an endpoint. `count` is its number among the page requests of the endpoint, from 1. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  count: number;
  endpoint: Endpoint;
  web: WebContext;
}

/** A request on a raw socket; `nth` is its number on this socket, `count` among all page requests of the endpoint. */
export interface RawExchange {
  socket: Socket;
  head: string;
  target: string;
  nth: number;
  count: number;
  endpoint: Endpoint;
  web: WebContext;
}

export type Serve = (exchange: Exchange) => void;
export type ServeRaw = (exchange: RawExchange) => void;

/** One hostile (or only odd) thing on a host of its own, and what a safe crawler makes of it. */
export interface Endpoint {
  /** Names the endpoint, and is the path of its seed. */
  path: string;
  /** Any one of these is safe. */
  expect: Verdict[];
  /** Answers every HTTP request but that for robots.txt. */
  serve?: Serve;
  /** Answers on the socket itself, once a request's head is there; robots.txt is 404. */
  raw?: ServeRaw;
  /** Has the socket from the connection on, before anything was said. */
  connect?: (socket: Socket, web: WebContext) => void;
  /** A server of its own making, for TLS. */
  listener?: (context: { host: string; pages: ListenerPages }) => Server;
  /** robots.txt; 404 by default. */
  robots?: Serve;
  /** Replaces the seed `http://<address>:<port><path>`. */
  seed?: (context: { host: string; web: WebContext }) => string;
  /** Names of the test's DNS server; `host` is the endpoint's own address. */
  names?: (host: string) => Record<string, DnsEntry>;
  /** Links followed from the seed: 0 by default. */
  maxDepth?: number;
  /** The most requests that the host may see, robots.txt and sitemaps included. */
  maxRequests?: number;
  /** Outcome where the verdict leaves a choice. */
  outcomes?: SiteOutcome[];
  /** Does not come to an end by itself: needs a short deadline. */
  slow?: boolean;
  /** Asks to come back so late that a job waits for many minutes. */
  postpones?: boolean;
}

export type ListenerPages = (request: IncomingMessage, response: ServerResponse) => void;
type More = Omit<Endpoint, 'path' | 'expect' | 'serve' | 'raw'>;

export function http(path: string, expect: Verdict | Verdict[], serve: Serve, more: More = {}): Endpoint {
  return { path, expect: [expect].flat(), serve, ...more };
}

export function raw(path: string, expect: Verdict | Verdict[], answer: ServeRaw, more: More = {}): Endpoint {
  return { path, expect: [expect].flat(), raw: answer, ...more };
}

export function fails(...codes: ErrorCode[]): Verdict {
  return { kind: 'fails', codes };
}

/** Finds the endpoint's own address, or `addresses`. */
export function finds(options: { addresses?: string[]; notes?: ErrorCode[]; snippet?: string } = {}): Verdict {
  const { addresses = null, notes = [], snippet = null } = options;
  return { kind: 'finds', addresses, notes, snippet };
}

export function reads(...notes: ErrorCode[]): Verdict {
  return { kind: 'reads', notes };
}

/** The address on an endpoint's page; `part` tells several of one endpoint apart. */
export function addressOf(path: string, part = ''): string {
  return `${path.slice(1).replaceAll('/', '.')}${part}@hostile.gleaner-test.org`;
}
