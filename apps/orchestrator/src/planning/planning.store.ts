import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { dialectOf, insertIgnore, runSql } from '#common/persistence/dialect.js';
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

  async beginPlanning(jobId: string): Promise<void> {
    await this.dataSource.transaction((manager) => moveJob(manager, jobId, 'planning'));
  }

  async writePlan(jobId: string, plan: { workerCount: number; sites: number }): Promise<void> {
    await runSql(
      this.dataSource,
      "UPDATE jobs SET worker_count = ?, sites_total = ? WHERE id = ? AND status = 'planning'",
      [plan.workerCount, plan.sites, jobId],
    );
  }

  /**
   * Adds the next chunks, each a run of `sitesPerChunk` hosts in key order, up to `maxSites` sites. Where planning
   * stands is read from the chunks themselves, so that another planner goes on where one died. Returns false when no
   * site is left, or the job is no longer being planned.
   */
  addChunks(jobId: string, sitesPerChunk: number, maxSites: number): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      if (!(await isPlanning(manager, jobId))) return false;
      const [last] = await manager.query(
        'SELECT chunk_no, last_host FROM chunks WHERE job_id = ? ORDER BY chunk_no DESC LIMIT 1',
        [jobId],
      );
      const hosts = (
        await manager.query(
          'SELECT DISTINCT host FROM job_inputs WHERE job_id = ? AND host > ? ORDER BY host LIMIT ?',
          [jobId, last?.last_host ?? '', Math.max(sitesPerChunk, maxSites - (maxSites % sitesPerChunk))],
        )
      ).map((row: { host: string }) => row.host);
      const rows = cutIntoRuns(hosts, sitesPerChunk).map((run, i) => [
        jobId,
        (last ? last.chunk_no + 1 : 0) + i,
        'pending',
        run.length,
        run[0],
        run.at(-1),
      ]);
      await insertIgnore(manager, 'chunks', ['job_id', 'chunk_no', 'state', 'sites', 'first_host', 'last_host'], rows);
      return rows.length > 0;
    });
  }

  /** False when the job left `planning` meanwhile (cancelled). */
  startJob(jobId: string): Promise<boolean> {
    return this.dataSource.transaction((manager) => moveJob(manager, jobId, 'running', { started_at: Date.now() }));
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
