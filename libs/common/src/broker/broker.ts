import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { MessageContract } from '../contracts/message.js';
import type { Subscription } from './topology.js';

export interface ServerOptions {
  /** Most handlers at once in this process; 0 = do not consume yet. Default 10. */
  concurrency?: number;
  /** How long a failed delivery is kept before it is requeued; for tests. Default `deliveryHoldMs`. */
  holdMs?: (deliveries: number) => number;
}

/** The consuming side of one subscription: a Nest transport whose handlers never see a channel. */
export interface BrokerServer extends CustomTransportStrategy {
  readonly subscription: Subscription;
  /**
   * True while the broker knows this consumer and may send it as many messages as it wants, which may be none: the truth
   * for a readiness probe.
   */
  isReady(): boolean;
  /** Most handlers at once from now on; 0 hands back what has not started and stops taking messages. */
  setConcurrency(concurrency: number): Promise<void>;
  /** Stops taking messages for good, hands back what has not started and waits; true when every handler finished. */
  drain(timeoutMs: number): Promise<boolean>;
}

/**
 * The message broker: RabbitMQ or in-process, chosen by BROKER_URL, same outcomes. A handler that returns acknowledges,
 * one that throws PermanentError dead-letters, any other error holds the delivery a while and requeues it.
 */
export abstract class Broker {
  /** Resolves when the broker has taken the message, else rejects with PublishError; a payload its contract refuses: PermanentError. */
  abstract publish<T>(contract: MessageContract<T>, payload: T): Promise<void>;
  /** Messages that wait in the subscription's queue, without those being handled. */
  abstract countReady(subscription: Subscription): Promise<number>;
  abstract createServer(subscription: Subscription, options?: ServerOptions): BrokerServer;
  abstract isConnected(): boolean;
  /** Calls back each time the connection has been lost and is there again. */
  abstract onReconnect(callback: () => void): void;
  /** Refuses new messages, waits for those in flight (bounded by the publish timeout), then closes the connection. */
  abstract close(): Promise<void>;
}

export type PublishErrorCode = 'unroutable' | 'refused' | 'blocked' | 'unconfirmed' | 'disconnected' | 'closed';

/** A message the broker did not take, or (`unconfirmed`) perhaps did. */
export class PublishError extends Error {
  override name = 'PublishError';

  constructor(
    readonly code: PublishErrorCode,
    readonly messageName: string,
    options?: { cause?: unknown },
  ) {
    super(`${messageName} was not published: ${code}`, options);
  }
}
