import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dialectOf, listOf, runSql } from '#common/persistence/dialect.js';

const FORGET_WORKERS_MS = 10 * 60_000;
/** Far longer than any delay: what a host's row is kept for is `next_fetch_at`. */
const FORGET_HOSTS_MS = 24 * 3600_000;
/** A client that repeats a request repeats it within minutes; what the key protects is then long decided. */
const FORGET_KEYS_MS = 7 * 24 * 3600_000;
const FORGET_UPLOADS_MS = 3600_000;
const ROWS_PER_STATEMENT = 500;

/** Deletes what has had its time, so that no table grows with every host that was ever visited. */
@Injectable()
export class HousekeepingStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Ends early when it is not active any more. */
  async deleteExpired(isActive: () => boolean): Promise<void> {
    const { nowMs } = dialectOf(this.dataSource);
    // Left by gateways that died in an upload.
    await runSql(this.dataSource, `DELETE FROM leases WHERE name LIKE 'inputs/%' AND expires_at < ${nowMs} - ?`, [
      FORGET_UPLOADS_MS,
    ]);
    // Index ix_workers_heartbeat.
    await runSql(this.dataSource, 'DELETE FROM workers WHERE heartbeat_at < ?', [Date.now() - FORGET_WORKERS_MS]);
    // Index ix_idempotency_keys_created.
    await runSql(this.dataSource, 'DELETE FROM idempotency_keys WHERE created_at < ?', [Date.now() - FORGET_KEYS_MS]);
    await this.deleteRows('robots_cache', 'origin', `expires_at < ${nowMs}`, isActive);
    await this.deleteRows(
      'host_leases',
      'host',
      `expires_at < ${nowMs} - ${FORGET_HOSTS_MS} AND next_fetch_at < ${nowMs}`,
      isActive,
    );
  }

  /** Read without locks, then deleted by primary key: nobody who works with other rows has to wait. Indexes ix_*_expiry. */
  private async deleteRows(table: string, key: string, condition: string, isActive: () => boolean): Promise<void> {
    while (isActive()) {
      const rows: Record<string, string>[] = await this.dataSource.query(
        `SELECT ${key} FROM ${table} WHERE ${condition} LIMIT ${ROWS_PER_STATEMENT}`,
      );
      if (rows.length === 0) return;
      await runSql(
        this.dataSource,
        `DELETE FROM ${table} WHERE ${condition} AND ${key} IN (${listOf(rows)})`,
        rows.map((row) => row[key]),
      );
    }
  }
}
