import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import net, { type Server, type Socket } from 'node:net';
import { startDnsServer, type DnsServer } from '../dns-server.js';
import { startCanaries, type Canaries } from './canaries.js';
import { CHARSETS } from './charsets.js';
import { ENCODINGS } from './encodings.js';
import type { Endpoint, WebContext } from './endpoint.js';
import { FRAMING } from './framing.js';
import { HEADERS } from './headers.js';
import { HTML } from './html.js';
import { NAMES } from './names.js';
import { NET } from './net.js';
import { REDIRECTS, LANDINGS } from './redirects.js';
import { REGEX_BOMBS } from './regex-bombs.js';
import { ROBOTS } from './robots.js';
import { SSRF } from './ssrf.js';
import { STATUS } from './status.js';
import { TLS } from './tls.js';
import { TRAPS } from './traps.js';
import { TYPES } from './types.js';

const HOSTS_PER_NETWORK = 250;

/** Every endpoint, in the order of the web's hosts. */
export const ENDPOINTS: readonly Endpoint[] = [
  NET,
  FRAMING,
  HEADERS,
  ENCODINGS,
  REDIRECTS,
  SSRF,
  NAMES,
  CHARSETS,
  HTML,
  REGEX_BOMBS,
  TRAPS,
  STATUS,
  TYPES,
  ROBOTS,
  TLS,
].flat();

export interface HostileWeb {
  endpoints: readonly Endpoint[];
  /** The seed of an endpoint's site. */
  url(endpoint: Endpoint): string;
  /** Requests that the host of an endpoint has seen: paths. */
  requestsOf(endpoint: Endpoint): string[];
  /** EGRESS_ALLOW: the hosts of the web at its port, nothing else. */
  allow: string[];
  /** DNS_SERVERS. */
  dns: DnsServer;
  canaries: Pick<Canaries, 'hits'>;
  close(): Promise<void>;
}

/** A host of the web: one address, one endpoint. */
interface Host {
  endpoint: Endpoint;
  address: string;
  requests: string[];
}

/**
 * Starts the hostile web: each endpoint on an address 127.<network>.x.y of its own, all on one port, names by a DNS
 * server of its own, and canaries where nothing may connect to.
 */
export async function startHostileWeb({ network = 60 }: { network?: number } = {}): Promise<HostileWeb> {
  const hosts = [...ENDPOINTS, ...LANDINGS].map((endpoint, index): Host => {
    const third = Math.floor(index / HOSTS_PER_NETWORK);
    return { endpoint, address: `127.${network}.${third}.${(index % HOSTS_PER_NETWORK) + 1}`, requests: [] };
  });
  const byPath = new Map(hosts.map((host) => [host.endpoint.path, host]));
  if (byPath.size !== hosts.length) throw new Error('two endpoints have the same path');
  const hostOf = (path: string): Host => {
    const host = byPath.get(path);
    if (host === undefined) throw new Error(`no endpoint ${path}`);
    return host;
  };

  const canaryHost = hostOf('/landing/page').address;
  const canaries = await startCanaries(canaryHost);
  const { port } = canaries;
  const web: WebContext = {
    port,
    urlOf: (path) => `http://${hostOf(path).address}:${port}${path}`,
    canary: (path) => `http://127.0.0.1:${port}${path}`,
    otherPort: (path) => `http://${canaryHost}:${canaries.otherPort}${path}`,
  };
  const dns = await startDnsServer();
  for (const { endpoint, address } of hosts)
    for (const [name, entry] of Object.entries(endpoint.names?.(address) ?? {})) dns.set(name, entry);
  const listeners = new Listeners();
  try {
    for (const host of hosts) await listeners.listen(serverOf(host, web), host.address, port);
  } catch (error) {
    await Promise.all([listeners.close(), dns.close(), canaries.close()]);
    throw error;
  }
  return {
    endpoints: ENDPOINTS,
    url: ({ path, seed }) => seed?.({ host: hostOf(path).address, web }) ?? web.urlOf(path),
    requestsOf: ({ path }) => hostOf(path).requests,
    allow: hosts.map(({ address }) => `${address}:${port}`),
    dns,
    canaries,
    close: async () => {
      await Promise.all([listeners.close(), dns.close(), canaries.close()]);
    },
  };
}

class Listeners {
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();

  async listen(server: Server, address: string, port: number): Promise<void> {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      // Peers hang up in the middle of everything here.
      socket.on('error', () => {});
    });
    server.on('tlsClientError', () => {});
    this.servers.push(server);
    server.listen(port, address);
    await once(server, 'listening');
  }

  async close(): Promise<void> {
    const closed = this.servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(closed);
  }
}

function serverOf(host: Host, web: WebContext): Server {
  const { endpoint, address } = host;
  const pages = (request: IncomingMessage, response: ServerResponse): void => answerPage(host, web, request, response);
  if (endpoint.connect !== undefined) {
    const { connect } = endpoint;
    return net.createServer({ allowHalfOpen: false }, (socket) => connect(socket, web));
  }
  if (endpoint.listener !== undefined) return endpoint.listener({ host: address, pages });
  if (endpoint.raw !== undefined) return net.createServer((socket) => serveRaw(host, web, socket));
  const server = createServer(pages);
  // The client's pool keeps connections; so must we, beyond the client's own time-out.
  server.keepAliveTimeout = 60_000;
  return server;
}

function answerPage(host: Host, web: WebContext, request: IncomingMessage, response: ServerResponse): void {
  const { endpoint } = host;
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? host.address}`);
  host.requests.push(request.url ?? '');
  const exchange = { request, response, url, endpoint, web, count: countPages(host) };
  response.on('error', () => {});
  if (url.pathname !== '/robots.txt') return (endpoint.serve ?? answerNothing)(exchange);
  if (endpoint.robots !== undefined) return endpoint.robots(exchange);
  response.writeHead(404, { 'content-type': 'text/plain' }).end('no such file\n');
}

function answerNothing({ response, endpoint }: { response: ServerResponse; endpoint: Endpoint }): void {
  response.setHeader('content-type', 'text/html');
  response.end(`<p>Write to ${endpoint.path.slice(1).replaceAll('/', '.')}@hostile.gleaner-test.org please.</p>`);
}

/** Reads request heads off a socket; robots.txt is answered here, the rest by the endpoint. */
function serveRaw(host: Host, web: WebContext, socket: Socket): void {
  let received = '';
  let nth = 0;
  socket.on('data', (data) => {
    received += data.toString('latin1');
    for (let end = received.indexOf('\r\n\r\n'); end !== -1; end = received.indexOf('\r\n\r\n')) {
      const head = received.slice(0, end);
      received = received.slice(end + 4);
      nth += 1;
      const target = head.split(' ')[1] ?? '';
      host.requests.push(target);
      if (target === '/robots.txt') socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
      else host.endpoint.raw?.({ socket, head, target, nth, count: countPages(host), endpoint: host.endpoint, web });
    }
  });
}

function countPages(host: Host): number {
  return host.requests.filter((target) => !target.startsWith('/robots.txt')).length;
}
