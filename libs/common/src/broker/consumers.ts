import type { BrokerServer } from './broker.js';
import type { Subscription } from './topology.js';

/** The consuming servers of this process. */
export class Consumers {
  constructor(private readonly servers: readonly BrokerServer[]) {}

  get(subscription: Subscription): BrokerServer {
    const found = this.servers.find((server) => server.subscription === subscription);
    if (!found) throw new Error(`this process does not consume ${subscription.name}`);
    return found;
  }

  areReady(): boolean {
    return this.servers.every((server) => server.isReady());
  }

  /** First step of a shutdown: what has not started goes back, nothing new comes. Waits up to `timeoutMs` for the rest. */
  async drain(timeoutMs: number): Promise<void> {
    await Promise.all(this.servers.map((server) => server.drain(timeoutMs)));
  }
}
