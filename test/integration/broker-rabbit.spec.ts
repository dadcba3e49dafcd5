import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { type Channel, type ChannelModel, connect, type GetMessage } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RabbitBroker } from '#common/broker/rabbit-broker.js';
import type { RabbitServer } from '#common/broker/rabbit-server.js';
import { CHUNKS, JOBS, SCRAPER_EVENTS, SUBSCRIPTIONS, Topology } from '#common/broker/topology.js';
import { chunkReady } from '#common/contracts/chunk-ready.contract.js';
import { jobChanged } from '#common/contracts/job-changed.contract.js';
import { startConsumer } from '../support/broker-app.js';
import { type BrokerBench, chunk, describeBroker, makeGate } from '../support/broker-conformance.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { waitFor } from '../support/wait-for.js';

// A missing broker fails this suite; it never skips.
const url = new URL(process.env.TEST_BROKER_URL ?? 'amqp://guest:guest@127.0.0.1:5672');
const target = { host: url.hostname, port: Number(url.port || 5672) };

let connection: ChannelModel;
let admin: Channel;
let prefix: string;
let topology: Topology;

beforeAll(async () => {
  connection = await connect(url.href);
  // A delete that finds nothing must not end the suite's own connection.
  connection.on('error', () => undefined);
});
afterAll(() => connection.close());

/** Names of its own for one test, on the broker itself or on a proxy before it. */
async function useOwnNames(port = target.port): Promise<string> {
  prefix = `t${randomBytes(4).toString('hex')}`;
  topology = new Topology(prefix);
  admin = await connection.createChannel();
  const own = new URL(url);
  own.port = String(port);
  own.searchParams.set('prefix', prefix);
  return own.href;
}

async function deleteOwnNames(): Promise<void> {
  const exchanges = SUBSCRIPTIONS.flatMap(({ contracts }) =>
    contracts.map((contract) => topology.exchangeOf(contract)),
  );
  const queues = SUBSCRIPTIONS.map((subscription) => topology.queueOf(subscription));
  for (const queue of [...queues, topology.deadLetters]) await admin.deleteQueue(queue);
  for (const exchange of [...exchanges, topology.deadLetters]) await admin.deleteExchange(exchange);
  await admin.close();
}

async function createOwn(): Promise<Parameters<typeof describeBroker>[1] extends () => Promise<infer T> ? T : never> {
  const broker = new RabbitBroker(await useOwnNames());
  await waitFor(() => broker.isConnected());
  const dead: Buffer[] = [];
  return {
    broker,
    async inject(subscription, content) {
      if (subscription.kind === 'broadcast')
        admin.publish(topology.exchangeOf(subscription.contracts[0]!), '', content);
      else admin.sendToQueue(topology.queueOf(subscription), content);
    },
    async readDeadLetters() {
      for (;;) {
        const message = await admin.get(topology.deadLetters, { noAck: true });
        if (!message) return dead;
        dead.push(message.content);
      }
    },
    async dispose() {
      await broker.close();
      await deleteOwnNames();
    },
  };
}

describeBroker('RabbitBroker', createOwn, (bench) => {
  describe('its consumer', () => {
    it('revives after its queue was deleted', async () => {
      const seen: number[] = [];
      const server = await bench.consume(CHUNKS, ({ chunkNo }) => seen.push(chunkNo));
      await admin.deleteQueue(topology.queueOf(CHUNKS));
      await waitFor(() => !server.isReady());
      await waitFor(() => server.isReady());
      await bench.broker.publish(chunkReady, chunk(1));
      await waitFor(() => seen.length === 1);
    });

    it('revives alone after the broker closed its channel, with what ran delivered again', async () => {
      const jobs = await bench.consume(JOBS, () => undefined);
      const gate = makeGate();
      const server = (await bench.consume(CHUNKS, gate.handle)) as RabbitServer;
      await bench.broker.publish(chunkReady, chunk(1));
      await waitFor(() => gate.started.length === 1);
      doubleAck(server);
      await waitFor(() => !server.isReady());
      expect(jobs.isReady()).toBe(true);
      await waitFor(() => server.isReady());
      await waitFor(() => gate.started.length === 2, { message: 'the second delivery' });
      // The first handler ends on a channel that is gone: it must not be acknowledged on the new one.
      gate.open();
      await waitFor(() => gate.finished.length === 2);
      await bench.close(server);
      expect(await bench.broker.countReady(CHUNKS)).toBe(0);
      expect(jobs.isReady()).toBe(true);
    });

    it('does not start what the broker took back with the channel', async () => {
      const gate = makeGate();
      const server = (await bench.consume(CHUNKS, gate.handle, { concurrency: 2 })) as RabbitServer;
      await Promise.all([0, 1, 2].map((n) => bench.broker.publish(chunkReady, chunk(n))));
      await waitFor(() => gate.started.length === 2);
      for (const _ of ['once', 'and again, with two that wait for the handlers of the first channel']) {
        doubleAck(server);
        await waitFor(() => !server.isReady());
        await waitFor(() => server.isReady());
        await waitFor(async () => (await bench.broker.countReady(CHUNKS)) === 1);
      }
      gate.open();
      await waitFor(() => gate.finished.length === 5);
      expect(gate.most()).toBe(2);
      await bench.close(server);
      expect(gate.finished).toHaveLength(5);
    });

    it('fails to start, naming the queue, when the queue exists with other arguments', async () => {
      const queue = topology.queueOf(CHUNKS);
      await admin.deleteQueue(queue);
      await admin.assertQueue(queue);
      await expect(bench.consume(CHUNKS, () => undefined)).rejects.toThrow(`the broker refuses queue ${queue}`);
      // The rest of the process goes on.
      const jobs = await bench.consume(JOBS, () => undefined);
      expect(jobs.isReady()).toBe(true);
    });
  });

  it('rejects a message whose queue is gone, and brings the queue back', async () => {
    await admin.deleteQueue(topology.queueOf(CHUNKS));
    await expect(bench.broker.publish(chunkReady, chunk(1))).rejects.toMatchObject({
      name: 'PublishError',
      code: 'unroutable',
    });
    await waitFor(() => bench.broker.publish(chunkReady, chunk(1)).then(() => true));
    expect(await bench.broker.countReady(CHUNKS)).toBe(1);
  });

  it('rejects, instead of waiting for ever, while the broker refuses its topology, and recovers', async () => {
    const queue = topology.queueOf(CHUNKS);
    await admin.deleteQueue(queue);
    await admin.assertQueue(queue);
    await expect(bench.broker.countReady(CHUNKS)).rejects.toThrow('PRECONDITION');
    await waitFor(() => !bench.broker.isConnected());
    await admin.deleteQueue(queue);
    await bench.broker.publish(chunkReady, chunk(1));
    expect(bench.broker.isConnected()).toBe(true);
  });

  it('stores work durably and broadcasts without', async () => {
    await bench.broker.publish(chunkReady, chunk(1));
    const message = await waitFor(() => admin.get(topology.queueOf(CHUNKS), { noAck: true }));
    expect((message as GetMessage).properties).toMatchObject({ deliveryMode: 2, contentType: 'application/json' });
    expect((message as GetMessage).properties.messageId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('RabbitBroker behind a network that fails', () => {
  let proxy: FaultProxy;
  let broker: RabbitBroker;
  const lines: string[] = [];
  const consumers: Awaited<ReturnType<typeof startConsumer>>[] = [];
  const consume: BrokerBench['consume'] = async (...args) => {
    const consumer = await startConsumer(broker, ...args);
    consumers.push(consumer);
    return consumer.server;
  };

  beforeEach(async () => {
    lines.length = 0;
    const record = (level: string) => (message: string, facts?: unknown) =>
      void lines.push(`${level} ${message} ${JSON.stringify(facts)}`);
    Logger.overrideLogger({ log: record('log'), warn: record('warn'), error: record('error') });
    proxy = new FaultProxy(target);
    await proxy.open();
    broker = new RabbitBroker(await useOwnNames(proxy.port), 1000);
  });
  afterEach(async () => {
    await Promise.all(consumers.splice(0).map(({ app }) => app.close()));
    await broker.close();
    await proxy.close();
    await deleteOwnNames();
  });
  const outages = (): string[] => lines.filter((line) => line.includes('unreachable'));

  it('consumes and publishes again after the connections broke, with a word once and a call back', async () => {
    const reconnected = vi.fn();
    broker.onReconnect(reconnected);
    const seen: number[] = [];
    const events: unknown[] = [];
    const server = await consume(CHUNKS, ({ chunkNo }) => seen.push(chunkNo));
    const listener = await consume(SCRAPER_EVENTS, (payload) => events.push(payload));
    await waitFor(() => broker.isConnected());
    await proxy.cut();
    await waitFor(() => !server.isReady() && !broker.isConnected());
    await proxy.heal();
    await waitFor(() => server.isReady() && listener.isReady() && broker.isConnected());
    await broker.publish(chunkReady, chunk(1));
    await broker.publish(jobChanged, { jobId: chunk(1).jobId });
    await waitFor(() => seen.length === 1 && events.length === 1);
    await waitFor(() => reconnected.mock.calls.length === 1);
    expect(outages()).toHaveLength(1);
    expect(outages()[0]).toContain(`127.0.0.1:${proxy.port}`);
    expect(lines.filter((line) => line.includes('reachable again'))).toHaveLength(1);
    expect(lines.join()).not.toContain('guest');
  });

  it('delivers what ran again, and settles it once', async () => {
    const gate = makeGate();
    const server = await consume(CHUNKS, gate.handle);
    await broker.publish(chunkReady, chunk(1));
    await waitFor(() => gate.started.length === 1);
    await proxy.cut();
    await proxy.heal();
    await waitFor(() => gate.started.length === 2);
    gate.open();
    await waitFor(() => gate.finished.length === 2);
    expect(await server.drain(1000)).toBe(true);
    expect(await broker.countReady(CHUNKS)).toBe(0);
  });

  it('keeps what is published while it is away for a moment', async () => {
    await waitFor(() => broker.isConnected());
    await proxy.cut();
    await waitFor(() => !broker.isConnected());
    const published = broker.publish(chunkReady, chunk(1));
    await proxy.heal();
    await published;
    expect(await broker.countReady(CHUNKS)).toBe(1);
  });

  it('rejects within the timeout while disconnected', async () => {
    await waitFor(() => broker.isConnected());
    await proxy.cut();
    await waitFor(() => !broker.isConnected());
    const before = Date.now();
    await expect(broker.publish(chunkReady, chunk(1))).rejects.toMatchObject({
      name: 'PublishError',
      code: 'disconnected',
    });
    expect(Date.now() - before).toBeLessThan(1500);
    await expect(broker.countReady(CHUNKS)).rejects.toThrow('not connected');
    await proxy.heal();
  });

  it('drains and closes while the broker is away', async () => {
    const gate = makeGate();
    const server = await consume(CHUNKS, gate.handle);
    await broker.publish(chunkReady, chunk(1));
    await waitFor(() => gate.started.length === 1);
    await proxy.cut();
    const drained = server.drain(2000);
    gate.open();
    expect(await drained).toBe(true);
    await broker.close();
    expect(broker.isConnected()).toBe(false);
  });

  it('starts without a broker and consumes when there is one, with one warning', async () => {
    await proxy.cut();
    await waitFor(() => outages().length === 1);
    const seen: number[] = [];
    const consuming = consume(CHUNKS, ({ chunkNo }) => seen.push(chunkNo));
    const before = Date.now();
    await waitFor(() => Date.now() - before > 600);
    await proxy.heal();
    await (await consuming).setConcurrency(2);
    await broker.publish(chunkReady, chunk(1));
    await waitFor(() => seen.length === 1);
    expect(outages()).toHaveLength(1);
  });
});

/** What a bug would do: settle a delivery that does not exist, whereupon the broker closes the channel with 406. */
function doubleAck(server: RabbitServer): void {
  const { channel } = server['consumer']!;
  channel.ack({ fields: { deliveryTag: 999 } } as never);
}
