import { describe, expect, it } from 'vitest';
import { createBroker } from '#common/broker/create-broker.js';
import { MemoryBroker } from '#common/broker/memory-broker.js';
import { describeBroker } from '../support/broker-conformance.js';

describeBroker('MemoryBroker', async () => {
  const broker = new MemoryBroker();
  return {
    broker,
    inject: async (subscription, content) => broker.enqueue(subscription, content),
    readDeadLetters: async () => broker.deadLetters.map(({ content }) => content),
    dispose: () => broker.close(),
  };
});

describe('createBroker', () => {
  it('says which schemes there are, without the URL and its password', () => {
    expect(() => createBroker('redis://user:secret@host')).toThrow(
      'BROKER_URL must begin with memory:, amqp: or amqps:, not with redis:',
    );
  });
});
