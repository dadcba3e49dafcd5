import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { listOf } from '#common/persistence/dialect.js';

export interface WorkerRow {
  name: string;
  replica: string;
  host: string;
  status: string;
  jobId: string | null;
  chunkNo: number | null;
  url: string | null;
  consecutiveErrors: number;
  error: string | null;
  heartbeatAt: number;
  emailsPerSecond: number;
}

@Injectable()
export class WorkersStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Index ix_workers_heartbeat. */
  listSince(heartbeatAt: number): Promise<WorkerRow[]> {
    return this.dataSource.query(
      `SELECT name, replica, host, status, job_id AS jobId, chunk_no AS chunkNo, url,
              consecutive_errors AS consecutiveErrors, error, heartbeat_at AS heartbeatAt, emails_per_second AS emailsPerSecond
         FROM workers WHERE heartbeat_at >= ? ORDER BY replica, LENGTH(name), name`,
      [heartbeatAt],
    );
  }

  async exists(name: string, since: number): Promise<boolean> {
    const [row] = await this.dataSource.query('SELECT name FROM workers WHERE name = ? AND heartbeat_at >= ?', [
      name,
      since,
    ]);
    return row !== undefined;
  }

  /** Which of these jobs belong to the account. */
  async filterJobs(accountId: string, jobIds: readonly string[]): Promise<Set<string>> {
    if (jobIds.length === 0) return new Set();
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM jobs WHERE account_id = ? AND id IN (${listOf(jobIds)})`,
      [accountId, ...jobIds],
    );
    return new Set(rows.map(({ id }) => id));
  }
}
