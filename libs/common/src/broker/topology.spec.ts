import { describe, expect, it } from 'vitest';
import { chunkReady } from '../contracts/chunk-ready.contract.js';
import { jobChanged } from '../contracts/job-changed.contract.js';
import { defineMessage } from '../contracts/message.js';
import { workerHeartbeat } from '../contracts/worker-heartbeat.contract.js';
import { CHUNKS, SUBSCRIPTIONS, Topology, subscriptionsOf } from './topology.js';

describe('Topology', () => {
  it('versions every name and puts the prefix first', () => {
    expect(new Topology().queueOf(CHUNKS)).toBe('gleaner.chunks.v1');
    expect(new Topology('t1').queueOf(CHUNKS)).toBe('t1.gleaner.chunks.v1');
    expect(new Topology('t1').deadLetters).toBe('t1.gleaner.dead.v1');
  });

  it('routes work to its queue and broadcasts to the exchange of their message', () => {
    const topology = new Topology();
    expect(topology.routeOf(chunkReady)).toEqual({ exchange: '', routingKey: 'gleaner.chunks.v1', durable: true });
    expect(topology.routeOf(workerHeartbeat)).toMatchObject({ routingKey: 'gleaner.heartbeats.v1', durable: false });
    expect(topology.routeOf(jobChanged)).toEqual({
      exchange: 'gleaner.job.changed.v1',
      routingKey: '',
      durable: false,
    });
  });

  it('gives a message that is not a broadcast one subscription only', () => {
    for (const { kind, contracts } of SUBSCRIPTIONS) {
      if (kind !== 'broadcast') for (const contract of contracts) expect(subscriptionsOf(contract)).toHaveLength(1);
    }
  });

  it('knows no message without a subscription', () => {
    const stray = defineMessage('stray', chunkReady.schema);
    expect(() => new Topology().routeOf(stray)).toThrow('stray has no subscription');
  });
});
