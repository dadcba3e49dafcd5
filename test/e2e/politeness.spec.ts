import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { type LoggedRequest, type PoliteWeb, startPoliteWeb } from '../support/polite-web.js';
import { waitFor } from '../support/wait-for.js';

const HOSTS = 20;
const JOBS = 3;
const DELAY_MS = 300;
const CRAWL_DELAY_S = 1;

/** What the log of a host's server shows of politeness, over three scraper processes and 60 chunks. */
describe('politeness across replicas', () => {
  let cluster: Cluster | undefined;
  let web: PoliteWeb | undefined;

  afterEach(async () => {
    await cluster?.stop();
    await web?.close();
    cluster = web = undefined;
  });

  const start = async (network: number, pagesPerHost: number): Promise<[Cluster, PoliteWeb]> => {
    web = await startPoliteWeb({ hosts: HOSTS, pagesPerHost, network, crawlDelays: { 0: CRAWL_DELAY_S } });
    cluster = await Cluster.start('distributed', { scrapers: 3 });
    return [cluster, web];
  };

  /** Jobs over the same hosts; with this target each host is a chunk of its own. */
  const submit = (product: Cluster, { hosts, seed }: PoliteWeb): Promise<{ id: string }[]> =>
    Promise.all(
      Array.from({ length: JOBS }, (_, job) =>
        product.call<{ id: string }>('/v1/jobs', {
          source: { type: 'sites', sites: hosts.map((host) => seed(host, `job${job}`)) },
          target: 1000,
          crawl: { hostDelayMs: DELAY_MS, maxDepth: 10 },
        }),
      ),
    );

  const expectComplete = async (product: Cluster, id: string, addresses: string[]): Promise<void> => {
    await waitFor(async () => (await product.call<{ status: string }>(`/v1/jobs/${id}`)).status === 'completed', {
      timeoutMs: 90_000,
      intervalMs: 200,
      message: `job ${id} to complete`,
    });
    const emails = await product.list<{ address: string }>(`/v1/jobs/${id}/emails?limit=500`);
    expect(emails.map(({ address }) => address).toSorted()).toEqual(addresses.toSorted());
  };

  /** Page fetches (robots.txt is exempt) that came too soon after the one before. */
  const findHasty = ({ hosts, requests }: PoliteWeb): string[] =>
    hosts.flatMap((host, index) => {
      const delayMs = index === 0 ? 1000 * CRAWL_DELAY_S : DELAY_MS;
      const pages = pagesOf(requests, host);
      return pages.slice(1).flatMap(({ at, path }, i) => {
        const gap = at - pages[i]!.at;
        return gap < delayMs - 1 ? [`${host}${path} came ${Math.round(gap)} ms after ${pages[i]!.path}`] : [];
      });
    });

  it('never asks a host sooner than its delay, nor from two workers at a time', async () => {
    const [product, polite] = await start(31, 4);
    const jobs = await submit(product, polite);
    for (const { id } of jobs) await expectComplete(product, id, polite.addresses);

    expect(findHasty(polite)).toEqual([]);
    // One crawl of a host is over before another one begins.
    for (const host of polite.hosts) {
      const crawls = pagesOf(polite.requests, host).map(({ path }) => path.split('/')[1]);
      const changes = crawls.filter((crawl, i) => crawl !== crawls[i - 1]);
      expect(new Set(changes)).toEqual(new Set(['job0', 'job1', 'job2']));
      expect(changes).toHaveLength(JOBS);
      expect(crawls).toHaveLength(4 * JOBS);
    }
    // One replica asks for robots.txt, and tells the others.
    expect(polite.requests.filter(({ path }) => path === '/robots.txt')).toHaveLength(HOSTS);
    expect(await countReplicas(product)).toEqual({ chunks: HOSTS * JOBS, replicas: 3 });
  });

  it('keeps the pace of a host when the worker that fetched from it is killed', async () => {
    const [product, polite] = await start(32, 5);
    const jobs = await submit(product, polite);
    await waitFor(() => polite.hosts.every((host) => pagesOf(polite.requests, host).length > 0), {
      message: 'every host to be asked',
    });
    product.scrapers[0]!.child.kill('SIGKILL');
    for (const { id } of jobs) await expectComplete(product, id, polite.addresses);
    expect(findHasty(polite)).toEqual([]);
  });

  it('shows a site as waiting, with the time, while another worker fetches from its host', async () => {
    const [product, polite] = await start(33, 4);
    const host = polite.hosts[1]!;
    const post = (tag: string): Promise<{ id: string }> =>
      product.call('/v1/jobs', {
        source: { type: 'sites', sites: [polite.seed(host, tag)] },
        crawl: { hostDelayMs: 1000, maxDepth: 10 },
      });
    await post('first');
    await waitFor(() => pagesOf(polite.requests, host).length > 0, { message: 'the first job to fetch' });
    const { id } = await post('second');
    const site = await waitFor(
      async () => {
        const [row] = await product.list<Record<string, string | null>>(`/v1/jobs/${id}/sites?outcome=waiting`);
        return row ?? null;
      },
      { message: 'the site to wait' },
    );
    expect(site).toMatchObject({ host, outcome: 'waiting', detail: `another worker is fetching from ${host}` });
    expect(Date.parse(site.waitingUntil!)).toBeGreaterThan(Date.now() - 3000);
    const addresses = Array.from({ length: 4 }, (_, page) => `page${page}@host1.gleaner-test.org`);
    await expectComplete(product, id, addresses);
    const [done] = await product.list<Record<string, string | null>>(`/v1/jobs/${id}/sites`);
    expect(done).toMatchObject({ outcome: 'found', robots: 'allowed', waitingUntil: null });
  });
});

function pagesOf(requests: readonly LoggedRequest[], host: string): LoggedRequest[] {
  return requests.filter((request) => request.host === host && request.path !== '/robots.txt');
}

/** The chunks that were done, and the replicas whose workers did them. */
async function countReplicas(cluster: Cluster): Promise<{ chunks: number; replicas: number }> {
  const connection = await createConnection(cluster.databaseUrl.replace(/^mariadb:/, 'mysql:'));
  try {
    const [rows] = await connection.query<RowDataPacket[]>("SELECT worker FROM chunks WHERE state = 'done'");
    const replicas = new Set(rows.map(({ worker }) => String(worker).replace(/-\d+$/, '')));
    return { chunks: rows.length, replicas: replicas.size };
  } finally {
    await connection.end();
  }
}
