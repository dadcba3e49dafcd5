import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { JobStatus } from '#common/domain/job-status.js';
import type { SiteInput } from '#common/domain/site.js';
import { insertIgnore, runSql } from '#common/persistence/dialect.js';
import { type InputLease, InputLeases } from './input-leases.js';

/** Rows of one transaction: SQLite's only connection must not be taken for long. */
const BATCH_DELETED = 2000;

/** The lines that are valid: from <= seq < to. */
export interface InputRange {
  from: number;
  to: number;
}

/** Every write is fenced by the lease, so that no two requests ever mix their rows. */
@Injectable()
export class InputsStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly leases: InputLeases,
  ) {}

  async readRange(jobId: string): Promise<{ status: JobStatus; range: InputRange } | undefined> {
    const sql = 'SELECT status, inputs_from AS inputsFrom, inputs_to AS inputsTo FROM jobs WHERE id = ?';
    const [row] = await this.dataSource.query(sql, [jobId]);
    return row && { status: row.status, range: { from: row.inputsFrom, to: row.inputsTo } };
  }

  /** Writes lines that are not valid yet. */
  async insert(lease: InputLease, jobId: string, firstSeq: number, sites: readonly SiteInput[]): Promise<void> {
    const rows = sites.map(({ host, url }, i) => [jobId, firstSeq + i, host, url]);
    await this.dataSource.transaction(async (manager) => {
      await this.leases.renew(lease, manager);
      const inserted = await insertIgnore(manager, 'job_inputs', ['job_id', 'seq', 'host', 'url'], rows);
      if (inserted !== rows.length) throw new Error(`${rows.length - inserted} inputs stood there already`);
    });
  }

  /** Makes the lines `after` the job's own; false when it is no longer held, or its lines are not those `before`. */
  commit(lease: InputLease, jobId: string, before: InputRange, after: InputRange): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      await this.leases.renew(lease, manager);
      const committed = await runSql(
        manager,
        `UPDATE jobs SET inputs_from = ?, inputs_to = ?
          WHERE id = ? AND status = 'held' AND inputs_from = ? AND inputs_to = ?`,
        [after.from, after.to, jobId, before.from, before.to],
      );
      return committed > 0;
    });
  }

  /** Deletes the rows that are not valid: of uploads that broke off, or that were replaced. Primary key. */
  async deleteStrays(lease: InputLease, jobId: string, { from, to }: InputRange): Promise<void> {
    await this.deleteBetween(lease, jobId, { from: 0, to: from });
    await this.deleteBetween(lease, jobId, { from: to, to: Number.MAX_SAFE_INTEGER });
  }

  private async deleteBetween(lease: InputLease, jobId: string, { from, to }: InputRange): Promise<void> {
    const where = 'job_id = ? AND seq >= ? AND seq < ?';
    for (;;) {
      const [row] = await this.dataSource.query(`SELECT MIN(seq) AS seq FROM job_inputs WHERE ${where}`, [
        jobId,
        from,
        to,
      ]);
      if (row.seq === null) return;
      const end = Math.min(row.seq + BATCH_DELETED, to);
      await this.dataSource.transaction(async (manager) => {
        await this.leases.renew(lease, manager);
        await runSql(manager, `DELETE FROM job_inputs WHERE ${where}`, [jobId, row.seq, end]);
      });
    }
  }
}
