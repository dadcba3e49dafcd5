import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { JobStatus } from '#common/domain/job-status.js';
import { dialectOf, insertIgnore } from '#common/persistence/dialect.js';
import { moveJob } from '#common/persistence/job-moves.js';

const SITES_PER_COUNT = 20_000;

export interface JobToPlan {
  id: string;
  sourceType: string;
  target: number | null;
  /** Reopening as JSON: the job was planned before, and parts of it are to run again. */
  reopening: string | null;
}

/** Jobs of one account and priority that wait to be planned, or whose chunks wait to be dispatched. */
export interface WaitingJobs {
  accountId: string;
  priority: number;
  jobs: number;
}

const SELECT = 'SELECT id, source_type AS sourceType, target, reopening FROM jobs';

@Injectable()
export class PlanningStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Jobs that are being planned (a retry, or their planner died) or whose deadline has passed in the queue; index ix_jobs_queue. */
  listInPlanning(limit: number): Promise<JobToPlan[]> {
    return this.dataSource.query(
      `${SELECT} WHERE status = 'planning' OR (status = 'queued' AND error IS NOT NULL) ORDER BY id LIMIT ?`,
      [limit],
    );
  }

  /** Index ix_jobs_queue alone: 3 ms over 10,000 jobs. */
  async countQueued(): Promise<WaitingJobs[]> {
    return toWaiting(
      await this.dataSource.query(
        `SELECT account_id AS accountId, priority, COUNT(*) AS jobs FROM jobs WHERE status = 'queued'
          GROUP BY account_id, priority`,
      ),
    );
  }

  /** Planned jobs of which nothing has been dispatched yet; indexes ix_jobs_queue, ix_chunks_due. */
  async countPlanned(): Promise<WaitingJobs[]> {
    return toWaiting(
      await this.dataSource.query(
        `SELECT account_id AS accountId, priority, COUNT(*) AS jobs FROM jobs
          WHERE status = 'running' AND target_reached_at IS NULL AND error IS NULL
            AND NOT EXISTS (SELECT 1 FROM chunks c WHERE c.job_id = jobs.id AND (c.state <> 'pending' OR c.attempt > 0))
          GROUP BY account_id, priority`,
      ),
    );
  }

  /** The oldest; index ix_jobs_queue. */
  listQueued({ accountId, priority }: WaitingJobs, limit: number): Promise<JobToPlan[]> {
    return this.dataSource.query(
      `${SELECT} WHERE status = 'queued' AND account_id = ? AND priority = ? ORDER BY id LIMIT ?`,
      [accountId, priority, limit],
    );
  }

  /** Counted part by part, since SQLite does nothing else meanwhile; index ix_job_inputs_host. */
  async countSites(jobId: string): Promise<number> {
    let sites = 0;
    for (let last = ''; ;) {
      const [part] = await this.dataSource.query(
        `SELECT COUNT(*) AS sites, MAX(host) AS last FROM (
           SELECT DISTINCT host FROM job_inputs WHERE job_id = ? AND host > ? ORDER BY host LIMIT ?) hosts`,
        [jobId, last, SITES_PER_COUNT],
      );
      sites += Number(part.sites);
      if (Number(part.sites) < SITES_PER_COUNT) return sites;
      last = part.last;
    }
  }

  /** Moves a queued job to planning, with its plan; a job that a planner left in planning has it already. */
  async beginPlanning(jobId: string, plan: { workerCount: number; sites: number }): Promise<void> {
    await this.dataSource.transaction((manager) =>
      moveJob(manager, jobId, 'plan', { worker_count: plan.workerCount, sites_total: plan.sites }),
    );
  }

  /** The sites of this job are found while it runs. */
  async openSource(jobId: string): Promise<void> {
    await this.dataSource.transaction((manager) =>
      moveJob(manager, jobId, 'run', { source_open: 1, started_at: Date.now() }),
    );
  }

  /** Nothing can be planned: the job ends here. */
  async failPlanning(jobId: string, error: string): Promise<void> {
    await this.dataSource.transaction((manager) => moveJob(manager, jobId, 'fail', { error, finished_at: Date.now() }));
  }

  /**
   * Adds the next chunks, up to `maxSites` sites; with the last ones the job starts. Says `more` while sites are left, and
   * `stopped` when the job is no longer being planned (cancelled).
   */
  addChunks(jobId: string, sitesPerChunk: number, maxSites: number): Promise<'more' | 'started' | 'stopped'> {
    return this.dataSource.transaction(async (manager) => {
      if ((await lockStatus(manager, jobId)) !== 'planning') return 'stopped';
      if (await addRuns(manager, jobId, sitesPerChunk, maxSites)) return 'more';
      await moveJob(manager, jobId, 'run', { started_at: Date.now() });
      return 'started';
    });
  }
}

/**
 * Adds the next chunks of the job, each a run of `sitesPerChunk` hosts in key order, up to `maxSites` sites; true while
 * sites are left. Where planning stands is read from the chunks themselves, so that another planner goes on where one died.
 */
export async function addRuns(
  manager: EntityManager,
  jobId: string,
  sitesPerChunk: number,
  maxSites: number,
): Promise<boolean> {
  const [last] = await manager.query(
    'SELECT chunk_no, last_host FROM chunks WHERE job_id = ? ORDER BY chunk_no DESC LIMIT 1',
    [jobId],
  );
  const limit = Math.max(sitesPerChunk, maxSites - (maxSites % sitesPerChunk));
  const hosts: { host: string }[] = await manager.query(
    'SELECT DISTINCT host FROM job_inputs WHERE job_id = ? AND host > ? ORDER BY host LIMIT ?',
    [jobId, last?.last_host ?? '', limit],
  );
  const runs = cutIntoRuns(
    hosts.map((row) => row.host),
    sitesPerChunk,
  );
  const firstNo = last ? last.chunk_no + 1 : 0;
  const rows = runs.map((run, i) => [jobId, firstNo + i, 'pending', run.length, run[0], run.at(-1)]);
  await insertIgnore(manager, 'chunks', ['job_id', 'chunk_no', 'state', 'sites', 'first_host', 'last_host'], rows);
  return hosts.length === limit;
}

/** Locks the job row: a cancel waits, and then finds every chunk that was added. */
export async function lockStatus(manager: EntityManager, jobId: string): Promise<JobStatus | undefined> {
  const { forUpdate } = dialectOf(manager);
  const [job] = await manager.query(`SELECT status FROM jobs WHERE id = ? ${forUpdate}`, [jobId]);
  return job?.status;
}

function toWaiting(rows: Record<string, unknown>[]): WaitingJobs[] {
  return rows.map((row) => ({
    accountId: String(row.accountId),
    priority: Number(row.priority),
    jobs: Number(row.jobs),
  }));
}

function cutIntoRuns(hosts: string[], length: number): string[][] {
  const runs: string[][] = [];
  for (let start = 0; start < hosts.length; start += length) runs.push(hosts.slice(start, start + length));
  return runs;
}
