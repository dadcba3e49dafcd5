import type { MessageContract } from '../contracts/message.js';
import { Broker, PublishError, type ServerOptions } from './broker.js';
import { MemoryQueue } from './memory-queue.js';
import { MemoryServer } from './memory-server.js';
import { LOSSY_MAX_LENGTH, type Subscription, SUBSCRIPTIONS, subscriptionsOf } from './topology.js';
import { encodeMessage } from './wire.js';

const MAX_DEAD_LETTERS = 1000;

/** The broker of a single process: same outcomes as RabbitMQ, no durability, since the database has it. */
export class MemoryBroker extends Broker {
  /** The latest dead letters, for inspection. */
  readonly deadLetters: { queue: string; content: Buffer }[] = [];
  /** One queue for each subscription, but for a broadcast one for each of its servers. */
  private readonly queues = new Map<Subscription, MemoryQueue[]>();
  private closed = false;

  constructor() {
    super();
    for (const subscription of SUBSCRIPTIONS) {
      this.queues.set(subscription, subscription.kind === 'broadcast' ? [] : [this.createQueue(subscription)]);
    }
  }

  async publish<T>(contract: MessageContract<T>, payload: T): Promise<void> {
    const content = encodeMessage(contract, payload);
    if (this.closed) throw new PublishError('closed', contract.name);
    for (const subscription of subscriptionsOf(contract)) this.enqueue(subscription, content);
  }

  /** Puts bytes into a subscription's queues as they are: what any client of a real broker can do. */
  enqueue(subscription: Subscription, content: Buffer): void {
    for (const queue of this.queuesOf(subscription)) {
      if (subscription.kind !== 'broadcast' || queue.hasTakers()) queue.push({ content, deliveries: 0 });
    }
  }

  async countReady(subscription: Subscription): Promise<number> {
    return this.queuesOf(subscription).reduce((sum, queue) => sum + queue.length, 0);
  }

  createServer(subscription: Subscription, options?: ServerOptions): MemoryServer {
    const queues = this.queuesOf(subscription);
    if (subscription.kind === 'broadcast') queues.push(this.createQueue(subscription));
    return new MemoryServer(queues.at(-1) as MemoryQueue, subscription, options);
  }

  isConnected(): boolean {
    return !this.closed;
  }

  onReconnect(): void {
    // A process never loses its own memory.
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private queuesOf(subscription: Subscription): MemoryQueue[] {
    return this.queues.get(subscription) ?? [];
  }

  private createQueue(subscription: Subscription): MemoryQueue {
    return new MemoryQueue(subscription.kind === 'lossy' ? LOSSY_MAX_LENGTH : Infinity, (content) => {
      this.deadLetters.push({ queue: subscription.name, content });
      if (this.deadLetters.length > MAX_DEAD_LETTERS) this.deadLetters.shift();
    });
  }
}
