import { Controller } from '@nestjs/common';
import type { DeliveryContext } from '#common/broker/delivery.js';
import { OnMessage } from '#common/broker/on-message.js';
import { CHUNKS, SCRAPER_EVENTS } from '#common/broker/topology.js';
import { type ChunkReady, chunkReady } from '#common/contracts/chunk-ready.contract.js';
import { jobChanged } from '#common/contracts/job-changed.contract.js';
import { workerRestarted } from '#common/contracts/worker-restarted.contract.js';
import { WorkerPool } from '../workers/worker-pool.js';
import { ChunkRunner } from './chunk-runner.js';
import { LeaseKeeper } from './lease-keeper.js';

@Controller()
export class ChunkConsumer {
  constructor(
    private readonly runner: ChunkRunner,
    private readonly leases: LeaseKeeper,
    private readonly workers: WorkerPool,
  ) {}

  @OnMessage(chunkReady, CHUNKS)
  async onChunkReady(ticket: ChunkReady, delivery: DeliveryContext): Promise<void> {
    await this.runner.run(ticket, delivery.redelivered);
  }

  /** Cancelled or paused: the renewal reads it, and need not wait for its turn. */
  @OnMessage(jobChanged, SCRAPER_EVENTS)
  onJobChanged(): void {
    this.leases.renewSoon();
  }

  @OnMessage(workerRestarted, SCRAPER_EVENTS)
  onWorkerRestarted({ name }: { name: string }): void {
    this.workers.pool.revive(name);
  }
}
