import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#common/config/load-config.js';
import { insertIgnore } from '#common/persistence/dialect.js';
import { makeFindingJob } from '../../../../test/support/make-job.js';
import { DATABASES, type TestDatabase } from '../../../../test/support/test-database.js';
import { FinishingStore } from '../finishing/finishing.store.js';
import { PlanningService } from './planning.service.js';
import { PlanningStore } from './planning.store.js';
import { ReopeningStore } from './reopening.store.js';
import { WavesService } from './waves.service.js';
import { WavesStore } from './waves.store.js';

describe.each(DATABASES)('waves on $name', ({ create }) => {
  let database: TestDatabase;
  let waves: WavesService;
  beforeEach(async () => {
    database = await create();
    const config = loadConfig({}, {});
    waves = new WavesService(new WavesStore(database.dataSource), new PlanningStore(database.dataSource), config);
  });
  afterEach(() => database.drop());

  const query = (sql: string, ...params: unknown[]) => database.dataSource.query(sql, params);
  const jobOf = async (id: string) => (await query('SELECT * FROM jobs WHERE id = ?', id))[0];
  const slicesOf = async (id: string): Promise<string[]> =>
    (await query('SELECT * FROM chunks WHERE job_id = ? AND slice_query IS NOT NULL ORDER BY chunk_no', id)).map(
      (row: { slice_query: number; slice_page: number }) => `${row.slice_query}/${row.slice_page}`,
    );
  const settle = (id: string, state: string, below = 1000) =>
    query('UPDATE chunks SET state = ? WHERE job_id = ? AND chunk_no < ? AND state <> ?', state, id, below, 'failed');
  const plan = () => waves.planWaves(() => true);
  const start = async (...job: [queries: string[], options?: Parameters<typeof makeFindingJob>[2]]) => {
    const id = await makeFindingJob(database.dataSource, job[0], { target: 100, ...job[1] });
    const planning = new PlanningStore(database.dataSource);
    const reopening = new ReopeningStore(database.dataSource);
    await new PlanningService(planning, reopening, loadConfig({}, {})).planWaiting(() => true);
    return id;
  };

  it('begins with a slice for every 20 addresses wanted, first pages first', async () => {
    const id = await start(['a', 'b', 'c']);
    expect(await jobOf(id)).toMatchObject({ status: 'running', worker_count: 5, source_open: 1, wave: 0 });
    await plan();
    expect(await slicesOf(id)).toEqual(['0/0', '1/0', '2/0', '0/1', '1/1']);
    const events = await query("SELECT data FROM job_events WHERE job_id = ? AND event = 'wave'", id);
    expect(events.map(({ data }: { data: string }) => JSON.parse(data))).toEqual([{ wave: 1, chunks: 5, found: 0 }]);
  });

  it('waits while half of its slices are read, then plans what is still wanted', async () => {
    const id = await start(['a']);
    await plan();
    await settle(id, 'done', 2);
    expect(await plan()).toBe(false);
    await settle(id, 'done');
    await query('UPDATE jobs SET found = 50 WHERE id = ?', id);
    expect(await plan()).toBe(true);
    expect(await slicesOf(id)).toEqual(['0/0', '0/1', '0/2', '0/3', '0/4', '0/5', '0/6', '0/7', '0/8', '0/9']);
    expect(await jobOf(id)).toMatchObject({ wave: 2 });
  });

  it('asks for no page behind a known last one, and closes the source when all are exhausted', async () => {
    const id = await start(['a', 'b']);
    await query('UPDATE job_queries SET last_page = 0 WHERE seq = 0');
    await query('UPDATE job_queries SET last_page = 1 WHERE seq = 1');
    await plan();
    expect(await slicesOf(id)).toEqual(['0/0', '1/0', '1/1']);
    const finishing = new FinishingStore(database.dataSource);
    await settle(id, 'done');
    expect(await finishing.listFinishable()).toEqual([]);
    expect(await finishing.finish(id)).toBeNull();
    await plan();
    expect(await jobOf(id)).toMatchObject({ source_open: 0, wave: 1 });
    expect(await finishing.finish(id)).toMatchObject({ status: 'completed' });
  });

  it('plans no more once the target is reached, and lets the job end', async () => {
    const id = await start(['a']);
    await plan();
    await settle(id, 'done');
    await query('UPDATE jobs SET found = 100, target_reached_at = 1 WHERE id = ?', id);
    expect(await plan()).toBe(false);
    expect(await new FinishingStore(database.dataSource).listFinishable()).toHaveLength(1);
  });

  it('gives a source up of which five slices in a row had no answer, with its reason', async () => {
    const id = await start(['a', 'b', 'c', 'd', 'e', 'f']);
    await plan();
    await query("UPDATE chunks SET state = 'failed', error = 'searxng: no key' WHERE job_id = ?", id);
    await plan();
    expect(await slicesOf(id)).toHaveLength(5);
    const finished = await new FinishingStore(database.dataSource).finish(id);
    expect(finished).toMatchObject({ status: 'failed' });
    expect(await jobOf(id)).toMatchObject({ error: 'searxng: no key' });
  });

  it('does not give up for one bad query of a small search', async () => {
    const id = await start(['bad', 'good'], { target: 4 });
    await plan();
    await query("UPDATE chunks SET state = 'failed' WHERE job_id = ?", id);
    await plan();
    expect(await slicesOf(id)).toEqual(['0/0', '1/0']);
  });

  it('says so where a deadline or budget ends it between two waves, and lets it go on by a retry', async () => {
    const id = await start(['a']);
    await plan();
    await settle(id, 'done');
    await query("UPDATE jobs SET error = 'budget_exceeded' WHERE id = ?", id);
    expect(await new FinishingStore(database.dataSource).finish(id)).toMatchObject({ status: 'completed_with_errors' });
    expect(await jobOf(id)).toMatchObject({ error: 'budget_exceeded', source_open: 1 });
  });

  it('leaves the source open while the job is paused', async () => {
    const id = await start(['a']);
    await query("UPDATE jobs SET status = 'paused' WHERE id = ?", id);
    const store = new WavesStore(database.dataSource);
    expect(await store.addSlices({ id, found: 0 }, 3)).toBe('stopped');
    expect(await store.addRuns(id, 1, 10)).toBe('stopped');
    expect(await jobOf(id)).toMatchObject({ source_open: 1 });
  });

  it('leaves a failed query out, and goes on with the others', async () => {
    const id = await start(['a', 'b']);
    await plan();
    await settle(id, 'done');
    await query("UPDATE chunks SET state = 'failed' WHERE job_id = ? AND chunk_no = 0", id);
    await plan();
    expect(new Set((await slicesOf(id)).slice(5).map((slice) => slice[0]))).toEqual(new Set(['1']));
  });

  it('plans the sites of a sitemap when it is read, like those of a list', async () => {
    const id = await start(['http://a.example/sitemap.xml'], { type: 'sitemap', lastPage: 0, target: null });
    await plan();
    expect(await slicesOf(id)).toEqual(['0/0']);
    expect(await plan()).toBe(false);
    const hosts = Array.from({ length: 60 }, (_, i) => `h${String(i).padStart(2, '0')}.example`);
    const rows = hosts.map((host, seq) => [id, seq, host, `http://${host}/`]);
    await insertIgnore(database.dataSource, 'job_inputs', ['job_id', 'seq', 'host', 'url'], rows);
    await settle(id, 'done');
    await plan();
    const chunks = await query('SELECT sites FROM chunks WHERE job_id = ? AND slice_query IS NULL', id);
    expect(chunks.map(({ sites }: { sites: number }) => sites)).toEqual([20, 20, 20]);
    expect(await jobOf(id)).toMatchObject({ source_open: 0, worker_count: 3 });
  });

  it('plans nothing from the part of a sitemap that was read before it failed', async () => {
    const id = await start(['http://a.example/sitemap.xml'], { type: 'sitemap', lastPage: 0, target: null });
    await plan();
    const row = [id, 0, 'h.example', 'http://h.example/'];
    await insertIgnore(database.dataSource, 'job_inputs', ['job_id', 'seq', 'host', 'url'], [row]);
    await query("UPDATE chunks SET state = 'failed', error = 'HTTP 500' WHERE job_id = ?", id);
    await plan();
    expect(await query('SELECT 1 FROM chunks WHERE job_id = ? AND slice_query IS NULL', id)).toEqual([]);
    expect(await new FinishingStore(database.dataSource).finish(id)).toMatchObject({ status: 'failed' });
  });

  it('two planners at once ask for no page twice', async () => {
    const id = await start(['a', 'b']);
    const store = new WavesStore(database.dataSource);
    await Promise.all([store.addSlices({ id, found: 0 }, 3), store.addSlices({ id, found: 0 }, 3)]);
    const slices = await slicesOf(id);
    expect(slices).toHaveLength(6);
    expect(new Set(slices).size).toBe(6);
  });
});
