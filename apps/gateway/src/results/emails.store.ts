import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { listOf } from '#common/persistence/dialect.js';
import { containing } from '../http/paging.js';
import type { EmailRow, SightingRow } from './email.view.js';

const MAX_SOURCES = 10;

export interface EmailFilter {
  include?: 'flagged' | undefined;
  kind?: string | undefined;
  verdict?: string | undefined;
  domain?: string | undefined;
  q?: string | undefined;
  new?: boolean | undefined;
}

/** Where a page ended: insertion time and hash of its last row. */
export type EmailPosition = [seq: number, hash: string];

@Injectable()
export class EmailsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** In order of insertion; index ix_emails_seq, contacts by primary key. */
  list(
    job: { id: string; accountId: string },
    filter: EmailFilter,
    after: EmailPosition | undefined,
    limit: number,
  ): Promise<EmailRow[]> {
    const { sql, params } = whereOf(filter);
    if (after) {
      sql.push('e.seq >= ? AND (e.seq > ? OR e.hash > ?)');
      params.push(after[0], after[0], Buffer.from(after[1], 'hex'));
    }
    return this.dataSource.query(
      `SELECT HEX(e.hash) AS hash, e.seq, e.address, e.domain, e.kind, e.verdict, e.mx, e.disposable, e.confidence,
              e.method, e.flags, c.first_job_id AS firstJobId, c.first_seen_at AS firstSeenAt
         FROM emails e LEFT JOIN contacts c ON c.account_id = ? AND c.hash = e.hash
        WHERE e.job_id = ? ${sql.map((condition) => `AND ${condition}`).join(' ')}
        ORDER BY e.seq, e.hash LIMIT ?`,
      [job.accountId, job.id, ...params, limit],
    );
  }

  /** The pages of these addresses by hash, oldest first; primary key. */
  async listSightings(jobId: string, emails: readonly EmailRow[]): Promise<Map<string, SightingRow[]>> {
    const byHash = new Map<string, SightingRow[]>(emails.map(({ hash }) => [hash, []]));
    if (emails.length === 0) return byHash;
    const rows: SightingRow[] = await this.dataSource.query(
      `SELECT HEX(hash) AS hash, url, method, snippet, first_seen_at AS firstSeenAt, last_seen_at AS lastSeenAt,
              http_status AS httpStatus, robots, noindex, no_harvest AS noHarvest, via, origin
         FROM sightings WHERE job_id = ? AND hash IN (${listOf(emails)}) ORDER BY first_seen_at, url_hash`,
      [jobId, ...emails.map(({ hash }) => Buffer.from(hash, 'hex'))],
    );
    for (const row of rows) {
      const list = byHash.get(row.hash);
      if (list && list.length < MAX_SOURCES) list.push(row);
    }
    return byHash;
  }
}

function whereOf(filter: EmailFilter): { sql: string[]; params: unknown[] } {
  const sql: string[] = [];
  const params: unknown[] = [];
  if (filter.include !== 'flagged') sql.push("e.flags = ''");
  for (const column of ['kind', 'verdict', 'domain'] as const) {
    if (filter[column] === undefined) continue;
    sql.push(`e.${column} = ?`);
    params.push(filter[column]);
  }
  if (filter.q !== undefined) {
    sql.push("e.address LIKE ? ESCAPE '!'");
    params.push(containing(filter.q));
  }
  if (filter.new === true) sql.push('(c.hash IS NULL OR c.first_job_id = e.job_id)');
  if (filter.new === false) sql.push('c.first_job_id <> e.job_id');
  return { sql, params };
}
