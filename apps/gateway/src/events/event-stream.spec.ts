import { PassThrough } from 'node:stream';
import type { Response } from 'express';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProgressSnapshot } from '#common/contracts/job-progressed.contract.js';
import { readProgress } from '../jobs/job.view.js';
import { EventStream } from './event-stream.js';

/** A response whose client reads only when the test says so. */
class FakeResponse extends PassThrough {
  constructor() {
    super({ highWaterMark: 500 });
  }

  status(): this {
    return this;
  }

  set(): this {
    return this;
  }

  /** Reads all there is, until nothing more comes. */
  async readAll(): Promise<string> {
    let text = '';
    for (let part: Buffer | null; (part = this.read() as Buffer | null); await new Promise(setImmediate))
      text += part.toString();
    return text;
  }
}

const snapshot = (version: number): ProgressSnapshot => readProgress({ snapshot: null, snapshotSeq: version });
const versionsIn = (text: string): number[] => [...text.matchAll(/"version":(\d+)/g)].map((match) => Number(match[1]));

describe('EventStream', () => {
  let response: FakeResponse;
  let stream: EventStream;
  let onClose: () => void;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onClose = vi.fn<() => void>();
    response = new FakeResponse();
    stream = new EventStream(response as unknown as Response, 10, { pingMs: 1000, retryMs: 500 }, onClose);
  });
  afterEach(() => {
    response.destroy();
    vi.useRealTimers();
  });

  it('spares a client that does not keep up all progress but the newest', async () => {
    for (let version = 1; version <= 1000; version++) stream.sendProgress(snapshot(version));
    expect(response.writableLength + response.readableLength).toBeLessThan(5000);
    const versions = versionsIn(await response.readAll());
    expect(versions.at(-1)).toBe(1000);
    expect(versions.length).toBeLessThan(10);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });

  it('never goes back to an older version', async () => {
    for (const version of [2, 1, 2, 3]) {
      stream.sendProgress(snapshot(version));
      await response
        .readAll()
        .then((text) => expect(versionsIn(text)).toEqual([2, 3].includes(version) && text !== '' ? [version] : []));
    }
  });

  it('sends the last snapshot and the job at the end, and no older one after it', async () => {
    for (let version = 1; version <= 50; version++) stream.sendProgress(snapshot(version));
    stream.complete({ progress: snapshot(51) });
    stream.sendProgress(snapshot(60));
    const text = await response.readAll();
    expect(versionsIn(text).slice(-2)).toEqual([51, 51]);
    expect(text.trimEnd().split('\n').at(-2)).toBe('event: complete');
  });

  it('sends an event once', async () => {
    for (const id of [9, 10, 11, 11, 12]) stream.sendEvent({ id, event: 'status', data: '{}' });
    expect([...(await response.readAll()).matchAll(/id: (\d+)/g)].map((match) => match[1])).toEqual(['11', '12']);
  });

  it('cuts off a client that leaves a megabyte of events unread', () => {
    const data = JSON.stringify('x'.repeat(10_000));
    for (let id = 11; id < 300 && !response.destroyed; id++) stream.sendEvent({ id, event: 'job_error', data });
    expect(response.destroyed).toBe(true);
  });

  it('cuts off a client that has not read between two pings, keeps one that has', async () => {
    for (let version = 1; version <= 50; version++) stream.sendProgress(snapshot(version));
    vi.advanceTimersByTime(1000);
    await response.readAll();
    vi.advanceTimersByTime(1000);
    expect(response.destroyed).toBe(false);
    for (let version = 51; version <= 99; version++) stream.sendProgress(snapshot(version));
    vi.advanceTimersByTime(2000);
    expect(response.destroyed).toBe(true);
  });

  it('says when the client has gone, and pings no more', async () => {
    response.destroy();
    await vi.waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
    vi.advanceTimersByTime(5000);
    stream.send('status', {});
  });
});
