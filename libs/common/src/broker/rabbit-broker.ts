import { randomUUID } from 'node:crypto';
import type { ConfirmChannel } from 'amqplib';
import PQueue from 'p-queue';
import type { MessageContract } from '../contracts/message.js';
import { within } from '../domain/deadline.js';
import { Broker, PublishError, type ServerOptions } from './broker.js';
import { LiveChannel, noAnswer } from './live-channel.js';
import { OutageLog, parseRabbitUrl, RabbitConnection } from './rabbit-connection.js';
import { RabbitServer } from './rabbit-server.js';
import { type Subscription, Topology } from './topology.js';
import { encodeMessage } from './wire.js';

const PUBLISH_TIMEOUT_MS = 5000;
const MAX_IN_FLIGHT = 1000;

/**
 * RabbitMQ. Publishes on a connection of its own, since a broker under pressure stops reading from those that publish,
 * which must not stop acks; all servers of the process share the other one.
 */
export class RabbitBroker extends Broker {
  private readonly topology: Topology;
  private readonly publishing: RabbitConnection;
  private readonly consuming: RabbitConnection;
  private readonly live: LiveChannel<ConfirmChannel>;
  private readonly window = new PQueue({ concurrency: MAX_IN_FLIGHT });
  private readonly returned = new Set<string>();
  private readonly reconnectCallbacks: (() => void)[] = [];
  private wasOpen = false;
  private closing?: Promise<void>;

  constructor(
    url: string,
    private readonly publishTimeoutMs = PUBLISH_TIMEOUT_MS,
  ) {
    super();
    const address = parseRabbitUrl(url);
    const outages = new OutageLog(address.label);
    this.topology = new Topology(address.prefix);
    this.publishing = new RabbitConnection(address, outages);
    this.consuming = new RabbitConnection(address, outages);
    this.live = new LiveChannel(this.publishing, {
      open: (connection) => connection.createConfirmChannel(),
      setup: (channel) => this.setup(channel),
    });
  }

  async publish<T>(contract: MessageContract<T>, payload: T): Promise<void> {
    const content = encodeMessage(contract, payload);
    if (this.closing) throw new PublishError('closed', contract.name);
    // It would wait in this process' memory, beside all others that come before the broker has room again.
    if (this.publishing.isBlocked) throw new PublishError('blocked', contract.name);
    const deadline = Date.now() + this.publishTimeoutMs;
    await this.window.add(() => this.send(contract, content, deadline));
  }

  async countReady(subscription: Subscription): Promise<number> {
    const channel = await this.live.whenOpen(this.publishTimeoutMs);
    const reply = this.topology.declareQueue(channel, subscription);
    return (await within(this.publishTimeoutMs, reply, noAnswer)).messageCount;
  }

  createServer(subscription: Subscription, options?: ServerOptions): RabbitServer {
    return new RabbitServer(this.consuming, this.topology, subscription, options);
  }

  isConnected(): boolean {
    return this.live.isOpen();
  }

  onReconnect(callback: () => void): void {
    this.reconnectCallbacks.push(callback);
  }

  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    // Bounded: each message in the window ends by its own deadline.
    await this.window.onIdle();
    await this.live.close();
    await Promise.all([this.publishing.close(), this.consuming.close()]);
  }

  private async setup(channel: ConfirmChannel): Promise<void> {
    await this.topology.declareAll(channel);
    channel.on('return', ({ properties }) => {
      this.returned.add(properties.messageId as string);
      // The queue was deleted: make the next attempt succeed.
      this.topology.declareAll(channel).catch(() => undefined);
    });
    if (this.wasOpen) for (const callback of this.reconnectCallbacks) setImmediate(callback);
    this.wasOpen = true;
  }

  private async send(contract: MessageContract, content: Buffer, deadline: number): Promise<void> {
    const channel = await this.live.whenOpen(deadline - Date.now()).catch((cause: unknown) => {
      throw new PublishError('disconnected', contract.name, { cause });
    });
    await within(
      deadline - Date.now(),
      this.sendConfirmed(channel, contract, content),
      () => new PublishError('unconfirmed', contract.name),
    );
  }

  private sendConfirmed(channel: ConfirmChannel, contract: MessageContract, content: Buffer): Promise<void> {
    const { exchange, routingKey, durable } = this.topology.routeOf(contract);
    const messageId = randomUUID();
    const options = { messageId, persistent: durable, mandatory: durable, contentType: 'application/json' };
    return new Promise((resolve, reject) => {
      const fail = (code: PublishError['code'], cause?: unknown): void =>
        reject(new PublishError(code, contract.name, { cause }));
      try {
        channel.publish(exchange, routingKey, content, options, (error: Error | null) => {
          // An unroutable message is returned and then confirmed all the same.
          const wasReturned = this.returned.delete(messageId);
          if (error) fail(error.message === 'message nacked' ? 'refused' : 'unconfirmed', error);
          else if (wasReturned) fail('unroutable');
          else resolve();
        });
      } catch (error) {
        fail('disconnected', error);
      }
    });
  }
}
