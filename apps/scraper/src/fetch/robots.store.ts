import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dialectOf, runSql } from '#common/persistence/dialect.js';

/** Columns of the table are as wide. */
const MAX_ERROR_CHARS = 500;
/**
 * A hostile site may serve another file on each of a thousand subdomains: larger rules are not shared, every replica
 * fetches them for itself. (Rules of 500 KiB, the most that is read, fit where they are ASCII.)
 */
const MAX_BODY_CHARS = 512 * 1024;

/** What is known of an origin's robots.txt. */
export interface StoredRobots {
  status: 'found' | 'absent' | 'unreadable';
  /** The rules as RobotsTxt.toJson() writes them; null unless found. */
  body: string | null;
  /** Why there is no file, or why it could not be had. */
  errorCode: string | null;
  error: string | null;
}

/** robots.txt of all replicas: one row per origin, until it expires by the database's clock. */
@Injectable()
export class RobotsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** The row and how long it is still good, or null. By primary key. */
  async read(origin: string): Promise<(StoredRobots & { remainingMs: number }) | null> {
    const { nowMs } = dialectOf(this.dataSource);
    const rows: (StoredRobots & { remainingMs: number | string })[] = await this.dataSource.query(
      `SELECT status, body, error_code AS errorCode, error, expires_at - ${nowMs} AS remainingMs
         FROM robots_cache WHERE origin = ? AND expires_at > ${nowMs}`,
      [origin],
    );
    const [row] = rows;
    return row === undefined ? null : { ...row, remainingMs: Number(row.remainingMs) };
  }

  /** The last writer wins: two replicas that fetched at the same time have read the same file. */
  async save(origin: string, { status, body, errorCode, error }: StoredRobots, ttlMs: number): Promise<void> {
    if (body !== null && body.length > MAX_BODY_CHARS) return;
    const { nowMs } = dialectOf(this.dataSource);
    await runSql(
      this.dataSource,
      `REPLACE INTO robots_cache (origin, status, body, error_code, error, fetched_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ${nowMs}, ${nowMs} + ?)`,
      [origin, status, body, errorCode, error?.slice(0, MAX_ERROR_CHARS) ?? null, Math.floor(ttlMs)],
    );
  }
}
