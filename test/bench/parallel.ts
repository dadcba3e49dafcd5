import { Cluster, type Mode } from '../support/cluster.js';
import { type PlantedWeb, startPlantedWeb } from '../support/planted-web.js';
import { waitFor } from '../support/wait-for.js';
import { runBareProtocol } from './bare-protocol.js';
import { openForReading } from './read-database.js';

/** What the first system reported for itself. */
const FIRST_SYSTEM: Record<number, string> = {
  10: '68 ms, 9.7×',
  50: '371 ms, 42.2×',
  100: '964 ms, 40.3×',
};
const PROCESSES = 4;

/** One row per N: start spread, total, sequential and speed-up from chunk rows, beside the bare protocol of the same run. The
 * first job of fresh processes ("cold": nothing of their code is compiled yet) is shown apart. */
export async function benchParallel(mode: Mode, sizes: number[], delayMs: number) {
  const rows: Record<string, string | number>[] = [];
  for (const n of sizes) rows.push(await runSize(mode, n, delayMs));
  return rows;
}

async function runSize(mode: Mode, n: number, delayMs: number): Promise<Record<string, string | number>> {
  const slots = mode === 'embedded' ? n : Math.ceil(n / PROCESSES);
  // Sites of its own for the warm-up: robots.txt of a visited host is remembered.
  const web = await startPlantedWeb({ hosts: 2 * n + 1, delayMs, network: 40 });
  const cluster = await Cluster.start(mode, {
    scrapers: PROCESSES,
    env: { WORKER_SLOTS: String(slots), MAX_CONCURRENT_FETCHES: String(slots), HOST_DELAY_MS: '0', LOG_LEVEL: 'warn' },
  });
  try {
    await waitForWorkers(cluster, mode === 'embedded' ? slots : PROCESSES * slots);
    const cold = await runJob(cluster, web.sites.slice(0, n));
    const single = await runJob(cluster, web.sites.slice(-1));
    const all = await runJob(cluster, web.sites.slice(n, 2 * n));
    const bare = mode === 'distributed' ? await runBareProtocol(n, PROCESSES, single.totalMs) : null;
    const sequentialMs = n * single.totalMs;
    return {
      N: n,
      'start spread ms': all.spreadMs,
      'cold spread ms': cold.spreadMs,
      'total ms': all.totalMs,
      'cold total ms': cold.totalMs,
      'sequential s': Math.round(sequentialMs / 1000),
      'speed-up': round(sequentialMs / all.totalMs),
      'bare protocol': bare === null ? '' : `${round(sequentialMs / bare.totalMs)} (spread ${bare.spreadMs} ms)`,
      'first system': FIRST_SYSTEM[n] ?? '',
    };
  } finally {
    await cluster.stop();
    await web.close();
  }
}

async function waitForWorkers(cluster: Cluster, count: number): Promise<void> {
  await waitFor(
    async () =>
      (await cluster.call<{ data: { status: string }[] }>('/v1/workers')).data.filter(({ status }) => status === 'idle')
        .length >= count,
    { timeoutMs: 30_000, intervalMs: 200, message: `${count} workers` },
  );
}

/** A target of 20 addresses a chunk makes as many workers as sites; it is not reached, so all sites run. */
async function runJob(cluster: Cluster, sites: PlantedWeb['sites']): Promise<{ spreadMs: number; totalMs: number }> {
  const { id } = await cluster.call<{ id: string }>('/v1/jobs', {
    source: { type: 'sites', sites },
    target: 20 * sites.length,
    crawl: { hostDelayMs: 0 },
  });
  const job = await waitFor(
    async () => {
      const found = await cluster.call<{ status: string }>(`/v1/jobs/${id}`);
      return ['queued', 'planning', 'running'].includes(found.status) ? null : found;
    },
    { timeoutMs: 120_000, intervalMs: 250, message: 'the job to end' },
  );
  if (job.status !== 'completed') throw new Error(`the job ended as ${job.status}`);
  const database = await openForReading(cluster.databaseUrl);
  const [row] = await database.query(
    `SELECT COUNT(*) AS n, MIN(started_at) AS first, MAX(started_at) AS last, MAX(finished_at) AS finished
       FROM chunks WHERE job_id = ? AND state = 'done' AND attempt = 1`,
    [id],
  );
  await database.close();
  if (row?.n !== sites.length) throw new Error(`${row?.n} of ${sites.length} chunks ran once`);
  return { spreadMs: row.last! - row.first!, totalMs: row.finished! - row.first! };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
