import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Consumers } from '#common/broker/consumers.js';
import { MemoryBroker } from '#common/broker/memory-broker.js';
import { CHUNKS } from '#common/broker/topology.js';
import { loadConfig } from '#common/config/load-config.js';
import { makeEmail, makeRunningJob, makeSiteResult } from '../../../../test/support/make-job.js';
import { DATABASES, type TestDatabase } from '../../../../test/support/test-database.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import type { SiteResult, SiteTask } from '../crawl/site-result.js';
import { HostLeases } from '../hosts/host-leases.js';
import { HostLeaseStore } from '../hosts/host-lease.store.js';
import { HostPacer } from '../hosts/host-pacer.js';
import { ResultsStore } from '../results/results.store.js';
import { StoredAddresses } from '../results/stored-addresses.js';
import { WorkerPool } from '../workers/worker-pool.js';
import { ChunkRunner } from './chunk-runner.js';
import { ChunkStore } from './chunk.store.js';
import { ChunkSites } from './chunk-sites.js';
import { ChunkSitesStore } from './chunk-sites.store.js';
import { FoundSitesStore } from '../sources/found-sites.store.js';
import { Sources } from '../sources/sources.js';
import { ClaimQueue } from './claim-queue.js';
import { LeaseKeeper } from './lease-keeper.js';
import type { SitePipeline } from './site-pipeline.js';

const HOSTS = ['a.example', 'b.example'];

describe.each(DATABASES)('ChunkRunner on $name', ({ create }) => {
  let database: TestDatabase;
  let keeper: LeaseKeeper;
  let runner: ChunkRunner;
  let workers: WorkerPool;
  let visited: string[];
  /** What visiting a site comes to. */
  let visit: (site: SiteTask, signal: AbortSignal) => Promise<SiteResult>;
  /** Thrown by every statement of the scraper while it is set. */
  let outage: Error | null;

  beforeEach(async () => {
    database = await create();
    visited = [];
    outage = null;
    visit = async ({ host }) => makeSiteResult(host, [makeEmail(`info@${host}`)]);
    const config = loadConfig(
      {},
      {
        HEARTBEAT_MS: '100',
        LEASE_MS: '2000',
        WORKER_SLOTS: '1',
        CHUNK_TIMEOUT_MS: '3000',
        MAX_CONSECUTIVE_ERRORS: '2',
      },
    );
    const broker = new MemoryBroker();
    const pipeline = {
      work: (_spec: unknown, site: SiteTask, { signal }: { signal: AbortSignal }) => {
        visited.push(site.host);
        return visit(site, signal);
      },
    } as unknown as SitePipeline;
    const chunks = new ChunkStore(failing(database.dataSource), config);
    const results = new ResultsStore(failing(database.dataSource), new StoredAddresses());
    const hosts = new HostLeases(new HostLeaseStore(database.dataSource, config), new HostPacer(), config);
    keeper = new LeaseKeeper(database.dataSource, new ChunkStore(database.dataSource, config), hosts, config);
    workers = new WorkerPool(broker, new Consumers([broker.createServer(CHUNKS)]), config);
    const claims = new ClaimQueue(chunks);
    const store = failing(database.dataSource);
    const sites = new ChunkSites(new ChunkSitesStore(store), new FoundSitesStore(store), new Sources({}));
    runner = new ChunkRunner(chunks, claims, sites, results, keeper, hosts, workers, pipeline, broker, config);
    keeper.onApplicationBootstrap();
  });
  afterEach(async () => {
    await keeper.onApplicationShutdown();
    await database.drop();
  });

  /** The data source, as long as there is no outage. */
  const failing = <T extends object>(dataSource: T): T =>
    new Proxy(dataSource, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (outage && ['query', 'transaction', 'createQueryRunner'].includes(String(name))) throw outage;
          return Reflect.apply(value, target, args);
        };
      },
    });
  const start = (): Promise<string> => makeRunningJob(database.dataSource, [HOSTS]);
  const run = (jobId: string): Promise<void> => runner.run({ jobId, chunkNo: 0 }, false);
  const chunkOf = async (jobId: string) =>
    (await database.dataSource.query('SELECT * FROM chunks WHERE job_id = ?', [jobId]))[0];
  const away = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

  it('visits the sites and ends the chunk; a second ticket changes nothing', async () => {
    const id = await start();
    await run(id);
    expect(await chunkOf(id)).toMatchObject({ state: 'done', attempt: 1, sites_done: 2, emails: 2 });
    await run(id);
    expect(await chunkOf(id)).toMatchObject({ state: 'done', attempt: 1 });
    expect(visited.toSorted()).toEqual(HOSTS);
  });

  it.each([
    ['paused', 'pending'],
    ['cancelling', 'cancelled'],
    ['cancelled', 'cancelled'],
  ])('visits nothing for a ticket that is older than the %s of its job', async (status, state) => {
    const id = await start();
    await database.dataSource.query('UPDATE jobs SET status = ? WHERE id = ?', [status, id]);
    await run(id);
    expect(await chunkOf(id)).toMatchObject({ state, failures: 0, losses: 0 });
    expect(visited).toEqual([]);
  });

  it('keeps what it found while the database is away, and writes it when it is back', async () => {
    const id = await start();
    visit = async ({ host }) => {
      outage = away();
      return makeSiteResult(host, [makeEmail(`info@${host}`)]);
    };
    const running = run(id);
    await waitFor(() => visited.length === 2);
    expect((await chunkOf(id)).state).toBe('running');
    outage = null;
    visit = () => Promise.reject(new Error('visited again'));
    await running;
    expect(await chunkOf(id)).toMatchObject({ state: 'done', attempt: 1, emails: 2, failures: 0, losses: 0 });
  });

  it('hands a chunk back, and does not fail it, when its time ran out while the database was away', async () => {
    const id = await start();
    visit = async ({ host }) => {
      outage = away();
      return makeSiteResult(host, []);
    };
    const timeIsUp = AbortSignal.timeout(3500);
    const running = run(id);
    // It holds the lease beyond its time, so that nobody else runs it, until it can say so.
    await waitFor(() => visited.length === 2 && timeIsUp.aborted, { timeoutMs: 10_000 });
    expect((await chunkOf(id)).state).toBe('running');
    outage = null;
    await running;
    expect(await chunkOf(id)).toMatchObject({ state: 'pending', failures: 0, losses: 0, lease_until: null });
  });

  it('counts a failure of the chunk itself, with its reason, and rests; the second chunk in a row stops the slot', async () => {
    visit = () => Promise.reject(new Error('a bug in the crawler'));
    const ids = [await start(), await start()];
    for (const id of ids) {
      await run(id);
      expect(await chunkOf(id)).toMatchObject({
        state: 'pending',
        failures: 1,
        losses: 0,
        error: 'a bug in the crawler',
      });
      const errors = await database.dataSource.query('SELECT code, message FROM job_errors WHERE job_id = ?', [id]);
      expect(errors).toEqual([{ code: 'internal', message: 'a bug in the crawler' }]);
    }
    expect(workers.pool.slots[0]!.report()).toMatchObject({ status: 'crashed', error: 'a bug in the crawler' });
  });

  it('counts a failure of a chunk that cannot be read', async () => {
    const id = await start();
    await database.dataSource.query("UPDATE jobs SET spec = 'nonsense' WHERE id = ?", [id]);
    await run(id);
    expect(await chunkOf(id)).toMatchObject({ state: 'pending', failures: 1, losses: 0 });
  });

  it('says of what it dies, and leaves its chunk to others at once', async () => {
    const id = await start();
    visit = (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const running = run(id);
    await waitFor(() => visited.length === 2);
    await runner.recordDeath(new Error('out of memory'));
    expect(Number((await chunkOf(id)).lease_until)).toBeLessThan(Date.now());
    const [error] = await database.dataSource.query('SELECT message, worker FROM job_errors WHERE job_id = ?', [id]);
    expect(error).toEqual({ message: "the worker's process died: out of memory", worker: workers.replica });
    runner.onModuleDestroy();
    await running;
  });

  it('hands back at once what runs when it shuts down', async () => {
    const id = await start();
    visit = ({ host }, signal) =>
      host === 'a.example'
        ? Promise.resolve(makeSiteResult(host, [makeEmail('info@a.example')]))
        : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const running = run(id);
    await waitFor(async () => (await chunkOf(id)).sites_done === 1);
    runner.onModuleDestroy();
    await running;
    expect(await chunkOf(id)).toMatchObject({ state: 'pending', sites_done: 1, emails: 1, failures: 0, losses: 0 });
  });
});
