import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '#common/config/config.schema.js';
import { dialectOf, insertIgnore, isInfrastructure, runSql } from '#common/persistence/dialect.js';

const NAME = 'orchestrator';

/**
 * Which orchestrator acts: the holder of one database row, renewed well before it expires. Two that both believe they
 * lead for a moment do no harm, since every write of theirs is a compare-and-set.
 */
@Injectable()
export class LeaderLease {
  private readonly logger = new Logger(LeaderLease.name);
  private readonly holder = `${hostname().slice(0, 40)}-${process.pid}-${randomUUID().slice(0, 8)}`;
  private leading = false;
  /** Monotonic ms until which this process may believe it leads. */
  private validUntil = 0;
  private lastOutage = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  isLeader(): boolean {
    return this.leading && performance.now() < this.validUntil;
  }

  /** How long ago the database was last found away, by leader and stand-by alike; infinite where it never was. */
  msSinceOutage(): number {
    return performance.now() - this.lastOutage;
  }

  /** Takes or renews the lease; true when leadership has just been won. */
  async renew(): Promise<boolean> {
    try {
      return await this.take();
    } catch (error) {
      if (isInfrastructure(error)) this.lastOutage = performance.now();
      throw error;
    }
  }

  private async take(): Promise<boolean> {
    const { nowMs } = dialectOf(this.dataSource);
    const leaseMs = this.config.LEASE_MS;
    const askedAt = performance.now();
    await insertIgnore(this.dataSource, 'leases', ['name', 'holder', 'expires_at'], [[NAME, '', 0]]);
    const held = await runSql(
      this.dataSource,
      `UPDATE leases SET holder = ?, expires_at = ${nowMs} + ? WHERE name = ? AND (holder = ? OR expires_at < ${nowMs})`,
      [this.holder, leaseMs, NAME, this.holder],
    );
    const wasLeader = this.isLeader();
    this.leading = held > 0;
    this.validUntil = askedAt + leaseMs;
    if (this.leading && !wasLeader) this.logger.log('leading', { holder: this.holder });
    return this.leading && !wasLeader;
  }

  /** Gives the lease up, so that a stand-by takes over at once. */
  async release(): Promise<void> {
    this.leading = false;
    await runSql(this.dataSource, 'UPDATE leases SET expires_at = 0 WHERE name = ? AND holder = ?', [
      NAME,
      this.holder,
    ]);
  }
}
