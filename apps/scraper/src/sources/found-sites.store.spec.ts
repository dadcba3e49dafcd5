import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#common/config/load-config.js';
import { insertIgnore } from '#common/persistence/dialect.js';
import { makeFindingJob } from '../../../../test/support/make-job.js';
import { DATABASES, type TestDatabase } from '../../../../test/support/test-database.js';
import { ChunkSitesStore } from '../chunks/chunk-sites.store.js';
import { type ClaimedChunk, ChunkStore } from '../chunks/chunk.store.js';
import { FencedError } from '../results/results.store.js';
import { FoundSitesStore } from './found-sites.store.js';

describe.each(DATABASES)('found sites on $name', ({ create }) => {
  let database: TestDatabase;
  let store: FoundSitesStore;
  let sites: ChunkSitesStore;
  let jobId: string;
  beforeEach(async () => {
    database = await create();
    store = new FoundSitesStore(database.dataSource);
    sites = new ChunkSitesStore(database.dataSource);
    jobId = await makeFindingJob(database.dataSource, ['q'], { status: 'running', target: 10 });
    const columns = ['job_id', 'chunk_no', 'state', 'sites', 'first_host', 'last_host', 'slice_query', 'slice_page'];
    const rows = [0, 1].map((no) => [jobId, no, 'pending', 0, '', '', 0, no]);
    await insertIgnore(database.dataSource, 'chunks', columns, rows);
  });
  afterEach(() => database.drop());

  const query = (sql: string, ...params: unknown[]) => database.dataSource.query(sql, params);
  const claim = async (chunkNo: number): Promise<ClaimedChunk> => {
    const chunks = new ChunkStore(database.dataSource, loadConfig({}, {}));
    const [claimed] = await chunks.claim([{ jobId, chunkNo, worker: `w-${randomUUID()}` }]);
    return sites.open(claimed!);
  };
  const page = (url: string, rank = 1) => ({
    url,
    origin: { type: 'search' as const, provider: 'searxng', query: 'q', page: 0, rank },
  });
  const hostsOf = async (chunk: ClaimedChunk) => (await sites.listFound(chunk)).map(({ host }) => host);

  it('asks a source until it has answered, and reads what it found afterwards', async () => {
    const chunk = await claim(0);
    expect(chunk).toMatchObject({ slice: { query: 0, page: 0 }, sites: [] });
    await store.addOwn(chunk, [page('http://b.example/x', 2), page('http://a.example/', 1)]);
    await store.recordAnswer(chunk, { results: 2, isLast: true });
    await query("UPDATE chunks SET state = 'pending' WHERE job_id = ?", jobId);
    const again = await claim(0);
    expect(again.slice).toBeNull();
    expect(again.sites).toMatchObject([
      { host: 'a.example', urls: ['http://a.example/'], origin: { rank: 1 } },
      { host: 'b.example', urls: ['http://b.example/x'], origin: { rank: 2 } },
    ]);
    expect(await query('SELECT last_page FROM job_queries WHERE job_id = ?', jobId)).toEqual([{ last_page: 0 }]);
  });

  it('gives a host to one chunk only, also when two find it at the same moment', async () => {
    const [one, two] = [await claim(0), await claim(1)];
    const pages = ['a', 'b', 'c', 'd'].map((name) => page(`http://${name}.example/`));
    const added = await Promise.all([store.addOwn(one, pages), store.addOwn(two, pages)]);
    expect(added.toSorted()).toEqual([0, 4]);
    expect([...(await hostsOf(one)), ...(await hostsOf(two))].toSorted()).toEqual([
      'a.example',
      'b.example',
      'c.example',
      'd.example',
    ]);
    expect(await query('SELECT sites_total, inputs_to FROM jobs WHERE id = ?', jobId)).toEqual([
      { sites_total: 4, inputs_to: 4 },
    ]);
  });

  it('keeps what an attempt has found when the next one asks again', async () => {
    await store.addOwn(await claim(0), [page('http://a.example/')]);
    await query("UPDATE chunks SET state = 'pending' WHERE job_id = ?", jobId);
    const second = await claim(0);
    await store.addOwn(second, [page('http://a.example/'), page('http://b.example/')]);
    expect(await hostsOf(second)).toEqual(['a.example', 'b.example']);
    expect(await query('SELECT sites FROM chunks WHERE job_id = ? AND chunk_no = 0', jobId)).toEqual([{ sites: 2 }]);
  });

  it('writes nothing for an attempt that is over', async () => {
    const stale = await claim(0);
    await query("UPDATE chunks SET state = 'pending' WHERE job_id = ?", jobId);
    await claim(0);
    await expect(store.addOwn(stale, [page('http://a.example/')])).rejects.toThrow(FencedError);
    await expect(store.recordAnswer(stale, { results: 1, isLast: true })).rejects.toThrow(FencedError);
    await expect(store.clear(stale)).rejects.toThrow(FencedError);
    expect(await query('SELECT COUNT(*) AS n FROM job_inputs')).toEqual([{ n: 0 }]);
  });

  it('keeps every page of a list, and begins it anew when it is read again', async () => {
    const chunk = await claim(0);
    const pages = ['/1', '/2', '/3'].map((path) => ({ url: `http://a.example${path}`, origin: null }));
    await store.addListed(chunk, pages);
    await store.addListed(chunk, [{ url: 'http://a.example/4', origin: null }]);
    expect(await query('SELECT COUNT(*) AS n FROM job_inputs WHERE chunk_no IS NULL')).toEqual([{ n: 4 }]);
    await store.clear(chunk);
    expect(await query('SELECT COUNT(*) AS n FROM job_inputs')).toEqual([{ n: 0 }]);
    expect(await query('SELECT inputs_to FROM jobs WHERE id = ?', jobId)).toEqual([{ inputs_to: 0 }]);
  });

  it('adds up what a provider has cost', async () => {
    await store.countUsage(jobId, 'serper', { requests: 1 });
    await store.countUsage(jobId, 'serper', { requests: 1 });
    await store.countUsage(jobId, 'serper', { results: 10, skipped: 3 });
    expect(await query('SELECT provider, requests, results, skipped FROM provider_usage')).toEqual([
      { provider: 'serper', requests: 2, results: 10, skipped: 3 },
    ]);
  });
});
