import { randomUUID } from 'node:crypto';
import type { Channel } from 'amqplib';
import { chunkReady } from '../contracts/chunk-ready.contract.js';
import { chunkSettled } from '../contracts/chunk-settled.contract.js';
import { jobChanged } from '../contracts/job-changed.contract.js';
import { jobProgressed } from '../contracts/job-progressed.contract.js';
import { jobSubmitted } from '../contracts/job-submitted.contract.js';
import type { MessageContract } from '../contracts/message.js';
import { workerHeartbeat } from '../contracts/worker-heartbeat.contract.js';
import { workerRestarted } from '../contracts/worker-restarted.contract.js';
import { MAX_DELIVERIES } from '../domain/backoff.js';

/**
 * Where a server takes messages from. `queue`: work tickets, kept until settled, one consumer each. `lossy`: one consumer
 * each, dropped when old. `broadcast`: a copy for every process that listens. Handlers bind by `transportId`, since
 * otherwise every server of an app would register every handler: `@EventPattern(chunkReady.name, CHUNKS.transportId)`.
 */
export interface Subscription {
  readonly name: string;
  readonly transportId: symbol;
  readonly contracts: readonly MessageContract[];
  readonly kind: 'queue' | 'lossy' | 'broadcast';
}

export const CHUNKS = subscribe('chunks', 'queue', chunkReady);
export const JOBS = subscribe('jobs', 'queue', jobSubmitted);
export const SETTLED = subscribe('settled', 'queue', chunkSettled);
export const HEARTBEATS = subscribe('heartbeats', 'lossy', workerHeartbeat);
export const ORCHESTRATOR_EVENTS = subscribe('orchestrator-events', 'broadcast', jobChanged);
export const SCRAPER_EVENTS = subscribe('scraper-events', 'broadcast', jobChanged, workerRestarted);
export const GATEWAY_EVENTS = subscribe('gateway-events', 'broadcast', jobProgressed);

export const SUBSCRIPTIONS: readonly Subscription[] = [
  CHUNKS,
  JOBS,
  SETTLED,
  HEARTBEATS,
  ORCHESTRATOR_EVENTS,
  SCRAPER_EVENTS,
  GATEWAY_EVENTS,
];

/** Bounds of a lossy queue and of the dead-letter queue: an unattended one must not fill the broker's disk. */
export const LOSSY_TTL_MS = 10_000;
export const LOSSY_MAX_LENGTH = 10_000;
export const DEAD_MAX_LENGTH = 100_000;

function subscribe(name: string, kind: Subscription['kind'], ...contracts: MessageContract[]): Subscription {
  return Object.freeze({ name, transportId: Symbol(name), contracts, kind });
}

/** The subscriptions that receive a message. */
export function subscriptionsOf(contract: MessageContract): Subscription[] {
  const found = SUBSCRIPTIONS.filter((subscription) => subscription.contracts.includes(contract));
  if (found.length === 0) throw new Error(`${contract.name} has no subscription in topology.ts`);
  return found;
}

/** Names and arguments of all queues and exchanges. They are versioned: changed arguments need a new name. */
export class Topology {
  private readonly root: string;
  readonly deadLetters: string;

  constructor(prefix = '') {
    this.root = prefix === '' ? 'gleaner' : `${prefix}.gleaner`;
    this.deadLetters = `${this.root}.dead.v1`;
  }

  queueOf(subscription: Subscription): string {
    return `${this.root}.${subscription.name}.v1`;
  }

  exchangeOf(contract: MessageContract): string {
    return `${this.root}.${contract.name}.v${contract.version}`;
  }

  /** Work goes straight to its queue by the default exchange, broadcasts to the fanout exchange of their message. */
  routeOf(contract: MessageContract): { exchange: string; routingKey: string; durable: boolean } {
    const [first] = subscriptionsOf(contract) as [Subscription];
    return first.kind === 'broadcast'
      ? { exchange: this.exchangeOf(contract), routingKey: '', durable: false }
      : { exchange: '', routingKey: this.queueOf(first), durable: first.kind === 'queue' };
  }

  /** Declares everything a publisher needs, so that a message published before any consumer exists is kept. */
  async declareAll(channel: Channel): Promise<void> {
    for (const subscription of SUBSCRIPTIONS) {
      if (subscription.kind === 'broadcast') await this.declareExchanges(channel, subscription);
      else await this.declareQueue(channel, subscription);
    }
  }

  /** Declares the queue a server consumes from. */
  async declareConsumed(channel: Channel, subscription: Subscription): Promise<string> {
    if (subscription.kind !== 'broadcast') return (await this.declareQueue(channel, subscription)).queue;
    await this.declareExchanges(channel, subscription);
    // A new name each time: after a lost connection the old exclusive queue may linger, locked.
    const queue = `${this.queueOf(subscription)}.${randomUUID().slice(0, 8)}`;
    await channel.assertQueue(queue, { exclusive: true, autoDelete: true, durable: false });
    for (const contract of subscription.contracts) await channel.bindQueue(queue, this.exchangeOf(contract), '');
    return queue;
  }

  /** Declares a shared queue and tells how many messages are ready in it. */
  async declareQueue(channel: Channel, subscription: Subscription): Promise<{ queue: string; messageCount: number }> {
    const queue = this.queueOf(subscription);
    if (subscription.kind === 'lossy') {
      return channel.assertQueue(queue, {
        messageTtl: LOSSY_TTL_MS,
        maxLength: LOSSY_MAX_LENGTH,
        arguments: { 'x-queue-type': 'classic' },
      });
    }
    await channel.assertExchange(this.deadLetters, 'fanout');
    await channel.assertQueue(this.deadLetters, {
      maxLength: DEAD_MAX_LENGTH,
      arguments: { 'x-queue-type': 'quorum' },
    });
    await channel.bindQueue(this.deadLetters, this.deadLetters, '');
    return channel.assertQueue(queue, {
      deadLetterExchange: this.deadLetters,
      arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': MAX_DELIVERIES },
    });
  }

  private async declareExchanges(channel: Channel, subscription: Subscription): Promise<void> {
    for (const contract of subscription.contracts) await channel.assertExchange(this.exchangeOf(contract), 'fanout');
  }
}
