import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { WorkerHeartbeat } from '#common/contracts/worker-heartbeat.contract.js';
import { listOf, runSql } from '#common/persistence/dialect.js';

const ROWS_PER_STATEMENT = 200;
const COLUMNS = [
  'name',
  'replica',
  'host',
  'status',
  'job_id',
  'chunk_no',
  'url',
  'consecutive_errors',
  'emails_per_second',
  'error',
  'heartbeat_at',
];

@Injectable()
export class WorkersStore {
  constructor(private readonly dataSource: DataSource) {}

  async saveHeartbeat({ replica, host, slots }: WorkerHeartbeat): Promise<void> {
    const heartbeatAt = Date.now();
    const rows = slots.map((slot) => [
      slot.name,
      replica,
      host,
      slot.status,
      slot.jobId,
      slot.chunkNo,
      slot.url,
      slot.consecutiveErrors,
      slot.emailsPerSecond,
      slot.error,
      heartbeatAt,
    ]);
    for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
      const part = rows.slice(start, start + ROWS_PER_STATEMENT);
      // REPLACE is the one upsert that all our databases share, and a heartbeat gives every column.
      const values = part.map((row) => `(${listOf(row)})`).join(', ');
      await runSql(this.dataSource, `REPLACE INTO workers (${COLUMNS.join(', ')}) VALUES ${values}`, part.flat());
    }
  }
}
