import type { Broker } from './broker.js';
import { MemoryBroker } from './memory-broker.js';
import { RabbitBroker } from './rabbit-broker.js';

/** The broker a BROKER_URL names: `memory:` or `amqp(s)://user:password@host:port/vhost?prefix=…`. */
export function createBroker(url: string): Broker {
  const scheme = url.slice(0, url.indexOf(':') + 1);
  if (scheme === 'memory:') return new MemoryBroker();
  if (scheme === 'amqp:' || scheme === 'amqps:') return new RabbitBroker(url);
  throw new Error(`BROKER_URL must begin with memory:, amqp: or amqps:, not with ${scheme || 'no scheme'}`);
}
