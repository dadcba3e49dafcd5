import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { Config } from '#common/config/config.schema.js';
import { describeError } from '#common/domain/errors.js';
import { isSqlite } from '#common/persistence/dialect.js';
import { HostLeases } from '../hosts/host-leases.js';
import { type ChunkKey, ChunkStore, type LeaseNews } from './chunk.store.js';

/** Leases renewed by one statement: measured on MariaDB, 100 keys take 25 ms, 500 take 600. */
const PER_STATEMENT = 100;

type Stop = (news: Exclude<LeaseNews, 'held'>) => void;

/**
 * Keeps this replica's leases alive, all in one statement per interval, on a connection of its own that no flush can
 * keep waiting, with those of the hosts they fetch from; and tells a running chunk when it is fenced, cancelled or paused.
 */
@Injectable()
export class LeaseKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LeaseKeeper.name);
  private readonly held = new Map<ChunkKey, Stop>();
  private runner: QueryRunner | null = null;
  private timer: NodeJS.Timeout | null = null;
  private renewing: Promise<void> | null = null;
  private isFailing = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ChunkStore,
    private readonly hosts: HostLeases,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.renewSoon(), this.config.HEARTBEAT_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.renewing;
    await this.runner?.release();
  }

  hold(key: ChunkKey, stop: Stop): void {
    this.held.set(key, stop);
  }

  drop(key: ChunkKey): void {
    this.held.delete(key);
  }

  listHeld(): ChunkKey[] {
    return [...this.held.keys()];
  }

  isHolding(jobId: string, chunkNo: number): boolean {
    return [...this.held.keys()].some((key) => key.jobId === jobId && key.chunkNo === chunkNo);
  }

  /** Renews now, unless a renewal is under way: `job.changed` need not wait for the next interval. */
  renewSoon(): void {
    this.renewing ??= this.renew().finally(() => (this.renewing = null));
  }

  private async renew(): Promise<void> {
    const keys = [...this.held.keys()];
    try {
      for (let start = 0; start < keys.length; start += PER_STATEMENT) {
        await this.renewPart(keys.slice(start, start + PER_STATEMENT));
      }
      await this.hosts.renew(this.takeRunner());
      if (this.isFailing) this.logger.log('leases are renewed again', { chunks: keys.length });
      this.isFailing = false;
    } catch (error) {
      // The work goes on: whether the lease was lost is decided by the fence at the next flush.
      if (!this.isFailing) this.logger.warn('leases could not be renewed', { error: describeError(error) });
      this.isFailing = true;
      await this.runner?.release().catch(() => {});
      this.runner = null;
    }
  }

  private async renewPart(keys: ChunkKey[]): Promise<void> {
    const news = await this.store.renew(this.takeRunner(), keys);
    keys.forEach((key, i) => {
      const item = news[i];
      if (item !== undefined && item !== 'held') this.held.get(key)?.(item);
    });
  }

  /** SQLite has one connection; a runner per use takes its turn in the queue. */
  private takeRunner(): QueryRunner {
    if (isSqlite(this.dataSource)) return this.dataSource.createQueryRunner();
    return (this.runner ??= this.dataSource.createQueryRunner());
  }
}
