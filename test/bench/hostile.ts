import { runHostileJob } from '../support/hostile-web/hostile-job.js';

/** What a scraper takes of memory, and how long its event loop is blocked, on a job over the whole hostile web. */
export async function benchHostile(): Promise<Record<string, number>[]> {
  const run = await runHostileJob();
  try {
    return [
      {
        sites: run.sites.length,
        seconds: Math.round(10 * run.seconds) / 10,
        'peak RSS MiB': Math.round(run.peakMib),
        'event loop p99 ms': Math.round(1000 * run.lag.p99),
        'event loop max ms': Math.round(1000 * run.lag.max),
        'canary hits': run.hostile.canaries.hits().length,
      },
    ];
  } finally {
    await run.close();
  }
}
