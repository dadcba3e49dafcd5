import { setTimeout as sleep } from 'node:timers/promises';
import { startPlantedWeb } from '../support/planted-web.js';
import { waitFor } from '../support/wait-for.js';
import { Api } from './api.js';
import { Database } from './database.js';
import { type ChaosJob, type JobKind, Load } from './load.js';
import type { PlantedBug } from './planted-bug.js';
import { judge } from './run-chaos.js';
import { type Member, System } from './system.js';
import type { Violation } from './violation.js';

const HEARTBEAT_MS = 500;
/**
 * Leases outlast the moment in which the broker gives a dead worker's ticket to another one, so that only the reaper can
 * take the chunk back. Few fetches, so that the sites of a chunk end one after the other.
 */
const SETTINGS = {
  HEARTBEAT_MS: String(HEARTBEAT_MS),
  LEASE_MS: '6000',
  WORKER_SLOTS: '2',
  MAX_CONCURRENT_FETCHES: '5',
};
/** All in one chunk. */
const SITES = 20;
const WEB = { hosts: 10 * SITES, pagesPerHost: 6, delayMs: 150 };
const ENDS_WITHIN_MS = 30_000;
const MAX_TRIES = 5;

interface Stage {
  system: System;
  database: Database;
  load: Load;
  stuck: AbortController;
}

type Loss = (stage: Stage) => Promise<Violation[]>;

/** In the middle of a chunk its worker is killed: another one goes on with what is left. */
const kill: Loss = async (stage) => {
  const { job, member, ended } = await runHalf('all', stage);
  member.end('SIGKILL');
  return expectEnd(job, ended);
};

/** In the middle of a chunk its worker is frozen, the job is cancelled and ends without it, and then it goes on. */
const freeze: Loss = async (stage) => {
  const { job, member, ended } = await runHalf('cancel', stage);
  member.freeze();
  await stage.load.cancel(job);
  const violations = await expectEnd(job, ended);
  await wake(member, stage.database);
  return violations;
};

const SHOWN_BY: Record<PlantedBug, Loss> = { fence: freeze, reaper: kill, skip: kill };

/** Plays the loss that shows a bug, or all losses, and returns what then does not hold: nothing, unless a bug is planted. */
export async function prove(bug?: PlantedBug, network = 61): Promise<Violation[]> {
  const web = await startPlantedWeb({ ...WEB, network });
  const system = await System.start({ gateway: 1, orchestrator: 1, scraper: 2 }, { env: SETTINGS, bug });
  const database = new Database(system.cluster.databaseUrl);
  const api = new Api(system);
  const load = new Load(api, database, web, 1);
  const stuck = new AbortController();
  try {
    const violations: Violation[] = [];
    for (const play of bug ? [SHOWN_BY[bug]] : [kill, freeze])
      violations.push(...(await play({ system, database, load, stuck })));
    violations.push(...(await judge({ system, api, database, load }, HEARTBEAT_MS)));
    return violations;
  } finally {
    stuck.abort();
    await database.close();
    await system.stop();
    await web.close();
  }
}

interface HalfDone {
  job: ChaosJob;
  /** The process that runs its chunk. */
  member: Member;
  ended: Promise<void>;
}

/** Runs a job until some of its sites are done and others are not; another one where that moment was missed. */
async function runHalf(kind: JobKind, { system, database, load, stuck }: Stage): Promise<HalfDone> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const job = await load.submit(kind, load.takeSites(SITES));
    const ended = job.watch.untilEnded(stuck.signal);
    const find = async (): Promise<Member | undefined> => {
      const [chunk] = await database.read<{ worker: string }>(
        `SELECT worker FROM chunks WHERE job_id = ? AND state = 'running' AND sites_done > 0 AND sites_done <= sites / 2`,
        [job.id],
      );
      return system.of('scraper').find(({ replica }) => chunk && replica && chunk.worker.startsWith(`${replica}-`));
    };
    const member = await waitFor(async () => (await find()) ?? (job.watch.hasEnded ? 'missed' : null), {
      timeoutMs: ENDS_WITHIN_MS,
      message: `a chunk of job ${job.id} to be half done`,
    });
    if (member !== 'missed') return { job, member, ended };
  }
  throw new Error(`no chunk was caught half done in ${MAX_TRIES} jobs`);
}

async function expectEnd({ id }: ChaosJob, ended: Promise<void>): Promise<Violation[]> {
  const hasEnded = await Promise.race([ended.then(() => true), sleep(ENDS_WITHIN_MS, false, { ref: false })]);
  return hasEnded ? [] : [{ rule: 'stuck', text: `job ${id} does not end without its worker` }];
}

/** Resolves when the process tells again what its workers do. */
async function wake(member: Member, database: Database): Promise<void> {
  const since = Date.now();
  member.thaw();
  const sql = 'SELECT 1 FROM workers WHERE replica = ? AND heartbeat_at > ?';
  await waitFor(async () => (await database.read(sql, [member.replica, since])).length > 0, { timeoutMs: 20_000 });
}
