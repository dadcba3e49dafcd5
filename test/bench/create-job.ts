import { Cluster } from '../support/cluster.js';

const CLIENTS = 20;

/** Latency of `POST /v1/jobs` over MariaDB and RabbitMQ, orchestrator running, no scraper. */
export async function benchCreateJob(requests: number): Promise<Record<string, number>[]> {
  const cluster = await Cluster.start('distributed', { scrapers: 0, env: { LOG_LEVEL: 'warn' } });
  try {
    await run(cluster, 200);
    const startedAt = performance.now();
    const times = (await run(cluster, requests)).toSorted((a, b) => a - b);
    const seconds = (performance.now() - startedAt) / 1000;
    const percentile = (p: number): number =>
      Math.round(10 * times[Math.min(times.length - 1, Math.floor(p * times.length))]!) / 10;
    return [
      {
        clients: CLIENTS,
        requests,
        'per second': Math.round(requests / seconds),
        'p50 ms': percentile(0.5),
        'p95 ms': percentile(0.95),
        'p99 ms': percentile(0.99),
        'max ms': percentile(1),
      },
    ];
  } finally {
    await cluster.stop();
  }
}

/** Each client sends its next request when the last one is answered; returns all latencies in ms. */
async function run(cluster: Cluster, requests: number): Promise<number[]> {
  const times: number[] = [];
  let left = requests;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const startedAt = performance.now();
      await cluster.call('/v1/jobs', {
        source: { type: 'sites', sites: ['https://a.example/', 'b.example'] },
        target: 1_000_000,
      });
      times.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return times;
}
