import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PlantedWeb {
  /** One URL per host. */
  sites: string[];
  /** Every address that a correct crawl of all sites finds. */
  addresses: Set<string>;
  /** The same of some of the sites. */
  addressesOf(sites: readonly string[]): Set<string>;
  /** Requests so far: `host path`. */
  requests: string[];
  /** Milliseconds before each answer from now on. */
  setDelay(delayMs: number): void;
  close(): Promise<void>;
}

export interface PlantedWebOptions {
  hosts: number;
  /** Pages of each host: an index, hubs at depth 1 and leaves at depth 2. */
  pagesPerHost?: number;
  /** Milliseconds before each answer. */
  delayMs?: number;
  /** Third octet of the loopback addresses 127.x.y.z, so that webs of parallel tests differ. */
  network?: number;
}

/**
 * A small web on loopback: `hosts` addresses 127.<network>.<n>.<m>, all on one port, whose pages carry addresses in
 * each tier-1 form, and some on many pages and hosts.
 */
export async function startPlantedWeb(options: PlantedWebOptions): Promise<PlantedWeb> {
  const { hosts, pagesPerHost = 1, network = 1 } = options;
  let { delayMs = 0 } = options;
  const requests: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const host = request.headers.host ?? '';
    requests.push(`${host} ${request.url}`);
    setTimeout(() => {
      if (request.url === '/robots.txt') return response.end('User-agent: *\nDisallow: /private/\n');
      const body = pageOf(indexOf(host), request.url ?? '/', pagesPerHost);
      response.writeHead(body === null ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
      return response.end(body ?? 'not found');
    }, delayMs);
  };

  const servers: Server[] = [];
  let port = 0;
  for (let i = 0; i < hosts; i++) {
    const server = createServer(answer);
    // The client's pool keeps connections; so must we, beyond the client's own time-out.
    server.keepAliveTimeout = 60_000;
    server.listen(port, addressOf(network, i));
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    servers.push(server);
  }

  const sites = servers.map((_, i) => `http://${addressOf(network, i)}:${port}/`);
  const pages = Array.from({ length: pagesPerHost }, (_, page) => page);
  const addressesOf = (some: readonly string[]): Set<string> => {
    const indexes = some.map((site) => indexOf(new URL(site).host));
    const planted = indexes.flatMap((i) => pages.flatMap((page) => plantedOn(i, page)));
    return new Set(planted.map(({ address }) => address));
  };
  return {
    sites,
    addresses: addressesOf(sites),
    addressesOf,
    requests,
    setDelay(ms) {
      delayMs = ms;
    },
    async close() {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function addressOf(network: number, index: number): string {
  return `127.${network}.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}

function indexOf(host: string): number {
  const [, , third = '0', fourth = '1'] = host.split(':')[0]!.split('.');
  return Number(third) * 250 + Number(fourth) - 1;
}

const HUBS = 4;

function pathOf(page: number): string {
  return page === 0 ? '/' : `/page-${page}.html`;
}

/** Pages 1 to 4 hang on the index, the others on one of these. */
function childrenOf(page: number, pages: number): number[] {
  const all = Array.from({ length: pages }, (_, i) => i);
  if (page === 0) return all.filter((child) => child >= 1 && child <= HUBS);
  if (page > HUBS) return [];
  return all.filter((child) => child > HUBS && child % HUBS === page % HUBS);
}

function pageOf(host: number, path: string, pages: number): string | null {
  const page = path === '/' ? 0 : Number(/^\/page-(\d+)\.html$/.exec(path)?.[1] ?? Number.NaN);
  if (!(page < pages)) return null;
  const links = childrenOf(page, pages).map((child) => `<li><a href="${pathOf(child)}">Page ${child}</a></li>`);
  const planted = plantedOn(host, page).map(({ html }) => html);
  return `<!doctype html><html><head><title>Host ${host}, page ${page}</title></head><body>
<h1>Page ${page}</h1><p>Some words about what we do here, and why.</p>
${planted.join('\n')}<ul>${links.join('')}</ul></body></html>`;
}

/** What stands on one page: an address of its own in a form that changes from page to page, and one all share. */
function plantedOn(host: number, page: number): { address: string; html: string }[] {
  const own = `person${page}@host${host}.gleaner-test.org`;
  return [
    { address: own, html: FORMS[(host + page) % FORMS.length]!(own) },
    { address: 'press@gleaner-test.org', html: '<p>Press: press@gleaner-test.org</p>' },
  ];
}

const FORMS: ((address: string) => string)[] = [
  (address) => `<p>Write to ${address}, please.</p>`,
  (address) => `<p><a href="mailto:${address}?subject=Hello">write to us</a></p>`,
  (address) => `<p>${address.replaceAll('@', '&#64;').replaceAll('.', '&#x2e;')}</p>`,
  (address) => `<script type="application/ld+json">{"@type":"Organization","email":"${address}"}</script>`,
  (address) => `<div itemscope itemtype="https://schema.org/Person"><span itemprop="email">${address}</span></div>`,
  (address) => `<meta name="contact" content="${address}">`,
];
