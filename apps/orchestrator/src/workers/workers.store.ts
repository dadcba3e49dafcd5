import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { WorkerHeartbeat } from '#common/contracts/worker-heartbeat.contract.js';
import { runSql } from '#common/persistence/dialect.js';
import { Worker } from '#common/persistence/worker.entity.js';

const FORGET_MS = 10 * 60_000;
const ROWS_PER_STATEMENT = 200;

@Injectable()
export class WorkersStore {
  constructor(private readonly dataSource: DataSource) {}

  async saveHeartbeat({ replica, host, slots }: WorkerHeartbeat): Promise<void> {
    const heartbeatAt = Date.now();
    const rows = slots.map((slot) => ({ ...slot, replica, host, heartbeatAt }));
    for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
      await this.dataSource.manager.upsert(Worker, rows.slice(start, start + ROWS_PER_STATEMENT), ['name']);
    }
  }

  /** Index ix_workers_heartbeat. */
  async forgetGone(): Promise<void> {
    await runSql(this.dataSource, 'DELETE FROM workers WHERE heartbeat_at < ?', [Date.now() - FORGET_MS]);
  }
}
