import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PublishError } from '#common/broker/broker.js';
import { CHUNKS } from '#common/broker/topology.js';
import { chunkReady } from '#common/contracts/chunk-ready.contract.js';
import { insertIgnore } from '#common/persistence/dialect.js';
import type { JobView } from '../../apps/gateway/src/jobs/job.view.js';
import { GatewayApp } from '../support/gateway-app.js';
import { makeRunningJob } from '../support/make-job.js';
import { DATABASES, type TestDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

interface WorkerView {
  name: string;
  status: string;
  job: string | null;
  chunk: number | null;
  url: string | null;
}

describe.each(DATABASES)('gateway: workers and numbers on $name', ({ create }) => {
  let database: TestDatabase;
  let gateway: GatewayApp;

  beforeAll(async () => {
    database = await create();
    gateway = await GatewayApp.start(database.dataSource);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const table of ['workers', 'chunks', 'jobs']) await database.dataSource.query(`DELETE FROM ${table}`);
  });
  afterAll(async () => {
    await gateway?.close();
    await database?.drop();
  });

  const addWorker = (name: string, over: Record<string, unknown> = {}): Promise<number> => {
    const row = {
      name,
      replica: 'r1',
      host: 'box',
      status: 'idle',
      job_id: null,
      chunk_no: null,
      url: null,
      consecutive_errors: 0,
      emails_per_second: 1.25,
      heartbeat_at: Date.now(),
      ...over,
    };
    return insertIgnore(database.dataSource, 'workers', Object.keys(row), [Object.values(row)]);
  };
  const listWorkers = async (): Promise<WorkerView[]> =>
    (await gateway.get<{ data: WorkerView[] }>('/v1/workers')).body.data;

  describe('GET /v1/workers', () => {
    it('shows what each slot does', async () => {
      const { body: job } = await gateway.post<JobView>('/v1/jobs', {
        source: { type: 'sites', sites: ['a.example'] },
      });
      const heartbeatAt = Date.now();
      await addWorker('r1-1', {
        status: 'running',
        job_id: job.id,
        chunk_no: 7,
        url: 'https://a.example/x',
        consecutive_errors: 2,
        error: 'a bug',
        heartbeat_at: heartbeatAt,
      });
      expect(await listWorkers()).toEqual([
        {
          name: 'r1-1',
          replica: 'r1',
          host: 'box',
          status: 'running',
          job: job.id,
          chunk: 7,
          url: 'https://a.example/x',
          consecutiveErrors: 2,
          heartbeatAt: new Date(heartbeatAt).toISOString(),
          emailsPerSecond: 1.25,
          error: 'a bug',
        },
      ]);
    });

    it('orders slots by number', async () => {
      for (const slot of [10, 2, 1]) await addWorker(`r1-${slot}`);
      expect((await listWorkers()).map(({ name }) => name)).toEqual(['r1-1', 'r1-2', 'r1-10']);
    });

    it('keeps the jobs of other accounts to itself', async () => {
      const foreign = await makeRunningJob(database.dataSource, [['a.example']]);
      await addWorker('r1-1', { status: 'running', job_id: foreign, chunk_no: 0, url: 'https://secret.example/' });
      expect(await listWorkers()).toMatchObject([{ status: 'running', job: null, chunk: null, url: null }]);
    });

    it('calls a worker gone without heartbeats, and forgets it after ten minutes', async () => {
      const now = Date.now();
      await addWorker('r1-1', { status: 'running', heartbeat_at: now - 5_000 });
      await addWorker('r1-2', { status: 'running', heartbeat_at: now - 11_000 });
      await addWorker('r1-3', { status: 'running', heartbeat_at: now - 601_000 });
      expect((await listWorkers()).map(({ name, status }) => [name, status])).toEqual([
        ['r1-1', 'running'],
        ['r1-2', 'gone'],
      ]);
    });
  });

  describe('POST /v1/workers/{name}/restart', () => {
    it('tells the scrapers', async () => {
      await addWorker('r1-1', { status: 'crashed' });
      const publish = vi.spyOn(gateway.broker, 'publish');
      const answer = await gateway.post('/v1/workers/r1-1/restart');
      expect([answer.status, answer.body]).toEqual([202, { name: 'r1-1' }]);
      expect(publish).toHaveBeenCalledWith(expect.objectContaining({ name: 'worker.restarted' }), { name: 'r1-1' });
    });

    it('404 for a worker that nobody knows', async () => {
      expect((await gateway.post('/v1/workers/nobody/restart')).status).toBe(404);
    });

    it('503 when they cannot be told', async () => {
      await addWorker('r1-1');
      vi.spyOn(gateway.broker, 'publish').mockRejectedValueOnce(new PublishError('disconnected', 'worker.restarted'));
      const answer = await gateway.post('/v1/workers/r1-1/restart');
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    });
  });

  describe('GET /v1/stats', () => {
    it('adds up jobs, workers and tickets', async () => {
      await gateway.post('/v1/jobs', { source: { type: 'sites', sites: ['a.example'] } });
      const chunks = [['a.example'], ['b.example'], ['c.example']];
      await makeRunningJob(database.dataSource, chunks, { workerCount: 2 });
      const job = await makeRunningJob(database.dataSource, chunks, { workerCount: 100 });
      await database.dataSource.query("UPDATE chunks SET state = 'done' WHERE job_id = ? AND chunk_no = 0", [job]);
      await addWorker('r1-1', { status: 'running' });
      await addWorker('r1-2', { status: 'waiting' });
      await addWorker('r1-3', { status: 'crashed' });
      await addWorker('r1-4', { heartbeat_at: 1 });
      await gateway.broker.publish(chunkReady, { jobId: job, chunkNo: 1 });
      await waitFor(async () => (await gateway.broker.countReady(CHUNKS)) === 1);
      const { body } = await gateway.get('/v1/stats');
      expect(body).toEqual({ activeJobs: 1, liveWorkers: 2, desiredWorkers: 4, queueDepth: 1, emailsPerSecond: 2.5 });
    });

    it('is silent about tickets while the broker is', async () => {
      vi.spyOn(gateway.broker, 'countReady').mockRejectedValueOnce(new Error('no'));
      expect((await gateway.get('/v1/stats')).body.queueDepth).toBeNull();
      vi.spyOn(gateway.broker, 'isConnected').mockReturnValue(false);
      expect((await gateway.get('/v1/stats')).body.queueDepth).toBeNull();
    });
  });
});
