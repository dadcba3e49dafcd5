import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dialectOf, listOf, runSql } from '#common/persistence/dialect.js';
import { Batcher } from '../batcher.js';

const MAX_READS = 100;
/** Few, as each may be large. */
const MAX_WRITES = 10;
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

/** An origin's row, to be written. */
interface Writing {
  origin: string;
  stored: StoredRobots;
  ttlMs: number;
}

/** robots.txt of all replicas: one row per origin, until it expires by the database's clock. */
@Injectable()
export class RobotsStore {
  private readonly reads = new Batcher<string, (StoredRobots & { remainingMs: number }) | null>(MAX_READS, (origins) =>
    this.readRows(origins),
  );
  private readonly writes = new Batcher<Writing, void>(MAX_WRITES, (writings) => this.writeRows(writings));

  constructor(private readonly dataSource: DataSource) {}

  /** The row and how long it is still good, or null. By primary key. */
  read(origin: string): Promise<(StoredRobots & { remainingMs: number }) | null> {
    return this.reads.add(origin);
  }

  /** The last writer wins: two replicas that fetched at the same time have read the same file. */
  async save(origin: string, stored: StoredRobots, ttlMs: number): Promise<void> {
    if (stored.body !== null && stored.body.length > MAX_BODY_CHARS) return;
    await this.writes.add({ origin, stored, ttlMs });
  }

  private async readRows(origins: string[]): Promise<((StoredRobots & { remainingMs: number }) | null)[]> {
    const { nowMs } = dialectOf(this.dataSource);
    const rows: (StoredRobots & { origin: string; remainingMs: number | string })[] = await this.dataSource.query(
      `SELECT origin, status, body, error_code AS errorCode, error, expires_at - ${nowMs} AS remainingMs
         FROM robots_cache WHERE origin IN (${listOf(origins)}) AND expires_at > ${nowMs}`,
      origins,
    );
    const byOrigin = new Map(rows.map((row) => [row.origin, { ...row, remainingMs: Number(row.remainingMs) }]));
    return origins.map((origin) => byOrigin.get(origin) ?? null);
  }

  /** In one order by all, so that writers of the same rows do not deadlock. */
  private async writeRows(writings: Writing[]): Promise<void[]> {
    const { nowMs } = dialectOf(this.dataSource);
    const sorted = writings.toSorted((a, b) => (a.origin < b.origin ? -1 : 1));
    await runSql(
      this.dataSource,
      `REPLACE INTO robots_cache (origin, status, body, error_code, error, fetched_at, expires_at)
       VALUES ${sorted.map(() => `(?, ?, ?, ?, ?, ${nowMs}, ${nowMs} + ?)`).join(', ')}`,
      sorted.flatMap(({ origin, stored: { status, body, errorCode, error }, ttlMs }) => [
        origin,
        status,
        body,
        errorCode,
        error?.slice(0, MAX_ERROR_CHARS) ?? null,
        Math.floor(ttlMs),
      ]),
    );
    return [];
  }
}
