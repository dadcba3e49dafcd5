import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { describeError } from '#common/domain/errors.js';
import { Problem } from '#common/http/problem.js';
import { dialectOf, insertIgnore, runSql } from '#common/persistence/dialect.js';

/** Longer than a client may be silent: every part of an upload renews it. */
const LEASE_MS = 60_000;

/** The right to change the inputs of one job, held by one request of all gateways. */
export interface InputLease {
  name: string;
  holder: string;
}

@Injectable()
export class InputLeases {
  private readonly logger = new Logger(InputLeases.name);

  constructor(private readonly dataSource: DataSource) {}

  /** Does `work` under the lease; a Problem 409 where another request has it. */
  async hold<Result>(jobId: string, work: (lease: InputLease) => Promise<Result>): Promise<Result> {
    const lease: InputLease = { name: `inputs/${jobId}`, holder: randomUUID() };
    if (!(await this.acquire(lease))) {
      throw new Problem(409, 'upload_in_progress', 'Another request is changing the inputs of this job.', {
        headers: { 'Retry-After': '2' },
      });
    }
    try {
      return await work(lease);
    } finally {
      await this.release(lease).catch((error: unknown) => {
        this.logger.warn('lease not released, it expires', { name: lease.name, error: describeError(error) });
      });
    }
  }

  /**
   * Makes the lease last again; throws when it was lost. In a transaction it is a fence, too: nobody takes the lease before
   * that has ended, and what it writes is never written under somebody else's.
   */
  async renew({ name, holder }: InputLease, source: DataSource | EntityManager = this.dataSource): Promise<void> {
    const { nowMs } = dialectOf(source);
    const renewed = await runSql(
      source,
      `UPDATE leases SET expires_at = ${nowMs} + ? WHERE name = ? AND holder = ? AND expires_at >= ${nowMs}`,
      [LEASE_MS, name, holder],
    );
    if (renewed === 0) throw new Problem(409, 'upload_in_progress', 'Another request has taken over this upload.');
  }

  private async acquire({ name, holder }: InputLease): Promise<boolean> {
    const { nowMs } = dialectOf(this.dataSource);
    await insertIgnore(this.dataSource, 'leases', ['name', 'holder', 'expires_at'], [[name, '', 0]]);
    const sql = `UPDATE leases SET holder = ?, expires_at = ${nowMs} + ? WHERE name = ? AND expires_at < ${nowMs}`;
    return (await runSql(this.dataSource, sql, [holder, LEASE_MS, name])) > 0;
  }

  private async release({ name, holder }: InputLease): Promise<void> {
    await runSql(this.dataSource, 'DELETE FROM leases WHERE name = ? AND holder = ?', [name, holder]);
  }
}
