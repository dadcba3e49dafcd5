import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { connect } from 'amqp-connection-manager';
import type { AmqpConnectionManager } from 'amqp-connection-manager';
import type { ChannelModel } from 'amqplib';
import { describeError } from '../domain/errors.js';
import { endsWithin } from '../domain/deadline.js';

const FIRST_RETRY_S = 0.25;
const LAST_RETRY_S = 3;
const CONNECT_TIMEOUT_MS = 5000;
/** A connection on which nothing comes is given up after two to three of these. */
const HEARTBEAT_S = 5;
const CLOSE_TIMEOUT_MS = 2000;

/** One broker address as BROKER_URL names it: where to connect, what to call it in a log, and the prefix of its names. */
export interface RabbitAddress {
  readonly url: string;
  readonly label: string;
  readonly prefix: string;
}

/** Reads `amqp://user:password@host:5672/vhost?prefix=t1`. The prefix is ours: amqplib must not see it. */
export function parseRabbitUrl(text: string): RabbitAddress {
  // Asked first, since the TypeError of new URL() carries the text, and its password, into a log.
  if (!URL.canParse(text)) throw new Error('BROKER_URL is not a URL');
  const url = new URL(text);
  const prefix = url.searchParams.get('prefix') ?? '';
  if (!/^[A-Za-z0-9_-]{0,40}$/.test(prefix))
    throw new Error('the prefix in BROKER_URL must be up to 40 of A-Z a-z 0-9 _ -');
  url.searchParams.delete('prefix');
  const port = url.port || (url.protocol === 'amqps:' ? '5671' : '5672');
  return { url: url.href, label: `${url.hostname}:${port}`, prefix };
}

/** Says once that the broker is gone or takes nothing, and once that it is back, however many connections the process has. */
export class OutageLog {
  private readonly logger = new Logger('Broker');
  private readonly down = new Set<RabbitConnection>();

  constructor(private readonly broker: string) {}

  lost(connection: RabbitConnection, error: unknown): void {
    if (this.down.size === 0) {
      this.logger.warn('broker unreachable, retrying', { broker: this.broker, error: describeError(error) });
    }
    this.down.add(connection);
  }

  restored(connection: RabbitConnection): void {
    if (this.down.delete(connection) && this.down.size === 0) {
      this.logger.log('broker reachable again', { broker: this.broker });
    }
  }

  blocked(reason: string): void {
    this.logger.warn('broker takes no messages, it is short of resources', { broker: this.broker, reason });
  }

  unblocked(): void {
    this.logger.log('broker takes messages again', { broker: this.broker });
  }
}

/** A connection that keeps reconnecting until it is closed. */
export class RabbitConnection {
  readonly manager: AmqpConnectionManager;
  /** The broker, short of memory or disk, reads nothing more from this connection until further notice. */
  isBlocked = false;

  constructor(
    address: RabbitAddress,
    private readonly outages: OutageLog,
  ) {
    this.manager = connect(address.url, {
      reconnectTimeInSeconds: FIRST_RETRY_S,
      heartbeatIntervalInSeconds: HEARTBEAT_S,
      connectionOptions: { timeout: CONNECT_TIMEOUT_MS },
    });
    this.manager.on('connect', () => {
      this.manager.reconnectTimeInSeconds = FIRST_RETRY_S;
      this.isBlocked = false;
      outages.restored(this);
    });
    this.manager.on('blocked', ({ reason }) => {
      this.isBlocked = true;
      outages.blocked(reason);
    });
    this.manager.on('unblocked', () => {
      this.isBlocked = false;
      outages.unblocked();
    });
    this.manager.on('disconnect', ({ err }) => outages.lost(this, err));
    this.manager.on('connectFailed', ({ err }) => {
      // The manager reads its delay after this event: a backoff it does not have itself.
      this.manager.reconnectTimeInSeconds = Math.min(LAST_RETRY_S, this.manager.reconnectTimeInSeconds * 2);
      outages.lost(this, err);
    });
  }

  isConnected(): boolean {
    return this.manager.isConnected();
  }

  async connected(signal: AbortSignal): Promise<ChannelModel> {
    if (!this.manager.connection) await once(this.manager, 'connect', { signal });
    return this.manager.connection ?? this.connected(signal);
  }

  async close(): Promise<void> {
    this.manager.removeAllListeners('disconnect').removeAllListeners('connectFailed');
    this.outages.restored(this);
    // Bounded: the manager waits for an attempt under way, and amqplib for a reply that a dead broker never sends.
    await endsWithin(CLOSE_TIMEOUT_MS, this.manager.close());
  }
}
