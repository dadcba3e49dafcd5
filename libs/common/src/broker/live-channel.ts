import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Channel, ChannelModel } from 'amqplib';
import { endsWithin, within } from '../domain/deadline.js';
import { describeError } from '../domain/errors.js';
import type { RabbitConnection } from './rabbit-connection.js';

const REOPEN_MS = 250;
/** Heartbeats tell of a broker that is gone, this of one that lives and does not answer. */
const OPEN_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2000;

interface LiveChannelOptions<C extends Channel> {
  open: (connection: ChannelModel) => Promise<C>;
  /** Declares and consumes; runs on every new channel before anybody gets it. */
  setup: (channel: C) => Promise<void>;
  onSetupFailure?: (error: unknown) => void;
}

/**
 * A channel that is opened and set up again whenever it or its connection closes. amqp-connection-manager revives a
 * channel only with its connection; one that the broker closes alone (406, consumer timeout) stays dead there.
 */
export class LiveChannel<C extends Channel> {
  private readonly logger = new Logger('Broker');
  private readonly stopping = new AbortController();
  private readonly opened = new EventEmitter().setMaxListeners(0);
  private readonly ended: Promise<void>;
  private channel?: C;
  private lastFailure = '';

  constructor(
    private readonly connection: RabbitConnection,
    private readonly options: LiveChannelOptions<C>,
  ) {
    this.ended = this.keepOpen();
  }

  isOpen(): boolean {
    return this.channel !== undefined;
  }

  /** The channel as soon as there is one; rejects when there is none in time. */
  async whenOpen(timeoutMs: number): Promise<C> {
    if (this.channel) return this.channel;
    const signal = AbortSignal.timeout(Math.max(0, timeoutMs));
    const [channel] = await once(this.opened, 'open', { signal }).catch((cause: unknown) => {
      throw new Error('not connected to the broker', { cause });
    });
    return channel as C;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    if (this.channel) await endsWithin(CLOSE_TIMEOUT_MS, closeQuietly(this.channel));
    await endsWithin(CLOSE_TIMEOUT_MS, this.ended);
  }

  private async keepOpen(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.openOnce(await this.connection.connected(signal));
        await delay(REOPEN_MS, undefined, { signal });
      } catch {
        // Only the abort by close() gets here.
      }
    }
  }

  /** Opens a channel and returns when it is closed again. Never rejects. */
  private async openOnce(connection: ChannelModel): Promise<void> {
    let channel: C | undefined;
    try {
      channel = await this.open(connection);
      const closed = this.watch(channel);
      await within(OPEN_TIMEOUT_MS, this.options.setup(channel), noAnswer);
      if (this.stopping.signal.aborted) return await closeQuietly(channel);
      this.channel = channel;
      this.lastFailure = '';
      this.opened.emit('open', channel);
      await closed;
    } catch (error) {
      this.reportFailure(error);
      if (channel) await endsWithin(CLOSE_TIMEOUT_MS, closeQuietly(channel));
    } finally {
      this.channel = undefined;
    }
  }

  private open(connection: ChannelModel): Promise<C> {
    const opening = this.options.open(connection);
    return within(OPEN_TIMEOUT_MS, opening, () => {
      // Nobody waits for it any more.
      opening.then(closeQuietly, () => undefined);
      return noAnswer();
    });
  }

  /** Resolves when the channel closes. Without a listener, its errors would take the whole connection down. */
  private watch(channel: C): Promise<void> {
    channel.on('error', (error) => {
      if (this.channel === channel) this.logger.warn('broker closed a channel', { error: describeError(error) });
    });
    return new Promise((resolve) => channel.once('close', resolve));
  }

  /** A lost connection has its own line, and a fault that repeats at every attempt needs only one. */
  private reportFailure(error: unknown): void {
    const text = describeError(error);
    if (this.connection.isConnected() && text !== this.lastFailure) {
      this.logger.warn('broker channel could not be set up', { error: text });
      this.lastFailure = text;
    }
    this.options.onSetupFailure?.(error);
  }
}

/** What to say of a broker that lives and does not answer. */
export function noAnswer(): Error {
  return new Error('the broker does not answer');
}

export async function closeQuietly(channel: Channel): Promise<void> {
  try {
    await channel.close();
  } catch {
    // Closed already, which was the aim.
  }
}
