import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from '../support/cluster.js';
import { startPlantedWeb } from '../support/planted-web.js';
import { waitFor } from '../support/wait-for.js';

const BIG = 1000;
const SMALL = 5;
const ROUNDS = 5;

/** How long a small job takes, from POST to completed, beside one that fills all 60 slots. */
export async function benchFairness(): Promise<Record<string, number>[]> {
  const web = await startPlantedWeb({ hosts: BIG + SMALL * ROUNDS, delayMs: 1000, network: 50 });
  const cluster = await Cluster.start('distributed', {
    scrapers: 3,
    env: { WORKER_SLOTS: '20', HOST_DELAY_MS: '0', LOG_LEVEL: 'warn' },
  });
  try {
    const startedAt = Date.now();
    const big = await post(cluster, web.sites.slice(0, BIG));
    const rows: Record<string, number>[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      // At uneven moments of the big job's waves.
      await sleep(3300);
      const from = BIG + SMALL * round;
      const postedAt = Date.now();
      await ended(cluster, await post(cluster, web.sites.slice(from, from + SMALL)));
      rows.push({ round: round + 1, 'small job ms': Date.now() - postedAt });
    }
    await ended(cluster, big);
    const bigMs = Date.now() - startedAt;
    return rows.map((row) => ({
      ...row,
      'big job ms': bigMs,
      'share %': Math.round((1000 * row['small job ms']!) / bigMs) / 10,
    }));
  } finally {
    await cluster.stop();
    await web.close();
  }
}

async function post(cluster: Cluster, sites: string[]): Promise<string> {
  const job = await cluster.call<{ id: string }>('/v1/jobs', {
    source: { type: 'sites', sites },
    target: 20 * sites.length,
    crawl: { hostDelayMs: 0 },
  });
  return job.id;
}

async function ended(cluster: Cluster, id: string): Promise<void> {
  await waitFor(async () => (await cluster.call<{ status: string }>(`/v1/jobs/${id}`)).status === 'completed', {
    timeoutMs: 300_000,
    intervalMs: 50,
    message: 'the job to complete',
  });
}
