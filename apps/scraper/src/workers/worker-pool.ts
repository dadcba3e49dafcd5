import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Broker } from '#common/broker/broker.js';
import { Consumers } from '#common/broker/consumers.js';
import { CHUNKS } from '#common/broker/topology.js';
import { Config } from '#common/config/config.schema.js';
import { workerHeartbeat, type WorkerSlotState } from '#common/contracts/worker-heartbeat.contract.js';
import { endsWithin } from '#common/domain/deadline.js';
import { describeError } from '#common/domain/errors.js';
import { SlotPool } from './slots.js';

/** A process that ends does not wait for a silent broker: it is missed all the same. */
const LAST_WORDS_MS = 1000;
/** Slots in one message, so that it stays far below what the broker takes. */
const SLOTS_PER_MESSAGE = 500;

/** This replica's workers: their slots, how many deliveries they can take, and the heartbeats that tell of them. */
@Injectable()
export class WorkerPool implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(WorkerPool.name);
  readonly replica = `${hostname()
    .replaceAll(/[^A-Za-z0-9_-]/g, '-')
    .slice(0, 40)}-${randomBytes(4).toString('hex')}`;
  readonly pool: SlotPool;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly broker: Broker,
    private readonly consumers: Consumers,
    private readonly config: Config,
  ) {
    this.pool = new SlotPool(this.replica, config.WORKER_SLOTS, {
      maxConsecutiveErrors: config.MAX_CONSECUTIVE_ERRORS,
      onCapacity: (able) => this.setCapacity(able),
      onCrash: ({ name, consecutiveErrors }) =>
        this.logger.error('worker stopped after consecutive errors', { workerId: name, consecutiveErrors }),
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.beat(), this.config.HEARTBEAT_MS);
    this.beat();
  }

  async onModuleDestroy(): Promise<void> {
    await this.sayGone(null);
  }

  /** The last heartbeat says that these slots are gone, so that nobody waits for them, and why. */
  async sayGone(error: string | null): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    const last = this.send(this.pool.slots.map((slot) => ({ ...slot.report(), status: 'gone', error })));
    await endsWithin(LAST_WORDS_MS, last);
  }

  private beat(): void {
    void this.send(this.pool.slots.map((slot) => slot.report()));
  }

  private async send(all: WorkerSlotState[]): Promise<void> {
    try {
      for (let start = 0; start < all.length; start += SLOTS_PER_MESSAGE) {
        const slots = all.slice(start, start + SLOTS_PER_MESSAGE);
        const host = hostname().slice(0, 255);
        await this.broker.publish(workerHeartbeat, { replica: this.replica, host, at: Date.now(), slots });
      }
    } catch (error) {
      this.logger.debug('heartbeat not sent', { error: describeError(error) });
    }
  }

  private setCapacity(able: number): void {
    this.consumers
      .get(CHUNKS)
      .setConcurrency(able)
      .catch((error: unknown) => this.logger.warn('capacity not changed', { able, error: describeError(error) }));
  }
}
