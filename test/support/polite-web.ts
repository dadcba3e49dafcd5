import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as its server saw it, `at` on one monotonic clock for all hosts. */
export interface LoggedRequest {
  host: string;
  path: string;
  at: number;
}

export interface PoliteWeb {
  hosts: string[];
  requests: LoggedRequest[];
  /** The seed of a crawl: everything it leads to stands below the same tag, which so names the crawl in the log. */
  seed(host: string, tag: string): string;
  /** The addresses that one crawl of all hosts finds. */
  addresses: string[];
  close(): Promise<void>;
}

export interface PoliteWebOptions {
  hosts: number;
  pagesPerHost: number;
  /** Third octet of the loopback addresses 127.x.y.z, so that webs of parallel tests differ. */
  network: number;
  /** `Crawl-delay` of robots.txt in seconds, by number of the host. */
  crawlDelays?: Record<number, number>;
}

/** Hosts on loopback that write down when they are asked for what. */
export async function startPoliteWeb(options: PoliteWebOptions): Promise<PoliteWeb> {
  const { hosts: count, pagesPerHost, network, crawlDelays = {} } = options;
  const requests: LoggedRequest[] = [];
  const servers: Server[] = [];
  let port = 0;
  for (let index = 0; index < count; index++) {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      requests.push({ host: request.headers.host ?? '', path: request.url ?? '', at: performance.now() });
      const delay = crawlDelays[index];
      if (request.url === '/robots.txt') {
        response.end(`User-agent: *\n${delay === undefined ? '' : `Crawl-delay: ${delay}\n`}Disallow: /private\n`);
      } else {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(pageOf(index, request.url ?? '/', pagesPerHost));
      }
    };
    const server = createServer(answer);
    server.keepAliveTimeout = 60_000;
    server.listen(port, `127.${network}.0.${index + 1}`);
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    servers.push(server);
  }
  const hosts = servers.map((_, index) => `127.${network}.0.${index + 1}:${port}`);
  return {
    hosts,
    requests,
    seed: (host, tag) => `http://${host}/${tag}/0`,
    addresses: hosts.flatMap((_, index) => Array.from({ length: pagesPerHost }, (__, page) => addressOf(index, page))),
    async close() {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function pageOf(host: number, path: string, pages: number): string {
  const [, tag, number = '0'] = path.split('/');
  const page = Number(number);
  const next = page + 1 < pages ? `<a href="/${tag}/${page + 1}">next</a>` : '';
  return `<!doctype html><title>${page}</title><p>Page ${page} of host ${host}: ${addressOf(host, page)}</p>${next}`;
}

function addressOf(host: number, page: number): string {
  return `page${page}@host${host}.gleaner-test.org`;
}
