import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { JobStatus } from '#common/domain/job-status.js';
import { containing } from '../http/paging.js';
import type { JobRow, UsageRow } from './job.view.js';

const SELECT = `SELECT id, account_id AS accountId, name, status, worker_count AS workerCount, target,
    source_type AS sourceType, spec, target_reached_at AS targetReachedAt, inputs_from AS inputsFrom,
    inputs_to AS inputsTo, error, snapshot, snapshot_seq AS snapshotSeq,
    created_at AS createdAt, started_at AS startedAt, finished_at AS finishedAt
  FROM jobs`;

export interface JobFilter {
  status?: JobStatus | undefined;
  q?: string | undefined;
}

@Injectable()
export class JobsStore {
  constructor(private readonly dataSource: DataSource) {}

  async find(accountId: string, jobId: string): Promise<JobRow | undefined> {
    const [job] = await this.dataSource.query(`${SELECT} WHERE id = ? AND account_id = ?`, [jobId, accountId]);
    return job;
  }

  /** What the job has asked of search providers; primary key. */
  listUsage(jobId: string): Promise<UsageRow[]> {
    return this.dataSource.query(
      'SELECT provider, requests, results, skipped FROM provider_usage WHERE job_id = ? ORDER BY provider',
      [jobId],
    );
  }

  /** Newest first: ids are UUIDv7. Index ix_jobs_account. */
  list(accountId: string, filter: JobFilter, beforeId: string | undefined, limit: number): Promise<JobRow[]> {
    const { sql, params } = whereOf(accountId, filter);
    const before = beforeId === undefined ? [] : [beforeId];
    return this.dataSource.query(
      `${SELECT} WHERE ${sql} ${before.map(() => 'AND id < ?').join('')} ORDER BY id DESC LIMIT ?`,
      [...params, ...before, limit],
    );
  }

  async count(accountId: string, filter: JobFilter): Promise<number> {
    const { sql, params } = whereOf(accountId, filter);
    const [row] = await this.dataSource.query(`SELECT COUNT(*) AS total FROM jobs WHERE ${sql}`, params);
    return Number(row.total);
  }
}

function whereOf(accountId: string, { status, q }: JobFilter): { sql: string; params: string[] } {
  const sql = ['account_id = ?'];
  const params = [accountId];
  if (status !== undefined) {
    sql.push('status = ?');
    params.push(status);
  }
  if (q !== undefined) {
    sql.push("name LIKE ? ESCAPE '!'");
    params.push(containing(q));
  }
  return { sql: sql.join(' AND '), params };
}
