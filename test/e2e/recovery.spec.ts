import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { isTerminal, type JobStatus } from '#common/domain/job-status.js';
import { Cluster, type ServiceProcess } from '../support/cluster.js';
import { type PlantedWeb, startPlantedWeb } from '../support/planted-web.js';
import { waitFor } from '../support/wait-for.js';

interface Job {
  id: string;
  status: JobStatus;
  error: string | null;
  progress: { emails: number; sites: number; percent: number; activeWorkers: number; chunks: Record<string, number> };
}
interface Chunk {
  no: number;
  state: string;
  attempt: number;
  failures: number;
  losses: number;
  worker: string | null;
  emails: number;
}
interface Worker {
  name: string;
  replica: string;
  status: string;
  error: string | null;
  consecutiveErrors: number;
}

const LEASE_MS = 6000;

let cluster: Cluster;
let web: PlantedWeb;
afterEach(async () => {
  await cluster.stop();
  await web.close();
});

const submit = (over: object = {}): Promise<Job> =>
  cluster.call<Job>('/v1/jobs', {
    source: { type: 'sites', sites: web.sites },
    crawl: { maxPagesPerSite: 30, hostDelayMs: 0 },
    ...over,
  });
const read = (id: string): Promise<Job> => cluster.call<Job>(`/v1/jobs/${id}`);
const chunksOf = (id: string): Promise<Chunk[]> => cluster.list<Chunk>(`/v1/jobs/${id}/chunks?limit=500`);
const ended = (id: string, timeoutMs = 60_000): Promise<Job> =>
  waitFor(
    async () => {
      const job = await read(id).catch(() => null);
      return job && isTerminal(job.status) ? job : null;
    },
    { timeoutMs, intervalMs: 100, message: `job ${id} to end` },
  );
const kill = async (service: ServiceProcess): Promise<void> => {
  const exit = once(service.child, 'exit');
  service.child.kill('SIGKILL');
  await exit;
  cluster.services.splice(cluster.services.indexOf(service), 1);
};

/** Nothing lost, nothing twice, and all three ways of counting agree. */
async function expectExact(job: Job): Promise<void> {
  const emails = await cluster.list<{ address: string }>(`/v1/jobs/${job.id}/emails?limit=500`);
  expect(emails.map(({ address }) => address).toSorted()).toEqual([...web.addresses].toSorted());
  const counted = (await chunksOf(job.id)).reduce((sum, chunk) => sum + chunk.emails, 0);
  expect([job.progress.emails, counted]).toEqual([web.addresses.size, web.addresses.size]);
}

describe('the embedded system', () => {
  it('loses and repeats nothing when it is killed twenty times at any moment', async () => {
    web = await startPlantedWeb({ hosts: 60, pagesPerHost: 8, delayMs: 250, network: 20 });
    cluster = await Cluster.start('embedded', { env: { WORKER_SLOTS: '4' } });
    const { id } = await submit();
    for (let round = 0; round < 20; round++) {
      const [newest] = await cluster.list<Job>('/v1/jobs');
      if (isTerminal(newest!.status)) await submit();
      // Another moment each time: from right after the start to well into the work.
      await sleep((round * 137) % 700);
      await kill(cluster.services[0]!);
      await cluster.startService('standalone');
    }
    const jobs = await cluster.list<Job>('/v1/jobs');
    for (const job of jobs) await expectExact(await ended(job.id));
    expect((await chunksOf(id)).some(({ attempt }) => attempt > 1)).toBe(true);
  });
});

describe('two orchestrators and two gateways', () => {
  it('dispatch goes on within two leases when the leader is killed; another gateway shows it live', async () => {
    web = await startPlantedWeb({ hosts: 80, pagesPerHost: 10, delayMs: 300, network: 21 });
    cluster = await Cluster.start('distributed', { scrapers: 2, env: { WORKER_SLOTS: '2' } });
    const [first, leader] = ['gateway', 'orchestrator'].map((app) => cluster.services.find((s) => s.app === app)!);
    await cluster.startService('orchestrator');
    const second = await cluster.startService('gateway');
    const jobs = await Promise.all(Array.from({ length: 5 }, () => submit()));
    const accepted = jobs.map(({ id }) => id);
    const stream = fetch(`${second.url}/v1/jobs/${accepted[0]}/events`, {
      headers: { authorization: `Bearer ${cluster.key}` },
    }).then((response) => response.text());
    await waitFor(async () => (await read(accepted[0]!)).progress.sites > 0, { timeoutMs: 20_000 });
    // The gateway that accepted the jobs and the orchestrator that leads die together.
    await Promise.all([kill(first!), kill(leader!)]);
    const claims = async (): Promise<number> =>
      (await Promise.all(accepted.map(chunksOf))).flat().reduce((sum, { attempt }) => sum + attempt, 0);
    const atDeath = await claims();
    await waitFor(async () => (await claims()) > atDeath + 8, {
      timeoutMs: 2 * LEASE_MS,
      intervalMs: 100,
      message: 'chunks to be dispatched by the other orchestrator',
    });
    for (const id of accepted) await expectExact(await ended(id, 120_000));
    const events = await stream;
    const versions = [...events.matchAll(/"version":(\d+)/g)].map((match) => Number(match[1]));
    expect(new Set(versions).size).toBeGreaterThan(2);
    expect(events.trimEnd().split('\n').at(-2)).toBe('event: complete');
  });
});

describe('a fatal error', () => {
  it('ends its process, with the reason stored; the others do its work', async () => {
    web = await startPlantedWeb({ hosts: 8, pagesPerHost: 3, delayMs: 100, network: 24 });
    cluster = await Cluster.start('distributed', { scrapers: 0, env: { WORKER_SLOTS: '2' } });
    const broken = join(tmpdir(), `broken-${cluster.key}`);
    writeFileSync(broken, 'fatal');
    try {
      const victim = await cluster.startService('scraper', {
        NODE_OPTIONS: '--import ./dist/test/support/broken-crawler.js',
        BROKEN_WHILE: broken,
      });
      const death = once(victim.child, 'exit');
      const { id } = await submit();
      expect(await death).toEqual([1, null]);
      cluster.services.splice(cluster.services.indexOf(victim), 1);
      await cluster.startService('scraper');
      await expectExact(await ended(id));
      const errors = await cluster.list<{ code: string; message: string }>(`/v1/jobs/${id}/errors`);
      expect(errors.map(({ message }) => message)).toContain("the worker's process died: a bug in the crawler");
      const { data } = await cluster.call<{ data: Worker[] }>('/v1/workers');
      expect(data.filter(({ error }) => error === 'a bug in the crawler').map(({ status }) => status)).toEqual(
        Array(2).fill('gone'),
      );
    } finally {
      rmSync(broken, { force: true });
    }
  });
});

describe('pause, resume, retry', () => {
  it('pauses within a heartbeat, fetches nothing meanwhile, and goes on without repeating a finished site', async () => {
    web = await startPlantedWeb({ hosts: 30, pagesPerHost: 10, delayMs: 200, network: 22 });
    cluster = await Cluster.start('distributed', { scrapers: 2, env: { WORKER_SLOTS: '4' } });
    const { id } = await submit();
    await waitFor(async () => (await read(id)).progress.sites > 3, { timeoutMs: 20_000 });
    expect((await cluster.call<Job>(`/v1/jobs/${id}/pause`, {})).status).toBe('paused');
    await waitFor(async () => (await chunksOf(id)).every(({ state }) => state !== 'running'), {
      timeoutMs: 2000,
      intervalMs: 50,
      message: 'the workers to stop within a heartbeat',
    });
    const finished = await cluster.list<{ host: string; outcome: string }>(`/v1/jobs/${id}/sites?outcome=found`);
    const requests = web.requests.length;
    const seen = await read(id);
    expect(seen.status).toBe('paused');
    expect((await cluster.call<Job>(`/v1/jobs/${id}/resume`, {})).status).toBe('running');
    // Between pause and resume nothing was fetched: the first page after it is of a site that was not finished.
    const later = (): string[] => web.requests.slice(requests).map((request) => request.split(' ')[0]!);
    await expectExact(await ended(id));
    const again = later().filter((host) => finished.some((site) => site.host === host));
    expect(again).toEqual([]);
    expect((await chunksOf(id)).every(({ failures, losses }) => failures === 0 && losses === 0)).toBe(true);
  });

  it('stops a slot after consecutive failures, revives it, and a retry runs what failed', async () => {
    web = await startPlantedWeb({ hosts: 3, pagesPerHost: 2, network: 23 });
    cluster = await Cluster.start('distributed', { scrapers: 0, env: { HEARTBEAT_MS: '200', WORKER_SLOTS: '1' } });
    const broken = join(tmpdir(), `broken-${cluster.key}`);
    writeFileSync(broken, '');
    try {
      await cluster.startService('scraper', {
        NODE_OPTIONS: '--import ./dist/test/support/broken-crawler.js',
        BROKEN_WHILE: broken,
        MAX_CONSECUTIVE_ERRORS: '2',
      });
      const { id } = await submit({ target: 1000 });
      const workers = async (): Promise<Worker[]> => (await cluster.call<{ data: Worker[] }>('/v1/workers')).data;
      const crashed = await waitFor(async () => (await workers()).find(({ status }) => status === 'crashed'), {
        timeoutMs: 30_000,
        message: 'the worker to crash',
      });
      expect(crashed).toMatchObject({ consecutiveErrors: 2, error: 'a bug in the crawler' });
      const errors = await cluster.list<{ code: string; worker: string }>(`/v1/jobs/${id}/errors`);
      expect(errors).toEqual([1, 2].map(() => expect.objectContaining({ code: 'internal', worker: crashed.name })));

      // Each chunk fails for good at its fifth failure; whenever the slot stops it is told to go on.
      const revive = async (): Promise<void> => {
        const { status } = await cluster.fetch(`/v1/workers/${crashed.name}/restart`, { method: 'POST' });
        expect(status).toBe(202);
      };
      const job = await waitFor(
        async () => {
          if ((await workers()).some(({ status }) => status === 'crashed')) await revive();
          const found = await read(id);
          return isTerminal(found.status) ? found : null;
        },
        { timeoutMs: 120_000, intervalMs: 100, message: 'the job to end' },
      );
      expect(job).toMatchObject({ status: 'completed_with_errors', error: '3 of 3 chunks failed' });
      const sites = await cluster.list<{ outcome: string; detail: string }>(`/v1/jobs/${id}/sites`);
      expect(sites).toEqual(
        [1, 2, 3].map(() => expect.objectContaining({ outcome: 'failed', detail: 'a bug in the crawler' })),
      );

      rmSync(broken);
      await revive();
      expect((await cluster.call<Job>(`/v1/jobs/${id}/retry`, {})).status).toBe('planning');
      const retried = await ended(id);
      expect(retried).toMatchObject({ status: 'completed', error: null });
      await expectExact(retried);
    } finally {
      rmSync(broken, { force: true });
    }
  });
});
