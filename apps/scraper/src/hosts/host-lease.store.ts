import { Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { Config } from '#common/config/config.schema.js';
import { dialectOf, isSqlite, listOf, runSql } from '#common/persistence/dialect.js';

/** Rows per statement; SQLite must not hold its one connection for long. */
const MAX_ROWS = { sqlite: 200, mysql: 500 };
/** Wait before a host is asked for again that another worker holds. */
const RETRY_MS = 3000;

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

  /** Takes those of these hosts that nobody else holds, for LEASE_MS; those already held by `holder` are renewed. */
  async acquire(holder: string, hosts: readonly string[]): Promise<HostGrant[]> {
    const { nowMs, onDuplicate, incoming } = dialectOf(this.dataSource);
    const grants: HostGrant[] = [];
    for (const part of this.parts(hosts)) {
      // MySQL assigns from left to right, SQLite at once: both come to the same in this order.
      await runSql(
        this.dataSource,
        `INSERT INTO host_leases (host, holder, expires_at, next_fetch_at)
         VALUES ${part.map(() => `(?, ?, ${nowMs} + ?, 0)`).join(', ')}
         ${onDuplicate('host')}
           holder = CASE WHEN expires_at < ${nowMs} THEN ${incoming('holder')} ELSE holder END,
           expires_at = CASE WHEN holder = ${incoming('holder')} OR expires_at < ${nowMs}
                             THEN ${incoming('expires_at')} ELSE expires_at END`,
        part.flatMap((host) => [host, holder, this.config.LEASE_MS]),
      );
      const rows: { host: string; holder: string; waitMs: number }[] = await this.dataSource.query(
        `SELECT host, holder, next_fetch_at - ${nowMs} AS waitMs FROM host_leases WHERE host IN (${listOf(part)})`,
        part,
      );
      for (const row of rows) {
        const isHeld = row.holder === holder;
        // A holder renews as long as it works: its lease's end says nothing, so ask again after a lease at most.
        const waitMs = Math.max(isHeld ? 0 : Math.min(this.config.LEASE_MS, RETRY_MS), Number(row.waitMs));
        grants.push({ host: row.host, isHeld, waitMs });
      }
    }
    return grants;
  }

  /** Renews what these workers of one replica still hold, and returns it as lease keys. */
  async renew(runner: QueryRunner, holders: readonly string[], hosts: readonly string[]): Promise<Set<string>> {
    const { nowMs, byPrimaryKey } = dialectOf(this.dataSource);
    const held = new Set<string>();
    for (const part of this.parts(hosts)) {
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

  /** Gives hosts back, each with the time until its next fetch is due. */
  async release(holder: string, hosts: readonly { host: string; waitMs: number }[]): Promise<void> {
    const { nowMs, onDuplicate, incoming } = dialectOf(this.dataSource);
    const waits = new Map(hosts.map(({ host, waitMs }) => [host, waitMs]));
    for (const part of this.parts([...waits.keys()])) {
      await runSql(
        this.dataSource,
        `INSERT INTO host_leases (host, holder, expires_at, next_fetch_at)
         VALUES ${part.map(() => `(?, ?, 0, ${nowMs} + ?)`).join(', ')}
         ${onDuplicate('host')}
           next_fetch_at = CASE WHEN holder = ${incoming('holder')} AND next_fetch_at < ${incoming('next_fetch_at')}
                                THEN ${incoming('next_fetch_at')} ELSE next_fetch_at END,
           expires_at = CASE WHEN holder = ${incoming('holder')} THEN 0 ELSE expires_at END`,
        part.flatMap((host) => [host, holder, Math.ceil(waits.get(host) ?? 0)]),
      );
    }
  }

  /** Writes down when the next fetch is due while the host is still held: for delays that would outlast a dead worker's lease. */
  async noteNextFetch(holder: string, host: string, waitMs: number): Promise<void> {
    const { nowMs } = dialectOf(this.dataSource);
    await runSql(this.dataSource, `UPDATE host_leases SET next_fetch_at = ${nowMs} + ? WHERE host = ? AND holder = ?`, [
      Math.ceil(waitMs),
      host,
      holder,
    ]);
  }

  private *parts(hosts: readonly string[]): Generator<string[]> {
    const size = isSqlite(this.dataSource) ? MAX_ROWS.sqlite : MAX_ROWS.mysql;
    const sorted = [...hosts].sort();
    for (let start = 0; start < sorted.length; start += size) yield sorted.slice(start, start + size);
  }
}

export function leaseKey(holder: string, host: string): string {
  return `${holder} ${host}`;
}
