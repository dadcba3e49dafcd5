import { describe, expect, it } from 'vitest';
import { parseRabbitUrl } from './rabbit-connection.js';

describe('parseRabbitUrl', () => {
  it('keeps the prefix from amqplib and the password from the logs', () => {
    expect(parseRabbitUrl('amqp://user:secret@broker/host?prefix=t1&heartbeat=9')).toEqual({
      url: 'amqp://user:secret@broker/host?heartbeat=9',
      label: 'broker:5672',
      prefix: 't1',
    });
  });

  it('knows the port of TLS', () => {
    expect(parseRabbitUrl('amqps://broker')).toMatchObject({ label: 'broker:5671', prefix: '' });
  });

  it.each(['amqp://user:secret@broker:x', 'amqp://user:secret@broker/?prefix=a.b'])(
    'refuses %s without repeating it',
    (url) => {
      expect(() => parseRabbitUrl(url)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('secret') }),
      );
    },
  );
});
