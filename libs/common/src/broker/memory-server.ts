import { Server } from '@nestjs/microservices';
import type { BrokerServer, ServerOptions } from './broker.js';
import { DeliveryRunner } from './delivery.js';
import type { MemoryMessage, MemoryQueue } from './memory-queue.js';
import type { Subscription } from './topology.js';

const CLOSE_DRAIN_MS = 30_000;

/** One subscription of the in-process broker. */
export class MemoryServer extends Server implements BrokerServer {
  /** Nest must hand failures to us instead of logging and swallowing them. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly runner: DeliveryRunner;
  private isListening = false;
  private isStopped = false;

  constructor(
    private readonly queue: MemoryQueue,
    readonly subscription: Subscription,
    options?: ServerOptions,
  ) {
    super();
    this.transportId = subscription.transportId;
    this.runner = new DeliveryRunner(this, subscription, options);
  }

  listen(callback: () => void): void {
    this.isListening = true;
    this.queue.join(this);
    callback();
  }

  hasRoom(): boolean {
    return this.runner.hasRoom();
  }

  take({ content, deliveries }: MemoryMessage): void {
    this.runner.accept({
      content,
      redelivered: deliveries > 0,
      deliveries: deliveries + 1,
      ack: () => this.queue.wake(),
      requeue: () => this.queue.push({ content, deliveries: deliveries + 1 }),
      deadLetter: () => {
        this.queue.bury(content);
        this.queue.wake();
      },
    });
  }

  isReady(): boolean {
    return this.isListening && !this.isStopped;
  }

  async setConcurrency(concurrency: number): Promise<void> {
    if (this.isStopped) return;
    this.runner.setConcurrency(concurrency);
    if (concurrency === 0) this.runner.handBack();
    this.queue.wake();
  }

  drain(timeoutMs: number): Promise<boolean> {
    this.isStopped = true;
    this.runner.setConcurrency(0);
    this.runner.handBack();
    return this.runner.finish(timeoutMs);
  }

  async close(): Promise<void> {
    await this.drain(CLOSE_DRAIN_MS);
    this.queue.leave(this);
    this.isListening = false;
  }

  override on(): never {
    throw new Error('the in-process broker has no events');
  }

  override unwrap<T>(): T {
    return this.queue as T;
  }
}
