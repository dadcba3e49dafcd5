import { setMaxListeners } from 'node:events';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { EgressGuard } from '../../libs/common/src/egress/egress-guard.js';
import { PageFetcher } from '../../apps/scraper/src/fetch/page-fetcher.js';
import { startFetchServer } from './fetch-server.js';
import { loadPeer } from './load-peer.js';

const CONCURRENCY = 20;
const ROUNDS = 7;

type FetchText = (url: string) => Promise<string>;
type Row = Record<string, string | number>;

/** What is used of undici; its types are not there when the product is compiled. */
interface Undici {
  Agent: new (options: { connections: number }) => { close(): Promise<void> };
  request(url: string, options: { dispatcher: unknown }): Promise<UndiciResponse>;
}
interface UndiciResponse {
  body: { text(): Promise<string>; arrayBuffer(): Promise<ArrayBuffer> };
}

/**
 * CPU time of this process per fetched page: our fetcher alone (no robots.txt, no pacing, no extraction) beside a bare
 * `undici.request`, in alternating rounds of one run. Medians, since another process on the machine disturbs a round.
 */
export async function benchFetch(pages: number): Promise<Row[]> {
  const undici = await loadPeer<Undici>('undici');
  const server = await startFetchServer();
  const guard = new EgressGuard({ allow: [server.host] });
  const fetcher = new PageFetcher(guard, { userAgent: 'Gleaner/bench (+bench)', maxConcurrentFetches: CONCURRENCY });
  const dispatcher = new undici.Agent({ connections: CONCURRENCY });
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const ours: FetchText = async (url) => {
    const page = await fetcher.fetchPage(url, { signal });
    page.release();
    return page.text;
  };
  const bare: FetchText = async (url) => (await undici.request(url, { dispatcher })).body.text();
  const bareGunzip: FetchText = async (url) => {
    const { body } = await undici.request(url, { dispatcher });
    return (await promisify(gunzip)(await body.arrayBuffer())).toString();
  };
  try {
    return [
      await compare('plain', `http://${server.host}/plain`, pages, { ours, bare }),
      await compare('gzip', `http://${server.host}/gzip`, pages, { ours, bare: bareGunzip }),
    ];
  } finally {
    fetcher.close();
    await dispatcher.close();
    server.stop();
  }
}

async function compare(
  name: string,
  url: string,
  pages: number,
  clients: { ours: FetchText; bare: FetchText },
): Promise<Row> {
  const expected = await clients.bare(url);
  if ((await clients.ours(url)) !== expected) throw new Error('the two clients read different texts');
  const ours: number[] = [];
  const bare: number[] = [];
  // The first round of each compiles the code.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const bareUs = await measure(clients.bare, url, pages);
    const oursUs = await measure(clients.ours, url, pages);
    if (round === 0) continue;
    bare.push(bareUs);
    ours.push(oursUs);
  }
  const [oursUs, bareUs] = [median(ours), median(bare)];
  return {
    body: name,
    'page chars': expected.length,
    pages: pages * ROUNDS,
    concurrency: CONCURRENCY,
    'fetcher µs': Math.round(oursUs),
    'undici µs': Math.round(bareUs),
    ratio: Math.round((100 * oursUs) / bareUs) / 100,
  };
}

/** Microseconds of CPU per page. */
async function measure(fetchText: FetchText, url: string, pages: number): Promise<number> {
  let left = pages;
  const before = process.cpuUsage();
  const client = async (): Promise<void> => {
    while (left-- > 0) await fetchText(url);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / pages;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
