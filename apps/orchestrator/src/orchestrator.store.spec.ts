import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { MemoryBroker } from '#common/broker/memory-broker.js';
import { CHUNKS } from '#common/broker/topology.js';
import { loadConfig } from '#common/config/load-config.js';
import type { Reopening } from '#common/contracts/reopening.js';
import { insertIgnore } from '#common/persistence/dialect.js';
import { makeJob, makeRunningJob } from '../../../test/support/make-job.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { DATABASES, type TestDatabase } from '../../../test/support/test-database.js';
import { ChunkStore } from '../../scraper/src/chunks/chunk.store.js';
import { ChunkSitesStore } from '../../scraper/src/chunks/chunk-sites.store.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { DispatchStore } from './dispatch/dispatch.store.js';
import { FinishingStore } from './finishing/finishing.store.js';
import { HousekeepingStore } from './housekeeping/housekeeping.store.js';
import { LeaderLease } from './leadership/leader-lease.js';
import { PlanningService } from './planning/planning.service.js';
import { PlanningStore } from './planning/planning.store.js';
import { ReopeningStore } from './planning/reopening.store.js';
import { WorkersStore } from './workers/workers.store.js';

const config = loadConfig({}, {});

describe.each(DATABASES)('the orchestrator on $name', ({ create }) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await create();
  });
  afterEach(() => database.drop());

  const query = (sql: string, ...params: unknown[]) => database.dataSource.query(sql, params);
  const jobOf = async (id: string) => (await query('SELECT * FROM jobs WHERE id = ?', id))[0];
  const chunksOf = (id: string) => query('SELECT * FROM chunks WHERE job_id = ? ORDER BY chunk_no', id);
  const setChunk = (id: string, no: number, state: string) =>
    query('UPDATE chunks SET state = ?, lease_until = 1 WHERE job_id = ? AND chunk_no = ?', state, id, no);

  describe('planning', () => {
    const planner = (): PlanningService =>
      new PlanningService(new PlanningStore(database.dataSource), new ReopeningStore(database.dataSource), config);

    it('puts every site into exactly one chunk, all inputs of a site into the same', async () => {
      const hosts = Array.from({ length: 45 }, (_, i) => `h${i % 40}.example`);
      const id = await makeJob(database.dataSource, { hosts, target: 200 });
      await planner().planWaiting(() => true);
      expect(await jobOf(id)).toMatchObject({ status: 'running', worker_count: 10, sites_total: 40 });
      const chunks = await chunksOf(id);
      expect(chunks.map((chunk: { sites: number }) => chunk.sites)).toEqual(Array(10).fill(4));
      const planned = await query(
        `SELECT i.host AS host, COUNT(DISTINCT c.chunk_no) AS n FROM job_inputs i
           JOIN chunks c ON c.job_id = i.job_id AND i.host BETWEEN c.first_host AND c.last_host
          WHERE i.job_id = ? GROUP BY i.host`,
        id,
      );
      expect(planned).toHaveLength(40);
      expect(planned.every((row: { n: number }) => row.n === 1)).toBe(true);
    });

    it('goes on where a planner died, and two planners at once do no harm', async () => {
      const hosts = Array.from({ length: 30 }, (_, i) => `h${String(i).padStart(2, '0')}.example`);
      const id = await makeJob(database.dataSource, { hosts, target: 10 * 20 });
      const store = new PlanningStore(database.dataSource);
      await store.beginPlanning(id, { workerCount: 10, sites: 30 });
      expect(await store.addChunks(id, 3, 6)).toBe('more');
      expect(await chunksOf(id)).toHaveLength(2);
      await Promise.all([planner().planWaiting(() => true), planner().planWaiting(() => true)]);
      expect((await jobOf(id)).status).toBe('running');
      const chunks = await chunksOf(id);
      expect(chunks).toHaveLength(10);
      expect(chunks.reduce((sum: number, chunk: { sites: number }) => sum + chunk.sites, 0)).toBe(30);
    });

    it('adds nothing to a job that was cancelled meanwhile', async () => {
      const id = await makeJob(database.dataSource, { status: 'cancelling' });
      expect(await new PlanningStore(database.dataSource).addChunks(id, 1, 10)).toBe('stopped');
      expect(await chunksOf(id)).toHaveLength(0);
    });

    it('fails a job without a site', async () => {
      const id = await makeJob(database.dataSource, { hosts: [] });
      await planner().planWaiting(() => true);
      expect(await jobOf(id)).toMatchObject({ status: 'failed', error: 'there is no site to visit' });
    });

    it('plans only so many jobs of an account ahead, and those of others and of higher priority all the same', async () => {
      const [many, few] = [uuidv7(), uuidv7()];
      for (let i = 0; i < 130; i++) await makeJob(database.dataSource, { accountId: many });
      const own = planner();
      while (await own.planWaiting(() => true));
      const planned = async (accountId: string): Promise<number> =>
        (await query("SELECT id FROM jobs WHERE account_id = ? AND status = 'running'", accountId)).length;
      expect(await planned(many)).toBe(100);
      expect(own.hasBacklog()).toBe(true);
      await makeJob(database.dataSource, { accountId: few });
      const urgent = await makeJob(database.dataSource, { accountId: many, priority: 9 });
      await own.planWaiting(() => true);
      expect([await planned(few), (await jobOf(urgent)).status]).toEqual([1, 'running']);
      // It would never be planned, and a job that is not planned cannot end.
      const overdue = await makeJob(database.dataSource, { accountId: many });
      await query("UPDATE jobs SET error = 'deadline_exceeded' WHERE id = ?", overdue);
      await own.planWaiting(() => true);
      expect((await jobOf(overdue)).status).toBe('running');
      // What has been dispatched makes room.
      await query("UPDATE chunks SET state = 'dispatched'");
      while (await own.planWaiting(() => true));
      expect(await planned(many)).toBe(132);
      expect(own.hasBacklog()).toBe(false);
    });
  });

  describe('a retry', () => {
    const hosts = [['a.example', 'b.example'], ['c.example'], ['d.example'], ['e.example']];
    const retry = async (over: Partial<Reopening>): Promise<string> => {
      const id = await makeRunningJob(database.dataSource, hosts);
      for (const [no, state] of ['done', 'failed', 'cancelled', 'done'].entries()) await setChunk(id, no, state);
      await query(
        "UPDATE chunks SET failures = 5, losses = 2, error = 'x', sites_done = sites, emails = 3 WHERE job_id = ?",
        id,
      );
      await insertIgnore(
        database.dataSource,
        'sites',
        ['job_id', 'host', 'chunk_no', 'outcome', 'emails', 'pages', 'bytes', 'finished_at'],
        [
          [id, 'a.example', 0, 'timeout', 0, 0, 0, 1],
          [id, 'b.example', 0, 'found', 3, 1, 1, 1],
          [id, 'e.example', 3, 'no_address', 0, 1, 1, 1],
        ],
      );
      await query(
        "UPDATE jobs SET status = 'planning', reopening = ? WHERE id = ?",
        JSON.stringify({ states: [], outcomes: [], ...over }),
        id,
      );
      const store = new PlanningStore(database.dataSource);
      await new PlanningService(store, new ReopeningStore(database.dataSource), config).planWaiting(() => true);
      expect(await jobOf(id)).toMatchObject({ status: 'running', reopening: null });
      return id;
    };
    const openOf = async (id: string): Promise<number[]> =>
      (await chunksOf(id))
        .filter((chunk: { state: string }) => chunk.state === 'pending')
        .map((chunk: { chunk_no: number }) => chunk.chunk_no);

    it('opens the chunks in the named states, with their failures forgotten', async () => {
      const id = await retry({ states: ['failed', 'cancelled'] });
      expect(await openOf(id)).toEqual([1, 2]);
      expect((await chunksOf(id))[1]).toMatchObject({ failures: 0, losses: 0, error: null, emails: 3 });
    });

    it('runs sites of the named outcomes again, and no other of their chunk', async () => {
      const id = await retry({ outcomes: ['timeout', 'http_error'] });
      expect(await openOf(id)).toEqual([0]);
      const chunks = new ChunkStore(database.dataSource, config);
      const [claim] = await chunks.claim([{ jobId: id, chunkNo: 0, worker: 'w' }]);
      expect((await new ChunkSitesStore(database.dataSource).open(claim!)).sites.map(({ host }) => host)).toEqual([
        'a.example',
      ]);
      expect(claim).toMatchObject({ sitesDone: 1 });
    });

    it('stops where the job is cancelled meanwhile', async () => {
      const id = await makeRunningJob(database.dataSource, hosts);
      await query("UPDATE jobs SET status = 'cancelling' WHERE id = ?", id);
      const store = new ReopeningStore(database.dataSource);
      expect(
        await store.reopenChunks({ id, sourceType: 'sites' }, { states: ['failed'], outcomes: [] }, { from: 0, to: 9 }),
      ).toBe('stopped');
    });
  });

  describe('dispatch', () => {
    const heartbeat = (count: number, status: 'idle' | 'crashed' = 'idle') =>
      new WorkersStore(database.dataSource).saveHeartbeat({
        replica: `r-${status}`,
        host: 'h',
        at: 1,
        slots: Array.from({ length: count }, (_, i) => ({
          name: `r-${status}-${i}`,
          status,
          jobId: null,
          chunkNo: null,
          url: null,
          consecutiveErrors: 0,
          emailsPerSecond: 0,
          error: null,
        })),
      });
    const hosts = (count: number): string[][] =>
      Array.from({ length: count }, (_, i) => [`h${String(i).padStart(3, '0')}.example`]);

    it('keeps 1.25 times the live slots in flight, and nothing while no slot lives', async () => {
      const broker = new MemoryBroker();
      const dispatcher = new Dispatcher(new DispatchStore(database.dataSource, config), broker);
      const id = await makeRunningJob(database.dataSource, hosts(40));
      await dispatcher.dispatch();
      expect(await broker.countReady(CHUNKS)).toBe(0);
      await heartbeat(20);
      await heartbeat(5, 'crashed');
      await waitFor(async () => {
        await dispatcher.dispatch();
        return !dispatcher.isFilling();
      });
      await dispatcher.dispatch();
      expect(await broker.countReady(CHUNKS)).toBe(25);
      const states = (await chunksOf(id)).map((chunk: { state: string }) => chunk.state);
      expect(states.filter((state: string) => state === 'dispatched')).toHaveLength(25);
    });

    it('sets chunks back that the broker refuses, and sends them later', async () => {
      const broker = new MemoryBroker();
      const refusing = Object.assign(new MemoryBroker(), { publish: () => Promise.reject(new Error('down')) });
      const store = new DispatchStore(database.dataSource, config);
      const id = await makeRunningJob(database.dataSource, hosts(3));
      await heartbeat(10);
      await new Dispatcher(store, refusing).dispatch();
      expect((await chunksOf(id)).every((chunk: { state: string }) => chunk.state === 'pending')).toBe(true);
      await new Dispatcher(store, broker).dispatch();
      expect(await broker.countReady(CHUNKS)).toBe(3);
    });

    it('sends again what a former leader may have lost', async () => {
      const id = await makeRunningJob(database.dataSource, hosts(2));
      await setChunk(id, 0, 'dispatched');
      await query('UPDATE chunks SET dispatched_at = 5 WHERE chunk_no = 0');
      await heartbeat(10);
      const broker = new MemoryBroker();
      await new Dispatcher(new DispatchStore(database.dataSource, config), broker).dispatch();
      expect(await broker.countReady(CHUNKS)).toBe(2);
    });

    it('gives expired chunks back, and fails them at the tenth loss', async () => {
      const store = new DispatchStore(database.dataSource, config);
      const chunks = new ChunkStore(database.dataSource, config);
      const id = await makeRunningJob(database.dataSource, hosts(1));
      for (let losses = 1; losses <= 10; losses++) {
        expect(await chunks.claim([{ jobId: id, chunkNo: 0, worker: `w-${losses}` }])).not.toEqual([null]);
        expect(await store.reapExpired()).toBe(0);
        await query('UPDATE chunks SET lease_until = 5');
        expect(await store.reapExpired()).toBe(1);
        expect((await chunksOf(id))[0]).toMatchObject({
          state: losses < 10 ? 'pending' : 'failed',
          losses,
          failures: 0,
        });
      }
    });
  });

  describe('finishing', () => {
    const store = (): FinishingStore => new FinishingStore(database.dataSource);
    const hosts = [['a.example'], ['b.example']];

    it.each([
      [['done', 'done'], 'completed', null],
      [['done', 'failed'], 'completed_with_errors', '1 of 2 chunks failed'],
    ])('chunks %s end as %s', async (states, status, error) => {
      const id = await makeRunningJob(database.dataSource, hosts);
      await setChunk(id, 0, states[0]!);
      expect(await store().listFinishable()).toEqual([]);
      expect(await store().finish(id)).toBeNull();
      await setChunk(id, 1, states[1]!);
      expect(await store().listFinishable()).toHaveLength(1);
      expect(await store().finish(id)).toMatchObject({ status, snapshot: { percent: 100 } });
      expect(await store().finish(id)).toBeNull();
      const job = await jobOf(id);
      expect(job).toMatchObject({ status, error });
      expect(JSON.parse(job.snapshot).version).toBe(job.snapshot_seq);
      expect(await query('SELECT event FROM job_events WHERE job_id = ?', id)).toHaveLength(1);
    });

    it('cancels the open chunks of a cancelled job, and leaves running ones to themselves', async () => {
      const id = await makeRunningJob(database.dataSource, [...hosts, ['c.example']]);
      await new ChunkStore(database.dataSource, config).claim([{ jobId: id, chunkNo: 0, worker: 'w' }]);
      await setChunk(id, 1, 'dispatched');
      await query("UPDATE jobs SET status = 'cancelling' WHERE id = ?", id);
      expect(await store().cancelUnneeded()).toBe(2);
      expect(await store().finish(id)).toBeNull();
      await setChunk(id, 0, 'cancelled');
      expect(await store().finish(id)).toMatchObject({ status: 'cancelled' });
    });

    it('completes a job that reached its target with the rest of its chunks cancelled', async () => {
      const id = await makeRunningJob(database.dataSource, hosts, { target: 1 });
      await setChunk(id, 0, 'done');
      await query('UPDATE jobs SET target_reached_at = 1 WHERE id = ?', id);
      expect(await store().cancelUnneeded()).toBe(1);
      expect(await store().finish(id)).toMatchObject({ status: 'completed' });
    });

    it('ends an overdue job with an error', async () => {
      const id = await makeRunningJob(database.dataSource, hosts);
      await query('UPDATE jobs SET deadline_at = 5 WHERE id = ?', id);
      expect(await store().markOverdue()).toBe(1);
      expect(await store().cancelUnneeded()).toBe(2);
      expect(await store().finish(id)).toMatchObject({ status: 'completed_with_errors' });
      expect((await jobOf(id)).error).toBe('deadline_exceeded');
    });
  });

  it.each(['max_pages', 'max_bytes'])('ends a job whose budget of %s is spent', async (budget) => {
    const finishing = new FinishingStore(database.dataSource);
    const id = await makeRunningJob(database.dataSource, [['a.example'], ['b.example'], ['c.example']]);
    await query(`UPDATE jobs SET ${budget} = 10 WHERE id = ?`, id);
    await query('UPDATE chunks SET pages = 3, bytes = 3 WHERE job_id = ?', id);
    expect(await finishing.markOverBudget()).toBe(0);
    await query("UPDATE chunks SET pages = 4, bytes = 4, state = 'done' WHERE job_id = ? AND chunk_no < 2", id);
    expect(await finishing.markOverBudget()).toBe(1);
    expect(await finishing.markOverBudget()).toBe(0);
    expect(await finishing.cancelUnneeded()).toBe(1);
    expect(await finishing.finish(id)).toMatchObject({ status: 'completed_with_errors' });
    expect((await jobOf(id)).error).toBe('budget_exceeded');
  });

  it('forgets robots files, hosts and workers that have had their time', async () => {
    const now = Date.now();
    await query(
      `INSERT INTO host_leases (host, holder, expires_at, next_fetch_at) VALUES
         ('old.example', 'w', 1, 1), ('due.example', 'w', 1, ${now + 60_000}), ('held.example', 'w', ${now + 6000}, 0)`,
    );
    await query(
      `INSERT INTO robots_cache (origin, status, fetched_at, expires_at) VALUES
         ('http://old.example', 'absent', 1, 1), ('http://new.example', 'absent', 1, ${now + 60_000})`,
    );
    await new HousekeepingStore(database.dataSource).deleteExpired(() => true);
    expect(await query('SELECT host FROM host_leases ORDER BY host')).toEqual([
      { host: 'due.example' },
      { host: 'held.example' },
    ]);
    expect(await query('SELECT origin FROM robots_cache')).toEqual([{ origin: 'http://new.example' }]);
  });

  it('frees at once what a dead process held of an embedded database, and counts only deaths of a bug as losses', async () => {
    const store = new DispatchStore(database.dataSource, config);
    const chunks = new ChunkStore(database.dataSource, config);
    const id = await makeRunningJob(database.dataSource, [['a.example'], ['b.example']]);
    const claims = await chunks.claim([0, 1].map((chunkNo) => ({ jobId: id, chunkNo, worker: `w-${chunkNo}` })));
    await chunks.abandon([claims[1]!], 'w-1', 'a bug');
    await new LeaderLease(database.dataSource, config).renew();
    await store.takeBackAll();
    expect(await store.reapExpired()).toBe(1);
    expect(await new LeaderLease(database.dataSource, config).renew()).toBe(true);
    expect(await chunksOf(id)).toMatchObject([
      { state: 'pending', losses: 0, lease_until: null },
      { state: 'pending', losses: 1, lease_until: null },
    ]);
    const errors = await query('SELECT worker, message FROM job_errors WHERE job_id = ? ORDER BY id', id);
    expect(errors).toEqual([
      { worker: 'w-1', message: 'a bug' },
      { worker: 'w-1', message: 'the worker was lost while it ran the chunk' },
    ]);
  });

  it('has one leader, and a successor when its lease ends', async () => {
    const [first, second] = [1, 2].map(() => new LeaderLease(database.dataSource, config));
    expect([await first!.renew(), await second!.renew()]).toEqual([true, false]);
    expect([first!.isLeader(), second!.isLeader()]).toEqual([true, false]);
    await query('UPDATE leases SET expires_at = 5');
    expect(await second!.renew()).toBe(true);
    await first!.renew();
    expect([first!.isLeader(), second!.isLeader()]).toEqual([false, true]);
    await second!.release();
    expect(await first!.renew()).toBe(true);
  });
});
