import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Cluster } from '../support/cluster.js';
import { waitFor } from '../support/wait-for.js';
import { openForReading, type Reader } from './read-database.js';

const MEASURED = 100;
const ROUND = 1000;

/**
 * How long 100 jobs of one site each take from the start of their scraper, alone and at the head of `backlog` queued ones;
 * then how long requests take beside the backlog.
 */
export async function benchBacklog(backlog: number): Promise<Record<string, string | number>[]> {
  return [await measure(MEASURED), await measure(backlog)];
}

async function measure(queued: number): Promise<Record<string, string | number>> {
  // Every address of 127/8 is this server.
  const server = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('info@gleaner-test.org'),
  );
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cluster = await Cluster.start('distributed', {
    scrapers: 0,
    env: { LOG_LEVEL: 'warn', WORKER_SLOTS: '20', HOST_DELAY_MS: '0' },
  });
  try {
    await submitAll(cluster, queued, port);
    const reader = await openForReading(cluster.databaseUrl);
    const times: number[] = [];
    for (let i = 0; i < 50; i++) {
      const startedAt = performance.now();
      await post(cluster, `http://127.90.0.${i + 1}:${port}/`);
      times.push(performance.now() - startedAt);
    }
    const startedAt = Date.now();
    await cluster.startService('scraper');
    const readyAt = Date.now();
    const done = await waitFor(() => whenFinished(reader, MEASURED), { timeoutMs: 120_000, intervalMs: 200 });
    const round =
      queued >= ROUND
        ? await waitFor(() => whenFinished(reader, ROUND), { timeoutMs: 300_000, intervalMs: 200 })
        : null;
    await reader.close();
    return {
      'jobs queued': queued,
      'POST p50 ms': Math.round(times.toSorted((a, b) => a - b)[25]!),
      'scraper ready after ms': readyAt - startedAt,
      [`first ${MEASURED} done after ms`]: done - startedAt,
      [`first ${ROUND} done after ms`]: round === null ? '' : round - startedAt,
    };
  } finally {
    await cluster.stop();
    server.closeAllConnections();
    server.close();
  }
}

async function submitAll(cluster: Cluster, jobs: number, port: number): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < jobs) {
      const i = next++;
      await post(
        cluster,
        `http://127.${60 + Math.floor(i / 62_500)}.${Math.floor(i / 250) % 250}.${(i % 250) + 1}:${port}/`,
      );
    }
  };
  await Promise.all(Array.from({ length: 20 }, client));
}

function post(cluster: Cluster, site: string): Promise<unknown> {
  return cluster.call('/v1/jobs', { source: { type: 'sites', sites: [site] }, crawl: { hostDelayMs: 0 } });
}

/** When the n-th job finished, epoch ms; null while fewer have. */
async function whenFinished(reader: Reader, n: number): Promise<number | null> {
  const rows = await reader.query(
    'SELECT finished_at AS at FROM jobs WHERE finished_at IS NOT NULL ORDER BY finished_at LIMIT ?',
    [n],
  );
  return rows.length < n ? null : Number(rows.at(-1)!.at);
}
