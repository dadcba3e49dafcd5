import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { map, timer } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Broker, type BrokerServer, PublishError, type ServerOptions } from '#common/broker/broker.js';
import { CHUNKS, HEARTBEATS, SCRAPER_EVENTS, type Subscription } from '#common/broker/topology.js';
import { type ChunkReady, chunkReady } from '#common/contracts/chunk-ready.contract.js';
import { jobChanged } from '#common/contracts/job-changed.contract.js';
import type { MessageContract } from '#common/contracts/message.js';
import { workerHeartbeat } from '#common/contracts/worker-heartbeat.contract.js';
import { workerRestarted } from '#common/contracts/worker-restarted.contract.js';
import { PermanentError } from '#common/domain/errors.js';
import { type Handle, startConsumer } from './broker-app.js';
import { waitFor } from './wait-for.js';

/** One broker under test, with names of its own, and the two things only an outsider does. */
export interface BrokerUnderTest {
  broker: Broker;
  /** Puts bytes into the queue of a subscription, past the publisher's checks. */
  inject(subscription: Subscription, content: Buffer): Promise<void>;
  /** All dead letters so far. */
  readDeadLetters(): Promise<Buffer[]>;
  /** Closes the broker and deletes what it declared. */
  dispose(): Promise<void>;
}

/** The tools of a conformance test; specs of one broker add tests of their own with them. */
export interface BrokerBench {
  readonly broker: Broker;
  readonly inject: BrokerUnderTest['inject'];
  readDeadLetters(): Promise<Buffer[]>;
  readonly consume: (subscription: Subscription, handle: Handle, options?: ServerOptions) => Promise<BrokerServer>;
  readonly close: (server: BrokerServer) => Promise<void>;
}

const JOB = randomUUID();
const HOLD_MS = 60;
const short: ServerOptions = { holdMs: () => HOLD_MS };
const byNumber = (a: number, b: number): number => a - b;
const fail = (call: number): never => {
  throw new PermanentError(`call ${call}`);
};
const heartbeat = { replica: 'r1', host: 'h', at: 1, slots: [] };

export const chunk = (chunkNo: number): ChunkReady => ({ jobId: JOB, chunkNo });

/** A message that stays in its handler until told to end. */
export function makeGate(): {
  handle: Handle;
  started: number[];
  finished: number[];
  most: () => number;
  open: () => void;
} {
  let release: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (release = resolve));
  const started: number[] = [];
  const finished: number[] = [];
  let most = 0;
  const handle: Handle = async ({ chunkNo }) => {
    started.push(chunkNo);
    most = Math.max(most, started.length - finished.length);
    await opened;
    // Leave in a later turn, so that handlers overlap where the broker lets them.
    await new Promise((resolve) => setImmediate(resolve));
    finished.push(chunkNo);
  };
  return { handle, started, finished, most: () => most, open: release };
}

/** Every behaviour that both brokers share: what is not here does not exist. */
export function describeBroker(
  name: string,
  create: () => Promise<BrokerUnderTest>,
  more?: (bench: BrokerBench) => void,
): void {
  describe(name, () => {
    let subject: BrokerUnderTest;
    let consumers: Awaited<ReturnType<typeof startConsumer>>[];
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown): void => void unhandled.push(error);

    const consume: BrokerBench['consume'] = async (subscription, handle, options = short) => {
      const consumer = await startConsumer(subject.broker, subscription, handle, options);
      consumers.push(consumer);
      return consumer.server;
    };
    const bench: BrokerBench = {
      get broker() {
        return subject.broker;
      },
      inject: (subscription, content) => subject.inject(subscription, content),
      readDeadLetters: () => subject.readDeadLetters(),
      consume,
      close: async (server) => consumers.find((consumer) => consumer.server === server)?.app.close(),
    };
    const publish = <T>(contract: MessageContract<T>, payload: T): Promise<void> =>
      subject.broker.publish(contract, payload);
    const publishChunks = (from: number, to: number): Promise<void[]> =>
      Promise.all(Array.from({ length: to - from }, (_, i) => publish(chunkReady, chunk(from + i))));

    beforeAll(() => {
      Logger.overrideLogger(false);
      process.on('unhandledRejection', onUnhandled);
    });
    afterAll(() => {
      process.off('unhandledRejection', onUnhandled);
    });
    beforeEach(async () => {
      consumers = [];
      unhandled.length = 0;
      subject = await create();
    });
    afterEach(async () => {
      await Promise.all(consumers.map(({ app }) => app.close()));
      await subject.dispose();
      expect(unhandled).toEqual([]);
    });

    describe('publishing', () => {
      it('keeps a message that is published before any consumer exists', async () => {
        await publish(chunkReady, chunk(1));
        const seen: unknown[] = [];
        await consume(CHUNKS, (payload) => seen.push(payload));
        await waitFor(() => seen.length === 1);
        expect(seen).toEqual([chunk(1)]);
      });

      it('rejects a payload that its contract refuses', async () => {
        const bad = { ...chunk(1), chunkNo: -1 };
        await expect(publish(chunkReady, bad)).rejects.toThrow(PermanentError);
        await expect(publish(chunkReady, { ...chunk(1), more: 1 } as never)).rejects.toThrow(PermanentError);
        expect(await subject.broker.countReady(CHUNKS)).toBe(0);
      });

      it('counts the messages that are ready, not those being handled', async () => {
        await publishChunks(0, 3);
        await waitFor(async () => (await subject.broker.countReady(CHUNKS)) === 3);
        const gate = makeGate();
        await consume(CHUNKS, gate.handle, { concurrency: 1 });
        await waitFor(async () => (await subject.broker.countReady(CHUNKS)) === 2);
        expect(gate.started).toHaveLength(1);
        gate.open();
        await waitFor(() => gate.finished.length === 3);
        expect(await subject.broker.countReady(CHUNKS)).toBe(0);
      });

      it('hands every handler a copy', async () => {
        const payload = chunk(1);
        const seen: unknown[] = [];
        await consume(CHUNKS, (received) => seen.push(received));
        const done = publish(chunkReady, payload);
        payload.chunkNo = 99;
        await done;
        await waitFor(() => seen.length === 1);
        expect(seen).toEqual([chunk(1)]);
      });

      it('takes a burst larger than its window', async () => {
        await publishChunks(0, 2500);
        await waitFor(async () => (await subject.broker.countReady(CHUNKS)) === 2500);
      });

      it('is connected until it is closed, and refuses messages afterwards', async () => {
        await publish(chunkReady, chunk(1));
        expect(subject.broker.isConnected()).toBe(true);
        const inFlight = publish(chunkReady, chunk(2));
        await subject.broker.close();
        await inFlight;
        expect(subject.broker.isConnected()).toBe(false);
        await expect(publish(chunkReady, chunk(3))).rejects.toThrow(PublishError);
      });
    });

    describe('outcomes', () => {
      it('acknowledges when the handler returns', async () => {
        const seen: number[] = [];
        const server = await consume(CHUNKS, ({ chunkNo }) => seen.push(chunkNo));
        await publishChunks(0, 3);
        await waitFor(() => seen.length === 3);
        await bench.close(server);
        expect(await subject.broker.countReady(CHUNKS)).toBe(0);
        expect(await subject.readDeadLetters()).toEqual([]);
      });

      it('dead-letters on PermanentError, at once', async () => {
        let calls = 0;
        await consume(CHUNKS, () => {
          calls++;
          throw new PermanentError('impossible content');
        });
        await publish(chunkReady, chunk(7));
        const dead = await waitFor(async () => (await subject.readDeadLetters())[0]);
        expect(JSON.parse(String(dead))).toMatchObject({ pattern: 'chunk.ready', data: chunk(7) });
        expect(calls).toBe(1);
      });

      it('waits for an observable, and for its error', async () => {
        let calls = 0;
        const server = await consume(CHUNKS, () => timer(20).pipe(map(() => fail(++calls))));
        await publish(chunkReady, chunk(1));
        await waitFor(() => calls === 1);
        await publish(chunkReady, chunk(2));
        await waitFor(() => calls === 2);
        await bench.close(server);
        expect(await subject.readDeadLetters()).toHaveLength(2);
      });

      it('holds a delivery after any other error, then requeues it, and says that it is redelivered', async () => {
        const calls: { at: number; redelivered: boolean; deliveries: number }[] = [];
        await consume(CHUNKS, (_, { redelivered, deliveries }) => {
          calls.push({ at: Date.now(), redelivered, deliveries });
          if (calls.length < 3) throw new Error('hiccup');
        });
        await publish(chunkReady, chunk(1));
        await waitFor(() => calls.length === 3);
        expect(calls.map(({ redelivered }) => redelivered)).toEqual([false, true, true]);
        expect(calls.map(({ deliveries }) => deliveries)).toEqual([1, 2, 3]);
        const [first, second] = calls as [(typeof calls)[0], (typeof calls)[0]];
        expect(second.at - first.at).toBeGreaterThanOrEqual(HOLD_MS - 5);
      });

      it('passes the number of deliveries to the hold', async () => {
        const asked: number[] = [];
        let calls = 0;
        const holdMs = (deliveries: number): number => asked.push(deliveries);
        await consume(CHUNKS, () => (++calls < 4 ? Promise.reject(new Error('hiccup')) : undefined), { holdMs });
        await publish(chunkReady, chunk(1));
        await waitFor(() => calls === 4);
        expect(asked).toEqual([1, 2, 3]);
      });

      it('dead-letters the twentieth delivery', async () => {
        let calls = 0;
        await consume(CHUNKS, () => Promise.reject(new Error(`hiccup ${++calls}`)), { holdMs: () => 1 });
        await publish(chunkReady, chunk(1));
        await waitFor(async () => (await subject.readDeadLetters()).length === 1);
        expect(calls).toBe(20);
      });

      it('drops a lossy message whose handler fails', async () => {
        let calls = 0;
        const server = await consume(HEARTBEATS, () => {
          if (++calls === 1) throw new Error('hiccup');
        });
        await publish(workerHeartbeat, heartbeat);
        await publish(workerHeartbeat, heartbeat);
        await waitFor(() => calls === 2);
        await bench.close(server);
        expect(await subject.broker.countReady(HEARTBEATS)).toBe(0);
        expect(await subject.readDeadLetters()).toEqual([]);
      });
    });

    describe('poison', () => {
      const packet = (fields: object): string =>
        JSON.stringify({ pattern: 'chunk.ready', v: 1, data: chunk(0), ...fields });
      const nest = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
      const poisons: Record<string, string | Buffer> = {
        'not JSON': 'hello',
        empty: '',
        'a JSON scalar': '42',
        null: 'null',
        'an array': '[1]',
        'an empty object': '{}',
        'a pattern that is an object': packet({ pattern: { cmd: 'chunk.ready' } }),
        'an unknown pattern': packet({ pattern: 'chunk.gone' }),
        "another subscription's pattern": packet({ pattern: 'job.changed', data: { jobId: JOB } }),
        'a pattern from the prototype': packet({ pattern: '__proto__' }),
        'another version': packet({ v: 2 }),
        'an unknown extra field': packet({ data: { ...chunk(0), extra: true } }),
        'wrong types': packet({ data: { jobId: 1, chunkNo: 'x' } }),
        'missing data': packet({ data: undefined }),
        'null data': packet({ data: null }),
        'a pattern nested 100,000 levels': `{"pattern":${nest(100_000)},"v":1,"data":{}}`,
        'data nested 100,000 levels': `{"pattern":"chunk.ready","v":1,"data":${nest(100_000)}}`,
        'data nested 100,000 objects': `{"pattern":"chunk.ready","v":1,"data":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
        oversize: packet({ padding: 'x'.repeat(1024 * 1024) }),
        binary: Buffer.from([0, 255, 254, 128, 0, 1, 2, 3]),
      };

      it('dead-letters every kind of it and handles the next good message', async () => {
        const seen: unknown[] = [];
        await consume(CHUNKS, (payload) => seen.push(payload));
        for (const poison of Object.values(poisons)) await subject.inject(CHUNKS, Buffer.from(poison as string));
        await publish(chunkReady, chunk(1));
        await waitFor(() => seen.length > 0);
        const expected = Object.values(poisons).map((poison) => Buffer.from(poison as string).length);
        const count = expected.length;
        await waitFor(async () => (await subject.readDeadLetters()).length === count, {
          message: `${count} dead letters`,
        });
        const lengths = (await subject.readDeadLetters()).map(({ length }) => length);
        expect(lengths.toSorted(byNumber)).toEqual(expected.toSorted(byNumber));
        expect(seen).toEqual([chunk(1)]);
      });

      it('drops it from a broadcast', async () => {
        const seen: unknown[] = [];
        await consume(SCRAPER_EVENTS, (payload) => seen.push(payload));
        await subject.inject(SCRAPER_EVENTS, Buffer.from('hello'));
        await publish(jobChanged, { jobId: JOB });
        await waitFor(() => seen.length === 1);
        expect(seen).toEqual([{ jobId: JOB }]);
        expect(await subject.readDeadLetters()).toEqual([]);
      });
    });

    describe('concurrency', () => {
      it('never runs more handlers at once than allowed', async () => {
        const gate = makeGate();
        await consume(CHUNKS, gate.handle, { concurrency: 3 });
        await publishChunks(0, 30);
        await waitFor(() => gate.started.length === 3);
        gate.open();
        await waitFor(() => gate.finished.length === 30);
        expect(gate.most()).toBe(3);
      });

      it('can be raised and lowered while handlers run', async () => {
        const before = makeGate();
        let gate = before;
        const server = await consume(CHUNKS, (...args) => gate.handle(...args), { concurrency: 1 });
        await publishChunks(0, 20);
        await waitFor(() => gate.started.length === 1);
        await server.setConcurrency(4);
        await waitFor(() => gate.started.length === 4);
        const after = makeGate();
        gate = after;
        await server.setConcurrency(2);
        before.open();
        await waitFor(() => after.started.length === 2);
        after.open();
        await waitFor(() => before.finished.length + after.finished.length === 20);
        expect(before.most()).toBe(4);
        expect(after.most()).toBe(2);
      });

      it('stops consuming at 0 and begins again', async () => {
        const seen: number[] = [];
        const server = await consume(CHUNKS, ({ chunkNo }) => seen.push(chunkNo));
        expect(server.isReady()).toBe(true);
        await server.setConcurrency(0);
        expect(server.isReady()).toBe(true);
        await publish(chunkReady, chunk(1));
        await waitFor(async () => (await subject.broker.countReady(CHUNKS)) === 1);
        expect(seen).toEqual([]);
        await server.setConcurrency(1);
        expect(server.isReady()).toBe(true);
        await waitFor(() => seen.length === 1);
      });

      it('may start at 0', async () => {
        const seen: number[] = [];
        const server = await consume(CHUNKS, ({ chunkNo }) => seen.push(chunkNo), { concurrency: 0 });
        await publish(chunkReady, chunk(1));
        await waitFor(async () => (await subject.broker.countReady(CHUNKS)) === 1);
        await Promise.all([server.setConcurrency(3), server.setConcurrency(0), server.setConcurrency(2)]);
        await waitFor(() => seen.length === 1);
      });

      it('shares a queue between two consumers', async () => {
        const gate = makeGate();
        const here: number[] = [];
        const there: number[] = [];
        await consume(CHUNKS, (...args) => (here.push(1), gate.handle(...args)), { concurrency: 2 });
        await consume(CHUNKS, (...args) => (there.push(1), gate.handle(...args)), { concurrency: 2 });
        await publishChunks(0, 4);
        await waitFor(() => gate.started.length === 4);
        gate.open();
        await waitFor(() => gate.finished.length === 4);
        expect([here.length, there.length]).toEqual([2, 2]);
        expect(gate.started.toSorted(byNumber)).toEqual([0, 1, 2, 3]);
      });

      it('gives both consumers work when both have room', async () => {
        const seen: string[] = [];
        await consume(CHUNKS, () => seen.push('here'));
        await consume(CHUNKS, () => seen.push('there'));
        for (let n = 0; n < 10; n++) {
          await publish(chunkReady, chunk(n));
          await waitFor(() => seen.length === n + 1);
        }
        expect(new Set(seen)).toEqual(new Set(['here', 'there']));
      });
    });

    describe('draining', () => {
      it('finishes and acknowledges what runs and leaves the rest in the queue', async () => {
        const gate = makeGate();
        const server = await consume(CHUNKS, gate.handle, { concurrency: 2 });
        await publishChunks(0, 6);
        await waitFor(() => gate.started.length === 2);
        const drained = server.drain(5000);
        await waitFor(() => !server.isReady());
        await publish(chunkReady, chunk(6));
        gate.open();
        expect(await drained).toBe(true);
        await bench.close(server);
        expect(gate.finished.toSorted(byNumber)).toEqual([0, 1]);
        await waitFor(async () => (await subject.broker.countReady(CHUNKS)) === 5);
      });

      it('gives up waiting after its time', async () => {
        const gate = makeGate();
        const server = await consume(CHUNKS, gate.handle);
        await publish(chunkReady, chunk(1));
        await waitFor(() => gate.started.length === 1);
        expect(await server.drain(50)).toBe(false);
        gate.open();
        expect(await server.drain(5000)).toBe(true);
      });

      it('requeues held deliveries at once', async () => {
        let calls = 0;
        const server = await consume(CHUNKS, () => Promise.reject(new Error(`hiccup ${++calls}`)), {
          holdMs: () => 60_000,
        });
        await publish(chunkReady, chunk(1));
        await waitFor(() => calls === 1);
        expect(await server.drain(5000)).toBe(true);
        await waitFor(async () => (await subject.broker.countReady(CHUNKS)) === 1);
      });

      it('requeues at once what fails meanwhile', async () => {
        let fail: (error: Error) => void = () => undefined;
        let calls = 0;
        const server = await consume(CHUNKS, () => new Promise((_, reject) => ((fail = reject), calls++)), {
          holdMs: () => 60_000,
        });
        await publish(chunkReady, chunk(1));
        await waitFor(() => calls === 1);
        const drained = server.drain(5000);
        fail(new Error('hiccup'));
        expect(await drained).toBe(true);
        await waitFor(async () => (await subject.broker.countReady(CHUNKS)) === 1);
      });

      it('happens when the application closes', async () => {
        const gate = makeGate();
        const server = await consume(CHUNKS, gate.handle);
        await publish(chunkReady, chunk(1));
        await waitFor(() => gate.started.length === 1);
        const closed = bench.close(server);
        await waitFor(() => !server.isReady());
        gate.open();
        await closed;
        expect(gate.finished).toEqual([1]);
        expect(await subject.broker.countReady(CHUNKS)).toBe(0);
      });

      it('is for good', async () => {
        const server = await consume(CHUNKS, () => undefined);
        await server.drain(1000);
        await server.setConcurrency(5);
        expect(server.isReady()).toBe(false);
      });
    });

    describe('broadcasts', () => {
      it('reach every server', async () => {
        const seen: string[] = [];
        await consume(SCRAPER_EVENTS, () => seen.push('a'));
        await consume(SCRAPER_EVENTS, () => seen.push('b'));
        await publish(jobChanged, { jobId: JOB });
        await waitFor(() => seen.length === 2);
        expect(seen.toSorted()).toEqual(['a', 'b']);
      });

      it('are lost, without an error, when nobody listens or the handler fails', async () => {
        await publish(jobChanged, { jobId: JOB });
        let calls = 0;
        await consume(SCRAPER_EVENTS, () => {
          if (++calls === 1) throw new PermanentError('no');
        });
        await publish(jobChanged, { jobId: JOB });
        await publish(jobChanged, { jobId: JOB });
        await waitFor(() => calls === 2);
        expect(await subject.readDeadLetters()).toEqual([]);
      });

      it('without a handler in this process are ignored', async () => {
        let calls = 0;
        await consume(SCRAPER_EVENTS, () => calls++);
        await publish(workerRestarted, { name: 'r1-1' });
        await publish(jobChanged, { jobId: JOB });
        await waitFor(() => calls === 1);
      });
    });

    if (more) describe('and only here', () => more(bench));
  });
}
