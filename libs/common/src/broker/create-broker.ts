import type { Broker } from './broker.js';
import { MemoryBroker } from './memory-broker.js';
import { RabbitBroker } from './rabbit-broker.js';

/** The broker that a BROKER_URL names: `memory:` or `amqp(s)://user:password@host:port/vhost?prefix=…`. Connects by itself. */
export function createBroker(url: string): Broker {
  const scheme = /^[a-z]+:/.exec(url)?.[0];
  if (scheme === 'memory:') return new MemoryBroker();
  if (scheme === 'amqp:' || scheme === 'amqps:') return new RabbitBroker(url);
  // Not the URL itself: it may hold a password.
  throw new Error(`BROKER_URL must begin with memory:, amqp: or amqps:, not with ${scheme ?? 'no scheme at all'}`);
}
