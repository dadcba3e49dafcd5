import { Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { Config } from '#common/config/config.schema.js';
import { dialectOf, listOf, runSql } from '#common/persistence/dialect.js';

/** Rows per statement; SQLite must not hold its one connection for long. */
export const MAX_ROWS = 200;
/** Wait before a host is asked for again that another worker holds. */
const RETRY_MS = 3000;
const MAX_NEXT_FETCH_MS = 10 * 60_000;

/** A worker that wants to fetch from a host. */
export interface HostRequest {
  host: string;
  /** Name of the worker. */
  holder: string;
}

/** What asking for a host came to: `waitMs` until its next fetch is due, or until asking again makes sense. */
export interface HostGrant {
  host: string;
  isHeld: boolean;
  waitMs: number;
}

/**
 * One host is fetched from by one worker at a time, over all replicas. Every statement touches its rows in the order of
 * the primary key, so that workers that want the same hosts do not deadlock; all times are the database's.
 */
@Injectable()
export class HostLeaseStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  /** Takes those hosts that nobody else holds, for LEASE_MS, and renews what is held already. At most MAX_ROWS. */
  async acquire(requests: readonly HostRequest[]): Promise<HostGrant[]> {
    const { nowMs, onDuplicate, incoming } = dialectOf(this.dataSource);
    // MySQL assigns from left to right, SQLite at once: both come to the same in this order.
    await runSql(
      this.dataSource,
      `INSERT INTO host_leases (host, holder, expires_at, next_fetch_at)
       VALUES ${requests.map(() => `(?, ?, ${nowMs} + ?, 0)`).join(', ')}
       ${onDuplicate('host')}
         holder = CASE WHEN expires_at < ${nowMs} THEN ${incoming('holder')} ELSE holder END,
         expires_at = CASE WHEN holder = ${incoming('holder')} OR expires_at < ${nowMs}
                           THEN ${incoming('expires_at')} ELSE expires_at END`,
      byHost(requests).flatMap(({ host, holder }) => [host, holder, this.config.LEASE_MS]),
    );
    const rows: { host: string; holder: string; waitMs: number }[] = await this.dataSource.query(
      `SELECT host, holder, next_fetch_at - ${nowMs} AS waitMs FROM host_leases WHERE host IN (${listOf(requests)})`,
      requests.map(({ host }) => host),
    );
    const leases = new Map(rows.map((row) => [row.host, row]));
    return requests.map(({ host, holder }) => {
      const lease = leases.get(host);
      const isHeld = lease?.holder === holder;
      // A holder renews as long as it works: its lease's end says nothing, so ask again after a lease at most.
      const retryMs = isHeld ? 0 : Math.min(this.config.LEASE_MS, RETRY_MS);
      return { host, isHeld, waitMs: Math.max(retryMs, Number(lease?.waitMs ?? 0)) };
    });
  }

  /** Renews what these workers of one replica still hold, and returns it as lease keys. */
  async renew(runner: QueryRunner, holders: readonly string[], hosts: readonly string[]): Promise<Set<string>> {
    const { nowMs, byPrimaryKey } = dialectOf(this.dataSource);
    const held = new Set<string>();
    const sorted = hosts.toSorted();
    for (let start = 0; start < sorted.length; start += MAX_ROWS) {
      const part = sorted.slice(start, start + MAX_ROWS);
      const mine = `host IN (${listOf(part)}) AND holder IN (${listOf(holders)}) AND expires_at > 0`;
      await runner.query(`UPDATE host_leases ${byPrimaryKey} SET expires_at = ${nowMs} + ? WHERE ${mine}`, [
        this.config.LEASE_MS,
        ...part,
        ...holders,
      ]);
      const rows: { host: string; holder: string }[] = await runner.query(
        `SELECT host, holder FROM host_leases WHERE ${mine}`,
        [...part, ...holders],
      );
      for (const { host, holder } of rows) held.add(leaseKey(holder, host));
    }
    return held;
  }

  /** Gives hosts back, each with the time until its next fetch is due. At most MAX_ROWS. */
  async release(leases: readonly (HostRequest & { waitMs: number })[]): Promise<void> {
    const { nowMs, onDuplicate, incoming } = dialectOf(this.dataSource);
    await runSql(
      this.dataSource,
      `INSERT INTO host_leases (host, holder, expires_at, next_fetch_at)
       VALUES ${leases.map(() => `(?, ?, 0, ${nowMs} + ?)`).join(', ')}
       ${onDuplicate('host')}
         next_fetch_at = CASE WHEN holder = ${incoming('holder')} AND next_fetch_at < ${incoming('next_fetch_at')}
                              THEN ${incoming('next_fetch_at')} ELSE next_fetch_at END,
         expires_at = CASE WHEN holder = ${incoming('holder')} THEN 0 ELSE expires_at END`,
      byHost(leases).flatMap(({ host, holder, waitMs }) => [host, holder, toRow(waitMs)]),
    );
  }

  /**
   * Writes down when the next fetch is due while the host is still held: for delays that would outlast a
   * dead worker's lease. False where the lease is lost.
   */
  async noteNextFetch(holder: string, host: string, waitMs: number): Promise<boolean> {
    const { nowMs } = dialectOf(this.dataSource);
    const noted = await runSql(
      this.dataSource,
      `UPDATE host_leases SET next_fetch_at = ${nowMs} + ? WHERE host = ? AND holder = ? AND expires_at >= ${nowMs}`,
      [toRow(waitMs), host, holder],
    );
    return noted > 0;
  }
}

/** What one job wants to wait must not keep a host from all others for ever. */
function toRow(waitMs: number): number {
  return Math.ceil(Math.min(waitMs, MAX_NEXT_FETCH_MS));
}

function byHost<Row extends { host: string }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.host < b.host ? -1 : Number(a.host > b.host)));
}

export function leaseKey(holder: string, host: string): string {
  return `${holder} ${host}`;
}
