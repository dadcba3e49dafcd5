import { Logger } from '@nestjs/common';
import type { Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { deliveryHoldMs, MAX_DELIVERIES } from '../domain/backoff.js';
import { describeError, PermanentError } from '../domain/errors.js';
import type { ServerOptions } from './broker.js';
import { endsWithin } from '../domain/deadline.js';
import type { Subscription } from './topology.js';
import { decodeMessage } from './wire.js';

export const DEFAULT_CONCURRENCY = 10;

/** What a handler may know of its delivery: `@Ctx() context: DeliveryContext`. */
export class DeliveryContext {
  constructor(
    readonly redelivered: boolean,
    /** 1 for the first delivery. */
    readonly deliveries: number,
  ) {}
}

/** One message on its way through this process; exactly one of the three verbs, which never throw, is called, once. */
export interface Delivery {
  readonly content: Buffer;
  readonly redelivered: boolean;
  readonly deliveries: number;
  ack(): void;
  requeue(): void;
  deadLetter(): void;
}

/**
 * Runs a server's deliveries, at most `concurrency` at once, and turns how each handler ends into what becomes of the
 * message. The one place where outcomes are decided, for RabbitMQ and the in-process broker alike.
 */
export class DeliveryRunner {
  private readonly logger = new Logger('Broker');
  private readonly holdMs: (deliveries: number) => number;
  private waiting: Delivery[] = [];
  private readonly running = new Set<Promise<void>>();
  private readonly held = new Map<Delivery, NodeJS.Timeout>();
  private limit: number;

  constructor(
    private readonly server: Pick<Server, 'getHandlerByPattern'>,
    private readonly subscription: Subscription,
    options: ServerOptions = {},
  ) {
    this.limit = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.holdMs = options.holdMs ?? deliveryHoldMs;
  }

  get concurrency(): number {
    return this.limit;
  }

  /** Whether one more delivery may be taken: held ones count, as they do in a broker's prefetch. */
  hasRoom(): boolean {
    return this.waiting.length + this.running.size + this.held.size < this.limit;
  }

  /** Never throws. At 0 it waits for `handBack`: requeued while the broker still knows the consumer it would come again. */
  accept(delivery: Delivery): void {
    this.waiting.push(delivery);
    this.startWaiting();
  }

  setConcurrency(concurrency: number): void {
    this.limit = concurrency;
    this.startWaiting();
  }

  /** Requeues at once all that no handler is working on. */
  handBack(): void {
    const unstarted = [...this.held.keys(), ...this.waiting];
    for (const timer of this.held.values()) clearTimeout(timer);
    this.held.clear();
    this.waiting = [];
    for (const delivery of unstarted) delivery.requeue();
  }

  /** True when every running handler ended in time. */
  finish(timeoutMs: number): Promise<boolean> {
    return endsWithin(timeoutMs, Promise.all(this.running));
  }

  private startWaiting(): void {
    // A broker's prefetch counts per consumer: after a re-consume or a reconnect more can arrive than may run.
    while (this.running.size < this.limit) {
      const delivery = this.waiting.shift();
      if (!delivery) return;
      const run = this.run(delivery).finally(() => {
        this.running.delete(run);
        this.startWaiting();
      });
      this.running.add(run);
    }
  }

  private async run(delivery: Delivery): Promise<void> {
    try {
      await this.handle(delivery);
      delivery.ack();
    } catch (error) {
      this.settleFailed(delivery, error);
    }
  }

  private async handle(delivery: Delivery): Promise<void> {
    const { contract, payload } = decodeMessage(delivery.content, this.subscription.contracts);
    const handler = this.server.getHandlerByPattern(contract.name);
    if (!handler) {
      if (this.subscription.kind === 'broadcast') return;
      throw new PermanentError(`no handler for ${contract.name} in this process`, { code: 'no_handler' });
    }
    const result: unknown = await handler(payload, new DeliveryContext(delivery.redelivered, delivery.deliveries));
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }

  private settleFailed(delivery: Delivery, error: unknown): void {
    const { deliveries } = delivery;
    const facts = { queue: this.subscription.name, deliveries, error: describeError(error) };
    if (this.subscription.kind !== 'queue') {
      this.logger.warn('message dropped', facts);
      delivery.ack();
    } else if (error instanceof PermanentError || deliveries >= MAX_DELIVERIES) {
      this.logger.warn('message dead-lettered', facts);
      delivery.deadLetter();
    } else if (this.limit === 0) {
      this.logger.warn('message handed back', facts);
      delivery.requeue();
    } else {
      const holdMs = this.holdMs(deliveries);
      this.logger.warn('message held', { ...facts, holdMs });
      this.held.set(
        delivery,
        setTimeout(() => {
          this.held.delete(delivery);
          delivery.requeue();
        }, holdMs),
      );
    }
  }
}
