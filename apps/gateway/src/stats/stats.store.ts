import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OPEN_CHUNK_STATES } from '#common/domain/chunk-state.js';
import { OPEN_JOB_STATUSES } from '#common/domain/job-status.js';
import { listOf } from '#common/persistence/dialect.js';

@Injectable()
export class StatsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Index ix_jobs_queue alone. */
  async countActiveJobs(accountId: string): Promise<number> {
    const [row] = await this.dataSource.query(
      `SELECT COUNT(*) AS jobs FROM jobs WHERE account_id = ? AND status IN (${listOf(OPEN_JOB_STATUSES)})`,
      [accountId, ...OPEN_JOB_STATUSES],
    );
    return Number(row.jobs);
  }

  /** Indexes ix_jobs_queue and ix_chunks_due. */
  async sumDesiredWorkers(): Promise<number> {
    const rows: { workerCount: number | null; openChunks: number }[] = await this.dataSource.query(
      `SELECT worker_count AS workerCount,
              (SELECT COUNT(*) FROM chunks c WHERE c.job_id = jobs.id AND c.state IN (${listOf(OPEN_CHUNK_STATES)})) AS openChunks
         FROM jobs WHERE status IN ('planning', 'running')`,
      [...OPEN_CHUNK_STATES],
    );
    return rows.reduce((sum, row) => sum + Math.min(row.workerCount ?? 0, Number(row.openChunks)), 0);
  }

  /** Index ix_workers_heartbeat. */
  async sumWorkers(aliveSince: number): Promise<{ live: number; emailsPerSecond: number }> {
    const [row] = await this.dataSource.query(
      `SELECT COUNT(*) AS live, SUM(emails_per_second) AS emailsPerSecond
         FROM workers WHERE heartbeat_at >= ? AND status NOT IN ('crashed', 'gone')`,
      [aliveSince],
    );
    return { live: Number(row.live), emailsPerSecond: Number(row.emailsPerSecond ?? 0) };
  }
}
