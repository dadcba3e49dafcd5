import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { isTerminal, type JobStatus } from '#common/domain/job-status.js';
import { Cluster } from '../support/cluster.js';
import { EventReader } from '../support/event-reader.js';
import { type PlantedWeb, startPlantedWeb } from '../support/planted-web.js';
import { type FakeSearch, startFakeSearch } from '../support/search/fake-search.js';
import { waitFor } from '../support/wait-for.js';

interface JobBody {
  id: string;
  status: JobStatus;
  workerCount: number;
  error: string | null;
  progress: { emails: number; sites: number; sitesTotal: number; chunks: { total: number; done: number } };
  usage: { provider: string; requests: number; results: number; skipped: number }[];
}

interface EmailBody {
  address: string;
  sources: { url: string; origin: { type: string; provider: string; query: string; page: number; rank: number } }[];
}

/** A job that begins with a query: its sites are found while it runs. */
describe('search', () => {
  let cluster: Cluster | undefined;
  let web: PlantedWeb | undefined;
  const engines: FakeSearch[] = [];

  afterEach(async () => {
    await cluster?.stop();
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
    await web?.close();
    cluster = web = undefined;
  });

  const startEngine = async (options: Parameters<typeof startFakeSearch>[0]): Promise<FakeSearch> => {
    const engine = await startFakeSearch(options);
    engines.push(engine);
    return engine;
  };
  const resultsOf = (sites: readonly string[]) => sites.map((url) => ({ url, title: url, snippet: 'a site' }));
  const ended = (product: Cluster, id: string): Promise<JobBody> =>
    waitFor(
      async () => {
        const job = await product.call<JobBody>(`/v1/jobs/${id}`);
        return isTerminal(job.status) ? job : undefined;
      },
      { timeoutMs: 120_000, intervalMs: 200, message: `job ${id} to end` },
    );

  it('plans waves until the target is met exactly, and visits no site twice', { timeout: 180_000 }, async () => {
    web = await startPlantedWeb({ hosts: 300, pagesPerHost: 2, network: 41 });
    const { sites } = web;
    const engine = await startEngine({
      provider: 'searxng',
      results: () => resultsOf(sites),
      // So that the first 25 pages do not suffice.
      pageSize: 8,
      minIntervalMs: 90,
    });
    cluster = await Cluster.start('distributed', {
      scrapers: 3,
      env: { ...engine.env, PROVIDER_DELAY_MS: '120', HOST_DELAY_MS: '0' },
    });
    const job = await cluster.call<JobBody>('/v1/jobs', {
      source: { type: 'search', queries: ['dentists berlin'], provider: 'searxng', country: 'de', language: 'de' },
      target: 500,
    });
    expect(job).toMatchObject({ workerCount: 25, status: 'queued' });
    const { reader } = await EventReader.open(`${cluster.url}/v1/jobs/${job.id}/events`, {
      authorization: `Bearer ${cluster.key}`,
    });
    const after = await ended(cluster, job.id);
    reader.close();

    expect(after).toMatchObject({ status: 'completed', error: null, progress: { emails: 500 } });
    const emails = await cluster.list<EmailBody>(`/v1/jobs/${job.id}/emails?limit=500`);
    expect(new Set(emails.map(({ address }) => address)).size).toBe(500);
    expect(emails[0]!.sources[0]!.origin).toMatchObject({
      type: 'search',
      provider: 'searxng',
      query: 'dentists berlin',
    });

    // Each page of each site once: robots.txt may be asked for by two replicas at the same time.
    const pages = web.requests.filter((request) => !request.endsWith('/robots.txt'));
    expect(pages.filter((request, i) => pages.indexOf(request) !== i)).toEqual([]);

    const waves = reader.ofType('wave').map(({ data }) => data);
    expect(waves.length).toBeGreaterThanOrEqual(2);
    expect(waves[0]).toMatchObject({ wave: 1, chunks: 25 });
    const orchestrator = cluster.services.find(({ app }) => app === 'orchestrator')!;
    expect(readFileSync(orchestrator.log, 'utf8').match(/wave planned/g)).toHaveLength(waves.length);

    // Its price: every request that the engine saw, none of them too soon.
    expect(engine.violations).toBe(0);
    expect(after.usage).toEqual([
      { provider: 'searxng', requests: engine.requests.length, results: expect.any(Number), skipped: 0 },
    ]);
    expect(new Set(engine.requests.map(({ query, page }) => `${query} ${page}`)).size).toBe(engine.requests.length);
  });

  it('asks a provider neither too often nor while it wants to be left alone, over all replicas', async () => {
    web = await startPlantedWeb({ hosts: 20, network: 45 });
    const { sites } = web;
    const engine = await startEngine({
      provider: 'searxng',
      // One site for each query.
      results: (query) => resultsOf(sites.slice(Number(query), Number(query) + 1)),
      minIntervalMs: 90,
    });
    cluster = await Cluster.start('distributed', {
      scrapers: 2,
      env: { ...engine.env, PROVIDER_DELAY_MS: '120', HOST_DELAY_MS: '0' },
    });
    for (let i = 0; i < 2; i++) engine.failNext({ kind: 'rate_limited', retryAfterS: 2 });
    const { id } = await cluster.call<JobBody>('/v1/jobs', {
      source: { type: 'search', queries: sites.map((_, i) => String(i)) },
      target: 1000,
    });
    const job = await ended(cluster, id);
    expect(job).toMatchObject({ status: 'completed', progress: { emails: web.addresses.size } });
    expect(engine.violations).toBe(0);
    expect(job.usage).toMatchObject([{ requests: engine.requests.length }]);
    const errors = await cluster.list<{ code: string }>(`/v1/jobs/${id}/errors`);
    expect(errors.map(({ code }) => code)).toEqual(Array(2).fill('provider_rate_limited'));
  });

  it('goes on with the same results when a worker dies over them', async () => {
    web = await startPlantedWeb({ hosts: 60, network: 46, delayMs: 50 });
    const { sites } = web;
    const engine = await startEngine({ provider: 'searxng', results: () => resultsOf(sites) });
    cluster = await Cluster.start('distributed', {
      scrapers: 2,
      env: { ...engine.env, PROVIDER_DELAY_MS: '100', HOST_DELAY_MS: '0' },
    });
    const { id } = await cluster.call<JobBody>('/v1/jobs', {
      source: { type: 'search', queries: ['x'] },
      target: 1000,
    });
    const [victim] = cluster.scrapers;
    await waitFor(() => engine.requests.length >= 3, { message: 'three result pages' });
    victim!.child.kill('SIGKILL');
    const job = await ended(cluster, id);
    expect(job).toMatchObject({ status: 'completed', progress: { emails: web.addresses.size, sites: 60 } });
    const emails = await cluster.list<EmailBody>(`/v1/jobs/${id}/emails?limit=500`);
    expect(new Set(emails.map(({ address }) => address))).toEqual(web.addresses);
    // Only a request whose answer died with its worker is made again.
    const pages = engine.requests.map(({ page }) => page);
    expect(pages.length - new Set(pages).size).toBeLessThanOrEqual(1);
  });

  it('ends when all queries are exhausted, with what there is', async () => {
    web = await startPlantedWeb({ hosts: 12, network: 42 });
    const { sites } = web;
    const engine = await startEngine({
      provider: 'searxng',
      results: (query) => (query.endsWith('bonn') ? [] : resultsOf(query.endsWith('berlin') ? sites : sites.slice(6))),
    });
    cluster = await Cluster.start('embedded', { env: { ...engine.env, PROVIDER_DELAY_MS: '50', HOST_DELAY_MS: '0' } });
    const { id } = await cluster.call<JobBody>('/v1/jobs', {
      source: { type: 'search', queries: ['dentists {city}'], lists: { city: ['berlin', 'bremen', 'bonn'] } },
      target: 1000,
    });
    const job = await ended(cluster, id);
    expect(job).toMatchObject({
      status: 'completed',
      progress: { emails: web.addresses.size, sites: 12, sitesTotal: 12 },
    });
    const rows = await cluster.list<{ host: string; outcome: string }>(`/v1/jobs/${id}/sites`);
    expect(rows.map(({ outcome }) => outcome)).toEqual(Array(12).fill('found'));
  });

  it('leaves out social networks, files and logins, and says how many', async () => {
    web = await startPlantedWeb({ hosts: 2, network: 43 });
    const [one, two] = web.sites as [string, string];
    const engine = await startEngine({
      provider: 'searxng',
      results: () =>
        resultsOf(['https://www.facebook.com/x', `${one}menu.pdf`, `${one}login`, 'https://amazon.co.uk/x', two]),
    });
    cluster = await Cluster.start('embedded', { env: { ...engine.env, PROVIDER_DELAY_MS: '50', HOST_DELAY_MS: '0' } });
    const { id } = await cluster.call<JobBody>('/v1/jobs', {
      source: { type: 'search', queries: ['x'] },
      target: 10,
    });
    const job = await ended(cluster, id);
    expect(job.usage).toEqual([{ provider: 'searxng', requests: engine.requests.length, results: 5, skipped: 4 }]);
    expect(await cluster.list(`/v1/jobs/${id}/sites`)).toHaveLength(1);
  });

  it('lets the next provider answer when one is exhausted, and keeps which one did', async () => {
    web = await startPlantedWeb({ hosts: 3, network: 44 });
    const { sites } = web;
    const serper = await startEngine({ provider: 'serper', results: () => resultsOf(sites) });
    const brave = await startEngine({ provider: 'brave', results: () => resultsOf(sites) });
    serper.failAlways({ kind: 'quota' });
    cluster = await Cluster.start('embedded', {
      env: { ...serper.env, ...brave.env, PROVIDER_DELAY_MS: '50', HOST_DELAY_MS: '0' },
    });
    const { id } = await cluster.call<JobBody>('/v1/jobs', {
      source: { type: 'search', queries: ['x'], provider: ['serper', 'brave'] },
      target: 100,
    });
    expect(await ended(cluster, id)).toMatchObject({ status: 'completed', progress: { emails: web.addresses.size } });
    const emails = await cluster.list<EmailBody>(`/v1/jobs/${id}/emails`);
    expect(new Set(emails.flatMap(({ sources }) => sources.map(({ origin }) => origin.provider)))).toEqual(
      new Set(['brave']),
    );
  });

  it("fails a job whose provider refuses everything, with the provider's reason", async () => {
    const engine = await startEngine({ provider: 'searxng', results: () => [] });
    engine.failAlways({ kind: 'auth' });
    cluster = await Cluster.start('embedded', { env: { ...engine.env, PROVIDER_DELAY_MS: '50' } });
    const { id } = await cluster.call<JobBody>('/v1/jobs', {
      source: { type: 'search', queries: ['x', 'y'] },
      target: 10,
    });
    const job = await ended(cluster, id);
    expect(job).toMatchObject({ status: 'failed', error: expect.stringContaining('settings.yml') });
    const errors = await cluster.list<{ code: string }>(`/v1/jobs/${id}/errors`);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['provider_auth']));
  });
});
