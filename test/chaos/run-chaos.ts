import { setTimeout as sleep } from 'node:timers/promises';
import { startPlantedWeb } from '../support/planted-web.js';
import { waitFor } from '../support/wait-for.js';
import { Api } from './api.js';
import { Database } from './database.js';
import { Saboteur } from './faults.js';
import { checkJob, checkJobs, checkQueues } from './invariants.js';
import { Load } from './load.js';
import { type Fleet, makePlan } from './plan.js';
import { makeReport, type Report } from './report.js';
import { System } from './system.js';
import type { Violation } from './violation.js';

const FLEET: Fleet = { gateway: 2, orchestrator: 2, scraper: 4 };
/** Few fetches and slow pages: jobs take long enough to be hit. */
const SETTINGS = { WORKER_SLOTS: '8', MAX_CONCURRENT_FETCHES: '14' };
const WEB = { hosts: 400, pagesPerHost: 8, delayMs: 300 };
const DRAIN_MS = 120_000;
const IDLE_WITHIN_MS = 30_000;
const RERUN_WITHIN_MS = 30_000;
const READY_WITHIN_MS = 60_000;

export interface ChaosOptions {
  seed: number;
  /** Of faults; starting, measuring and draining come on top. */
  minutes: number;
  /** Also lose workers and servers one at a time, to measure what each costs. */
  measure?: boolean;
  /** Third octet of the web's addresses. */
  network?: number;
  say?: (line: string) => void;
}

/** One run: faults by the seed's plan over a load of all kinds of jobs, then a look at everything that must hold. */
export async function runChaos({
  seed,
  minutes,
  measure = false,
  network = 60,
  say = () => {},
}: ChaosOptions): Promise<Report> {
  const startedAt = performance.now();
  const web = await startPlantedWeb({ ...WEB, network });
  const system = await System.start(FLEET, { env: SETTINGS });
  const database = new Database(system.cluster.databaseUrl);
  try {
    const api = new Api(system);
    const load = new Load(api, database, web, seed);
    const saboteur = new Saboteur(system, database, say);
    const stopLooking = keepLooking(saboteur);
    const running = load.run();
    await waitFor(async () => (await database.read('SELECT 1 FROM sites LIMIT 1')).length > 0, { timeoutMs: 30_000 });
    await saboteur.carryOut(makePlan(seed, minutes * 60_000, FLEET));
    await system.heal();
    if (measure) await measureCalmly(system, saboteur);
    say('no more faults');
    load.close();
    const isDrained = await Promise.race([running.then(() => true), sleep(DRAIN_MS, false, { ref: false })]);
    if (!isDrained) load.giveUp();
    await running;
    const violations = await judge({ system, api, database, load });
    await stopLooking();
    return makeReport({
      seed,
      minutes,
      seconds: (performance.now() - startedAt) / 1000,
      system,
      load,
      saboteur,
      violations,
    });
  } finally {
    await database.close();
    await system.stop();
    await web.close();
  }
}

/** Looks for the claims of lost chunks while the run goes on. */
function keepLooking({ reruns }: Saboteur): () => Promise<void> {
  const abort = new AbortController();
  const looking = (async () => {
    while (!abort.signal.aborted) {
      await reruns.update().catch(() => undefined);
      await sleep(150);
    }
  })();
  return () => {
    abort.abort();
    return looking;
  };
}

/** One loss at a time, each after the last one is made good. */
async function measureCalmly(system: System, saboteur: Saboteur): Promise<void> {
  const allReady = (): Promise<unknown> => untilReady(system).catch(() => undefined);
  const allRerun = (): Promise<unknown> =>
    waitFor(() => saboteur.reruns.open === 0, { timeoutMs: RERUN_WITHIN_MS }).catch(() => undefined);
  await allReady();
  await allRerun();
  saboteur.calm = true;
  for (const index of [0, 1, 2, 3]) {
    const member = system.member('scraper', index);
    await waitFor(() => member.replica, { timeoutMs: 30_000 }).catch(() => undefined);
    await saboteur.inflict({ on: 'process', kind: 'kill', app: 'scraper', index });
    await allRerun();
    await allReady();
  }
  for (const index of [0, 1]) {
    await waitFor(() => system.member('scraper', index).replica, { timeoutMs: 30_000 }).catch(() => undefined);
    await saboteur.inflict({ on: 'process', kind: 'stop', app: 'scraper', index }, 12_000);
    await allRerun();
  }
  for (const kind of ['restart', 'crash'] as const) {
    await saboteur.inflict({ on: 'server', kind, server: 'database' });
    await allReady();
  }
  await saboteur.inflict({ on: 'server', kind: 'restart', server: 'broker' });
  await allReady();
}

function untilReady({ members }: System): Promise<boolean> {
  return waitFor(() => members.every(({ isReady }) => isReady), { timeoutMs: READY_WITHIN_MS });
}

interface Scene {
  system: System;
  api: Api;
  database: Database;
  load: Load;
}

/** Waits until no worker writes any more, late ones included, and then looks at everything. */
export async function judge({ system, api, database, load }: Scene, heartbeatMs = 2000): Promise<Violation[]> {
  await untilIdle(database, heartbeatMs);
  const violations: Violation[] = [...load.violations, ...load.jobs.flatMap(({ watch }) => watch.violations)];
  for (const job of load.jobs) violations.push(...(await checkJob(job, api, database)));
  violations.push(...(await checkJobs(load.jobs, database)));
  if (violations.every(({ rule }) => rule !== 'stuck'))
    violations.push(...(await checkQueues(system.cluster.brokerUrl)));
  await untilReady(system).catch(() => undefined);
  for (const { name, log } of system.members.filter(({ isReady }) => !isReady))
    violations.push({ rule: 'exits', text: `${name} is not ready:\n${log.slice(-2000)}` });
  for (const text of api.oddAnswers) violations.push({ rule: 'answers', text });
  for (const { member, code, signal, lastWords } of system.badExits)
    violations.push({ rule: 'exits', text: `${member} ended with ${code ?? signal}:\n${lastWords}` });
  return violations;
}

/** No living worker runs a chunk; a dead one's last word may have been that it does. */
async function untilIdle(database: Database, heartbeatMs: number): Promise<void> {
  const isIdle = async (): Promise<boolean> => {
    const sql = "SELECT COUNT(*) AS n FROM workers WHERE status = 'running' AND heartbeat_at > ?";
    const [row] = await database.read<{ n: number }>(sql, [Date.now() - 4 * heartbeatMs]);
    return row!.n === 0;
  };
  // Those that run on are found by what they write, or by their chunks.
  await waitFor(isIdle, { timeoutMs: IDLE_WITHIN_MS, intervalMs: 200 }).catch(() => undefined);
}
