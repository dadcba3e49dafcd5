import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jobProgressed, type ProgressSnapshot } from '#common/contracts/job-progressed.contract.js';
import { JOB_MOVES, type JobMove, type JobStatus } from '#common/domain/job-status.js';
import { moveJob, recordEvent } from '#common/persistence/job-moves.js';
import { StreamLimits } from '../../apps/gateway/src/events/stream-limits.js';
import { jobView, type JobView } from '../../apps/gateway/src/jobs/job.view.js';
import { EventReader } from '../support/event-reader.js';
import { GatewayApp } from '../support/gateway-app.js';
import { DATABASES, type TestDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

describe.each(DATABASES)('gateway: event streams on $name', ({ create }) => {
  let database: TestDatabase;
  let gateway: GatewayApp;
  let limits: StreamLimits;
  const readers: EventReader[] = [];

  beforeAll(async () => {
    database = await create();
    gateway = await GatewayApp.start(database.dataSource);
    limits = gateway.app.get(StreamLimits);
  });
  afterEach(() => {
    for (const reader of readers.splice(0)) reader.close();
    Object.assign(limits, new StreamLimits());
  });
  afterAll(async () => {
    await gateway?.close();
    await database?.drop();
  });

  const submit = async (): Promise<JobView> =>
    (await gateway.post<JobView>('/v1/jobs', { source: { type: 'sites', sites: ['a.example'] } })).body;
  const follow = async (id: string, headers: Record<string, string> = {}) => {
    const opened = await EventReader.open(`${gateway.url}/v1/jobs/${id}/events`, {
      authorization: `Bearer ${gateway.key}`,
      ...headers,
    });
    readers.push(opened.reader);
    return opened;
  };
  const move = (id: string, name: JobMove, set: Record<string, string | number | null> = {}): Promise<boolean> =>
    database.dataSource.transaction((manager) => moveJob(manager, id, name, set));
  const snapshotOf = (job: JobView, version: number, percent = version): ProgressSnapshot => ({
    ...job.progress,
    version,
    percent,
  });
  const write = (job: JobView, snapshot: ProgressSnapshot): Promise<unknown> =>
    database.dataSource.query('UPDATE jobs SET snapshot = ?, snapshot_seq = ? WHERE id = ?', [
      JSON.stringify(snapshot),
      snapshot.version,
      job.id,
    ]);
  const publish = (job: JobView, snapshot: ProgressSnapshot, status: JobStatus = 'running'): Promise<void> =>
    gateway.broker.publish(jobProgressed, { jobId: job.id, status, snapshot });
  /** To a terminal status with its last snapshot, as the orchestrator finishes a job. */
  const finish = async (job: JobView, end: JobMove, version: number): Promise<void> => {
    await move(job.id, 'plan');
    await move(job.id, 'run');
    await move(job.id, end, {
      snapshot: JSON.stringify(snapshotOf(job, version, 100)),
      snapshot_seq: version,
      finished_at: 1,
    });
  };

  it('begins with the status and the progress as they are', async () => {
    const job = await submit();
    const { response, reader } = await follow(job.id);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toContain('no-cache');
    await waitFor(() => reader.events.length === 2);
    expect(reader.events).toEqual([
      { event: 'status', data: { status: 'queued' } },
      { event: 'progress', data: job.progress },
    ]);
    expect(reader.retryMs).toBe(2000);
  });

  it('passes progress on as it is published, and never goes back', async () => {
    const job = await submit();
    const { reader } = await follow(job.id);
    await reader.waitForEvent('progress');
    for (const version of [3, 5, 4, 5, 2, 9]) await publish(job, snapshotOf(job, version), 'queued');
    await waitFor(() => reader.ofType('progress').length === 4);
    expect(reader.ofType('progress').map(({ data }) => data.version)).toEqual([0, 3, 5, 9]);
  });

  it('serves every client of a job, and no other job’s', async () => {
    const [job, other] = [await submit(), await submit()];
    const { reader: a } = await follow(job.id);
    const { reader: b } = await follow(job.id);
    const { reader: c } = await follow(other.id);
    for (const reader of [a, b, c]) await reader.waitForEvent('progress');
    await publish(job, snapshotOf(job, 3), 'queued');
    await waitFor(() => a.ofType('progress').length === 2 && b.ofType('progress').length === 2);
    expect(c.ofType('progress')).toHaveLength(1);
  });

  it('finds out by itself when messages are lost', async () => {
    limits.pollMs = 20;
    const job = await submit();
    const { reader } = await follow(job.id);
    await reader.waitForEvent('progress');
    await move(job.id, 'plan');
    await write(job, snapshotOf(job, 4));
    await waitFor(() => reader.ofType('status').length === 2 && reader.ofType('progress').length === 2);
    expect(reader.ofType('status')[1]).toEqual({
      id: expect.stringMatching(/^\d+$/),
      event: 'status',
      data: { status: 'planning' },
    });
    expect(reader.ofType('progress')[1]?.data).toEqual(snapshotOf(job, 4));
  });

  it('tells a new status as soon as progress mentions it', async () => {
    const job = await submit();
    const { reader } = await follow(job.id);
    await reader.waitForEvent('progress');
    await move(job.id, 'plan');
    await publish(job, snapshotOf(job, 1), 'planning');
    await waitFor(() => reader.ofType('status').some(({ data }) => data.status === 'planning'), { timeoutMs: 1000 });
  });

  it.each<JobMove>(['complete', 'completeWithErrors'])(
    'after %s, ends the stream with the last snapshot and the job',
    async (end) => {
      const status = JOB_MOVES[end].to;
      const job = await submit();
      const { reader } = await follow(job.id);
      await reader.waitForEvent('progress');
      await finish(job, end, 8);
      await publish(job, snapshotOf(job, 8, 100), status);
      await waitFor(() => reader.isClosed);
      const [progress, complete] = reader.events.slice(-2);
      expect(progress).toEqual({ event: 'progress', data: snapshotOf(job, 8, 100) });
      expect(complete?.event).toBe('complete');
      expect(jobView.parse(complete?.data)).toMatchObject({ id: job.id, status, progress: snapshotOf(job, 8, 100) });
      expect(reader.ofType('status').map(({ data }) => data.status)).toEqual(['queued', 'planning', 'running', status]);
    },
  );

  it('answers for a finished job at once', async () => {
    const job = await submit();
    await finish(job, 'complete', 3);
    const { reader } = await follow(job.id);
    await waitFor(() => reader.isClosed);
    expect(reader.events.map(({ event }) => event)).toEqual(['status', 'progress', 'complete']);
  });

  it('replays what came after Last-Event-ID, then goes on live', async () => {
    limits.pollMs = 20;
    const job = await submit();
    await move(job.id, 'plan');
    const { reader: all } = await follow(job.id, { 'last-event-id': '0' });
    await waitFor(() => all.ofType('status').length === 2);
    expect(all.ofType('status').map(({ data }) => data.status)).toEqual(['queued', 'planning']);

    const { reader: rest } = await follow(job.id, { 'last-event-id': all.events[0]?.id ?? '' });
    await waitFor(() => rest.ofType('status').length === 1);
    await database.dataSource.transaction((manager) =>
      recordEvent(manager, job.id, 'job_error', { code: 'internal', chunk: 3, message: 'one\nline' }),
    );
    await move(job.id, 'run');
    for (const reader of [all, rest])
      await waitFor(() => reader.ofType('status').some(({ data }) => data.status === 'running'));
    expect(rest.ofType('status').map(({ data }) => data.status)).toEqual(['planning', 'running']);
    expect(rest.ofType('job_error').map(({ data }) => data)).toEqual([
      { code: 'internal', chunk: 3, message: 'one\nline' },
    ]);
    const ids = rest.events.flatMap(({ id }) => (id === undefined ? [] : [Number(id)]));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  it('replays more events than one reading takes', async () => {
    const job = await submit();
    await database.dataSource.transaction(async (manager) => {
      for (let i = 0; i < 1100; i++) await recordEvent(manager, job.id, 'job_error', { i });
    });
    const { reader } = await follow(job.id, { 'last-event-id': '0' });
    await waitFor(() => reader.ofType('job_error').length === 1100);
    expect(reader.ofType('job_error').map(({ data }) => data.i)).toEqual(Array.from({ length: 1100 }, (_, i) => i));
  });

  it.each(['abc', '-1', '1e3', '9'.repeat(20)])('422 for Last-Event-ID %s', async (value) => {
    const { response } = await follow((await submit()).id, { 'last-event-id': value });
    expect(response.status).toBe(422);
  });

  it('says ping in between', async () => {
    limits.pingMs = 20;
    const { reader } = await follow((await submit()).id);
    await waitFor(() => reader.comments.length >= 2);
    expect(new Set(reader.comments)).toEqual(new Set(['ping']));
  });

  it('refuses more clients than it can serve, until one leaves', async () => {
    limits.maxClients = 2;
    const { id } = await submit();
    const first = await follow(id);
    await follow(id);
    const third = await follow(id);
    expect(third.response.status).toBe(503);
    expect(third.response.headers.get('retry-after')).toBe('10');
    first.reader.close();
    await waitFor(async () => (await follow(id)).response.status === 200);
  });

  it('ends all streams when the gateway stops', async () => {
    const own = await create();
    const stopping = await GatewayApp.start(own.dataSource);
    const { body: job } = await stopping.post<JobView>('/v1/jobs', { source: { type: 'sites', sites: ['a.example'] } });
    const { reader } = await EventReader.open(`${stopping.url}/v1/jobs/${job.id}/events`, {
      authorization: `Bearer ${stopping.key}`,
    });
    await reader.waitForEvent('progress');
    await stopping.close();
    await waitFor(() => reader.isClosed);
    await own.drop();
  });
});
