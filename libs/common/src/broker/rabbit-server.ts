import { ServerRMQ } from '@nestjs/microservices';
import type { Channel, ConsumeMessage } from 'amqplib';
import { endsWithin, within } from '../domain/deadline.js';
import type { BrokerServer, ServerOptions } from './broker.js';
import { DeliveryRunner } from './delivery.js';
import { closeQuietly, LiveChannel, noAnswer } from './live-channel.js';
import type { RabbitConnection } from './rabbit-connection.js';
import type { Subscription, Topology } from './topology.js';

/** AMQP replies that no retry changes: access refused, locked by another connection, declared with other arguments. */
const REFUSALS = [403, 405, 406];
const CLOSE_DRAIN_MS = 30_000;
const CONSUME_TIMEOUT_MS = 2000;
const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Nest's RabbitMQ server made safe: explicit acks decided by how the handler ends, a consumer that survives the loss of
 * its queue, channel or connection, a start that fails on a mismatched queue, and a close that drains.
 */
export class RabbitServer extends ServerRMQ implements BrokerServer {
  /** Nest must hand failures to us instead of logging and swallowing them. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly runner: DeliveryRunner;
  private live?: LiveChannel<Channel>;
  private consumer?: { channel: Channel; queue: string; tag?: string };
  private turn: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly connection: RabbitConnection,
    private readonly topology: Topology,
    readonly subscription: Subscription,
    options?: ServerOptions,
  ) {
    super({ queue: topology.queueOf(subscription), noAck: false });
    this.transportId = subscription.transportId;
    this.runner = new DeliveryRunner(this, subscription, options);
  }

  /** Resolves when the consumer is registered for the first time; waits for a broker that is down, rejects when refused. */
  override async start(callback: () => void): Promise<void> {
    this.server = this.connection.manager;
    await new Promise<void>((resolve, reject) => {
      this.live = new LiveChannel(this.connection, {
        open: (connection) => connection.createChannel(),
        setup: (channel) => this.setupChannel(channel).then(resolve),
        onSetupFailure: (error) => {
          if (isRefusal(error))
            reject(new Error(`the broker refuses queue ${this.queue}: ${error.message}`, { cause: error }));
        },
      });
    }).catch(async (error: unknown) => {
      await this.live?.close();
      throw error;
    });
    callback();
  }

  override async setupChannel(channel: Channel): Promise<void> {
    const queue = await this.topology.declareConsumed(channel, this.subscription);
    channel.once('close', () => {
      if (this.consumer?.channel === channel) this.consumer = undefined;
      // The broker has already requeued them all; ours must not start.
      this.runner.handBack();
    });
    this.consumer = { channel, queue };
    await this.consume();
  }

  override async handleMessage(message: ConsumeMessage, channel: Channel): Promise<void> {
    this.runner.accept({
      content: message.content,
      redelivered: message.fields.redelivered,
      deliveries: countDeliveries(message),
      // On the delivering channel only, since tags mean nothing elsewhere; when it is gone, the message is the broker's again.
      ack: () => settle(() => channel.ack(message)),
      requeue: () => settle(() => channel.nack(message, false, true)),
      deadLetter: () => settle(() => channel.nack(message, false, false)),
    });
  }

  isReady(): boolean {
    if (!this.consumer || this.isStopped) return false;
    return this.consumer.tag !== undefined || this.runner.concurrency === 0;
  }

  async setConcurrency(concurrency: number): Promise<void> {
    if (this.isStopped || concurrency === this.runner.concurrency) return;
    this.runner.setConcurrency(concurrency);
    // A channel lost meanwhile consumes with the new number when it is back.
    await endsWithin(CONSUME_TIMEOUT_MS, this.consume());
  }

  async drain(timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    this.isStopped = true;
    this.runner.setConcurrency(0);
    await endsWithin(Math.min(timeoutMs, CONSUME_TIMEOUT_MS), this.consume());
    return this.runner.finish(deadline - Date.now());
  }

  override async close(): Promise<void> {
    await this.drain(CLOSE_DRAIN_MS);
    await this.live?.close();
  }

  /** Brings the consumer in line with the wanted concurrency; a prefetch applies only to consumers made after it. */
  private consume(): Promise<void> {
    const turn = this.turn.then(() => within(ANSWER_TIMEOUT_MS, this.reconsume(), noAnswer));
    this.turn = turn.catch(() => {
      // Nobody knows what the broker has made of it: a new channel begins anew.
      if (this.consumer) void closeQuietly(this.consumer.channel);
    });
    return turn;
  }

  private async reconsume(): Promise<void> {
    const { consumer } = this;
    if (!consumer) return;
    const { channel, queue, tag } = consumer;
    consumer.tag = undefined;
    if (tag) await channel.cancel(tag);
    const { concurrency } = this.runner;
    if (concurrency === 0) return this.runner.handBack();
    await channel.prefetch(concurrency);
    const reply = await channel.consume(queue, (message) => {
      if (message) void this.handleMessage(message, channel);
      // The broker cancelled the consumer: its queue was deleted. A new channel declares and consumes it anew.
      else channel.close().catch(() => undefined);
    });
    consumer.tag = reply.consumerTag;
  }
}

/** RabbitMQ 3.10 counts every return in x-delivery-count, 4.3 only those of lost consumers: the rest is in x-acquired-count. */
function countDeliveries({ properties: { headers = {} } }: ConsumeMessage): number {
  return 1 + Math.max(Number(headers['x-delivery-count'] ?? 0), Number(headers['x-acquired-count'] ?? 0));
}

function settle(verb: () => void): void {
  try {
    verb();
  } catch {
    // The channel is closed: the broker has requeued the message.
  }
}

function isRefusal(error: unknown): error is Error & { code: number } {
  return error instanceof Error && 'code' in error && REFUSALS.includes(error.code as number);
}
