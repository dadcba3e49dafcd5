import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { dialectOf, insertIgnore } from '#common/persistence/dialect.js';
import { moveJob } from '#common/persistence/job-moves.js';

export interface JobToPlan {
  id: string;
  target: number | null;
}

@Injectable()
export class PlanningStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Jobs that wait to be planned, or whose planner died; index ix_jobs_status. */
  listToPlan(limit: number): Promise<JobToPlan[]> {
    return this.dataSource.query(
      "SELECT id, target FROM jobs WHERE status IN ('queued', 'planning') ORDER BY priority DESC, id LIMIT ?",
      [limit],
    );
  }

  /** Index ix_job_inputs_host. */
  async countSites(jobId: string): Promise<number> {
    const [row] = await this.dataSource.query('SELECT COUNT(DISTINCT host) AS sites FROM job_inputs WHERE job_id = ?', [
      jobId,
    ]);
    return Number(row.sites);
  }

  /** Moves a queued job to planning, with its plan; a job that a planner left in planning has it already. */
  async beginPlanning(jobId: string, plan: { workerCount: number; sites: number }): Promise<void> {
    await this.dataSource.transaction((manager) =>
      moveJob(manager, jobId, 'planning', { worker_count: plan.workerCount, sites_total: plan.sites }),
    );
  }

  /**
   * Adds the next chunks, each a run of `sitesPerChunk` hosts in key order, up to `maxSites` sites; with the last ones
   * the job starts. Where planning stands is read from the chunks themselves, so that another planner goes on where one
   * died. Says `more` while sites are left, and `stopped` when the job is no longer being planned (cancelled).
   */
  addChunks(jobId: string, sitesPerChunk: number, maxSites: number): Promise<'more' | 'started' | 'stopped'> {
    return this.dataSource.transaction(async (manager) => {
      if (!(await isPlanning(manager, jobId))) return 'stopped';
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
      if (hosts.length === limit) return 'more';
      await moveJob(manager, jobId, 'running', { started_at: Date.now() });
      return 'started';
    });
  }
}

/** Locks the job row: a cancel waits, and then finds every chunk that was added. */
async function isPlanning(manager: EntityManager, jobId: string): Promise<boolean> {
  const { forUpdate } = dialectOf(manager);
  const [job] = await manager.query(`SELECT status FROM jobs WHERE id = ? ${forUpdate}`, [jobId]);
  return job?.status === 'planning';
}

function cutIntoRuns(hosts: string[], length: number): string[][] {
  const runs: string[][] = [];
  for (let start = 0; start < hosts.length; start += length) runs.push(hosts.slice(start, start + length));
  return runs;
}
