import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isTerminal, type JobStatus } from '#common/domain/job-status.js';
import { Cluster, type Mode } from '../support/cluster.js';
import { type PlantedWeb, startPlantedWeb } from '../support/planted-web.js';
import { waitFor } from '../support/wait-for.js';

interface Job {
  id: string;
  status: JobStatus;
  workerCount: number | null;
  progress: {
    version: number;
    percent: number;
    emails: number;
    pages: number;
    sites: number;
    sitesTotal: number;
    activeWorkers: number;
    chunks: Record<string, number>;
  };
}
interface EmailRow {
  address: string;
  sources: { url: string; method: string; robots: string }[];
}

const HOSTS = 40;
const PAGES = 25;

/** The same file for every shape of the product. */
const MODES: Mode[] = ['embedded', 'distributed'];

describe.each(MODES)('a job, %s', (mode) => {
  let cluster: Cluster;
  let web: PlantedWeb | undefined;

  // The tests share the running product, as users do; each has a web and a job of its own.
  beforeAll(async () => {
    cluster = await Cluster.start(mode);
  });
  afterAll(() => cluster.stop());
  afterEach(async () => {
    await web?.close();
    web = undefined;
  });

  const post = (sites: string[], over: object = {}): Promise<Job> =>
    cluster.call<Job>('/v1/jobs', {
      source: { type: 'sites', sites },
      crawl: { maxPagesPerSite: 30, hostDelayMs: 0 },
      ...over,
    });
  const ended = (id: string, timeoutMs = 60_000): Promise<Job> =>
    waitFor(
      async () => {
        const job = await cluster.call<Job>(`/v1/jobs/${id}`);
        return isTerminal(job.status) ? job : null;
      },
      { timeoutMs, intervalMs: 100, message: `job ${id} to end` },
    );
  const expectExactly = async (job: Job, planted: ReadonlySet<string>): Promise<EmailRow[]> => {
    const emails = await cluster.list<EmailRow>(`/v1/jobs/${job.id}/emails?limit=500`);
    expect(emails.map((row) => row.address).toSorted()).toEqual([...planted].toSorted());
    expect(job.progress.emails).toBe(planted.size);
    return emails;
  };

  it('finds exactly the planted addresses of 40 hosts × 25 pages, with monotonic progress to the end', async () => {
    web = await startPlantedWeb({
      hosts: HOSTS,
      pagesPerHost: PAGES,
      delayMs: 400,
      network: mode === 'embedded' ? 2 : 3,
    });
    // 2,000 wanted and not reached: many chunks at once, and every site is visited.
    const created = await post(web.sites, { target: 2000 });
    expect(created).toMatchObject({ status: 'queued', workerCount: 100 });
    const events = followEvents(cluster, created.id);

    const job = await ended(created.id);
    expect(job.status).toBe('completed');
    const emails = await expectExactly(job, web.addresses);
    expect(job.progress).toMatchObject({
      percent: 100,
      pages: HOSTS * PAGES,
      sites: HOSTS,
      sitesTotal: HOSTS,
      activeWorkers: 0,
    });
    expect(job.progress.chunks).toMatchObject({ total: HOSTS, done: HOSTS, failed: 0, running: 0 });
    expect(
      emails.every((row) => row.sources.length >= 1 && row.sources.every((source) => source.robots === 'allowed')),
    ).toBe(true);
    expect(emails.every((row) => row.sources.length <= 10)).toBe(true);

    const sites = await cluster.list<{ outcome: string; pages: number }>(`/v1/jobs/${job.id}/sites?limit=15`);
    expect(sites).toHaveLength(HOSTS);
    expect(sites.every((site) => site.outcome === 'found' && site.pages === PAGES)).toBe(true);

    const seen = await events;
    const progress = seen.filter(({ event }) => event === 'progress').map(({ data }) => data as Job['progress']);
    // Live, not only at the end.
    expect(new Set(progress.map(({ version }) => version)).size).toBeGreaterThan(1);
    expect(progress.some(({ percent }) => percent < 100)).toBe(true);
    for (const field of ['version', 'percent', 'emails', 'sites'] as const) {
      const values = progress.map((snapshot) => snapshot[field]);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
    expect(progress.at(-1)).toMatchObject({ percent: 100, emails: web.addresses.size });
    expect(seen.at(-1)?.event).toBe('complete');
  });

  it('fetches no page twice', async () => {
    web = await startPlantedWeb({ hosts: 5, pagesPerHost: 10, network: mode === 'embedded' ? 4 : 5 });
    await ended((await post(web.sites)).id);
    expect(web.requests).toHaveLength(new Set(web.requests).size);
    expect(web.requests).toHaveLength(5 * (10 + 1));
  });

  it('stops exactly at its target', async () => {
    // More hosts than run at once: what is left when the target is reached is not begun.
    web = await startPlantedWeb({ hosts: 300, pagesPerHost: 10, network: mode === 'embedded' ? 6 : 7 });
    const job = await ended((await post(web.sites, { target: 60 })).id);
    expect(job.status).toBe('completed');
    expect(job.progress.emails).toBe(60);
    expect(await cluster.list(`/v1/jobs/${job.id}/emails`)).toHaveLength(60);
    const sites = await cluster.list<{ outcome: string }>(`/v1/jobs/${job.id}/sites`);
    expect(sites).toHaveLength(300);
    expect(sites.every((site) => ['found', 'not_needed'].includes(site.outcome))).toBe(true);
    expect(sites.some((site) => site.outcome === 'not_needed')).toBe(true);
  });

  it('cancels a running job within a heartbeat, keeps what it found and accounts for every site', async () => {
    web = await startPlantedWeb({ hosts: 30, pagesPerHost: 25, delayMs: 200, network: mode === 'embedded' ? 8 : 9 });
    const { id } = await post(web.sites);
    await waitFor(async () => (await cluster.call<Job>(`/v1/jobs/${id}`)).progress.sites > 0, { timeoutMs: 30_000 });
    expect((await cluster.call<Job>(`/v1/jobs/${id}/cancel`, {})).status).toBe('cancelling');
    const job = await ended(id, 5000);
    expect(job.status).toBe('cancelled');
    expect(job.progress.emails).toBe((await cluster.list(`/v1/jobs/${id}/emails`)).length);
    const sites = await cluster.list<{ outcome: string }>(`/v1/jobs/${id}/sites`);
    expect(sites).toHaveLength(30);
    expect(sites.every((site) => ['found', 'cancelled'].includes(site.outcome))).toBe(true);
    expect((await cluster.fetch(`/v1/jobs/${id}/cancel`, { method: 'POST' })).status).toBe(409);
  });
});

describe('three scrapers over one broker and database', () => {
  let cluster: Cluster;
  let web: PlantedWeb;
  beforeEach(async () => {
    cluster = await Cluster.start('distributed');
    web = await startPlantedWeb({ hosts: 60, pagesPerHost: 10, delayMs: 300, network: 10 });
  });
  afterEach(async () => {
    await cluster.stop();
    await web.close();
  });

  it('loses and repeats nothing when one of them is killed in the middle', async () => {
    const { id } = await cluster.call<Job>('/v1/jobs', {
      source: { type: 'sites', sites: web.sites },
      target: 5000,
      crawl: { hostDelayMs: 0 },
    });
    // Killed while it certainly holds chunks.
    const [victim] = cluster.scrapers;
    await waitFor(
      async () => {
        const chunks = await cluster.list<{ state: string; worker: string }>(`/v1/jobs/${id}/chunks`);
        const running = chunks.filter(({ state }) => state === 'running');
        return new Set(running.map(({ worker }) => worker.replace(/-\d+$/, ''))).size === 3;
      },
      { timeoutMs: 20_000, message: 'all three replicas to run chunks' },
    );
    victim!.child.kill('SIGKILL');

    const job = await waitFor(
      async () => {
        const found = await cluster.call<Job>(`/v1/jobs/${id}`);
        return isTerminal(found.status) ? found : null;
      },
      { timeoutMs: 60_000, intervalMs: 100, message: 'the job to end' },
    );
    expect(job.status).toBe('completed');
    const emails = await cluster.list<EmailRow>(`/v1/jobs/${id}/emails?limit=500`);
    expect(emails.map((row) => row.address).toSorted()).toEqual([...web.addresses].toSorted());
    expect(job.progress.emails).toBe(web.addresses.size);
    const chunks = await cluster.list<{ state: string; attempt: number; emails: number }>(`/v1/jobs/${id}/chunks`);
    expect(chunks.every((chunk) => chunk.state === 'done')).toBe(true);
    // The victim did hold chunks.
    expect(chunks.some((chunk) => chunk.attempt > 1)).toBe(true);
    expect(chunks.reduce((sum, chunk) => sum + chunk.emails, 0)).toBe(web.addresses.size);
    expect(await countOpenChunks(cluster.databaseUrl)).toBe(0);
  });
});

async function countOpenChunks(databaseUrl: string): Promise<number> {
  const database = await createConnection(databaseUrl.replace(/^mariadb:/, 'mysql:'));
  const [rows] = await database.query(
    "SELECT COUNT(*) AS n FROM chunks WHERE state IN ('pending', 'dispatched', 'running')",
  );
  await database.end();
  return Number((rows as { n: number }[])[0]!.n);
}

/** Reads a job's event stream to its end. */
async function followEvents(cluster: Cluster, id: string): Promise<{ event: string; data: unknown }[]> {
  const response = await cluster.fetch(`/v1/jobs/${id}/events`, { headers: { accept: 'text/event-stream' } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const text = await response.text();
  return text
    .split('\n\n')
    .filter((block) => block.includes('event:'))
    .map((block) => ({
      event: /^event: ?(.*)$/m.exec(block)?.[1] ?? '',
      data: JSON.parse(/^data: ?(.*)$/m.exec(block)?.[1] ?? 'null') as unknown,
    }));
}
