import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '#common/config/load-config.js';
import { makeEmail, makeRunningJob, makeSiteResult } from '../../../../test/support/make-job.js';
import { DATABASES, type TestDatabase } from '../../../../test/support/test-database.js';
import { type ClaimedChunk, ChunkStore } from '../chunks/chunk.store.js';
import { ChunkSitesStore } from '../chunks/chunk-sites.store.js';
import type { FoundEmail } from '../crawl/site-result.js';
import { ResultsStore } from './results.store.js';
import { StoredAddresses } from './stored-addresses.js';

const PAGE = makeEmail('a@a-site.org').sightings[0]!;

describe.each(DATABASES)('ResultsStore on $name', ({ create }) => {
  let database: TestDatabase;
  let results: ResultsStore;
  beforeEach(async () => {
    database = await create();
    results = new ResultsStore(database.dataSource, new StoredAddresses());
  });
  afterEach(() => database.drop());

  const query = (sql: string, ...params: unknown[]) => database.dataSource.query(sql, params);
  const rowsOf = (jobId: string) =>
    query('SELECT address, flags, confidence FROM emails WHERE job_id = ? ORDER BY address', jobId);
  const placesOf = (jobId: string) =>
    query(
      'SELECT url, first_seen_at AS first, last_seen_at AS last FROM sightings WHERE job_id = ? ORDER BY url',
      jobId,
    );
  const claim = async (jobId: string): Promise<ClaimedChunk> => {
    const chunks = new ChunkStore(database.dataSource, loadConfig({}, {}));
    const [claimed] = await chunks.claim([{ jobId, chunkNo: 0, worker: `w-${randomUUID()}` }]);
    return new ChunkSitesStore(database.dataSource).open(claimed!);
  };
  const claimed = async (options: Parameters<typeof makeRunningJob>[2] = {}): Promise<ClaimedChunk> =>
    claim(await makeRunningJob(database.dataSource, [['a.example', 'b.example', 'c.example']], options));
  const at = (text: string, url: string, over: Partial<FoundEmail> = {}): FoundEmail =>
    makeEmail(text, { sightings: [{ ...PAGE, url }], ...over });

  /** The binary keys of the rows that the work inserts, by table, in the order in which they are sent. */
  const watchInserts = async (work: () => Promise<unknown>): Promise<Map<string, string[]>> => {
    const { dataSource } = database;
    const keys = new Map<string, string[]>();
    const create = dataSource.createQueryRunner.bind(dataSource);
    const spy = vi.spyOn(dataSource, 'createQueryRunner').mockImplementation((mode) => {
      const runner = create(mode);
      const send = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
      const watching = (sql: string, params: unknown[] = [], ...rest: unknown[]): Promise<unknown> => {
        const [, table, columns] = /^INSERT .*?INTO (emails|sightings) \(([^)]*)\)/.exec(sql) ?? [];
        const width = columns?.split(',').length ?? 1;
        for (let row = 0; table && row < params.length; row += width) {
          const key = params.slice(row, row + width).filter(Buffer.isBuffer);
          keys.set(table, [...(keys.get(table) ?? []), Buffer.concat(key).toString('hex')]);
        }
        return send(sql, params, ...rest);
      };
      return Object.assign(runner, { query: watching });
    });
    await work();
    spy.mockRestore();
    return keys;
  };

  describe('the spellings of one mailbox', () => {
    const [first, second] = ['Anna.Smith@gmail.com', 'annasmith+shop@googlemail.com'];

    it('are one row of a flush, as first found, with the evidence of all', async () => {
      const chunk = await claimed();
      const sites = [
        makeSiteResult('a.example', [at(first, 'http://a.example/', { confidence: 0.5 })]),
        makeSiteResult('b.example', [at(second, 'http://b.example/', { confidence: 0.9 })]),
      ];
      expect(await results.flush(chunk, sites, false)).toMatchObject({ emails: 1 });
      expect(await rowsOf(chunk.jobId)).toMatchObject([{ address: first, confidence: 0.9 }]);
      expect(await placesOf(chunk.jobId)).toMatchObject([{ url: 'http://a.example/' }, { url: 'http://b.example/' }]);
    });

    it('are one row of a job', async () => {
      const chunk = await claimed();
      await results.flush(chunk, [makeSiteResult('a.example', [at(first, 'http://a.example/')])], false);
      const outcome = await results.flush(
        chunk,
        [makeSiteResult('b.example', [at(second, 'http://b.example/')])],
        true,
      );
      expect(outcome.emails).toBe(0);
      expect(await rowsOf(chunk.jobId)).toMatchObject([{ address: first }]);
      expect(await placesOf(chunk.jobId)).toHaveLength(2);
    });
  });

  it('shows an address as it counts, not as it stood flagged', async () => {
    const chunk = await claimed();
    const flagged = at('a.smith@googlemail.com', 'http://a.example/', {
      flags: ['obfuscated'],
      method: 'script',
      confidence: 0.1,
      verification: { verdict: 'risky', mx: null, disposable: true },
    });
    const counted = at('asmith@gmail.com', 'http://b.example/', {
      kind: 'freemail',
      verification: { verdict: 'valid', mx: true, disposable: false },
    });
    await results.flush(chunk, [makeSiteResult('a.example', [flagged])], false);
    expect(await results.flush(chunk, [makeSiteResult('b.example', [counted])], false)).toMatchObject({ emails: 1 });
    const columns = 'address, normalised, domain, kind, verdict, mx, disposable, confidence, method, flags';
    expect(await query(`SELECT ${columns} FROM emails`)).toEqual([
      {
        address: 'asmith@gmail.com',
        normalised: 'asmith@gmail.com',
        domain: 'gmail.com',
        kind: 'freemail',
        verdict: 'valid',
        mx: 1,
        disposable: 0,
        confidence: 0.9,
        method: 'text',
        flags: '',
      },
    ]);
  });

  it('takes its locks in the order of the keys, flagged and counted addresses alike', async () => {
    const chunk = await claimed();
    const emails = Array.from({ length: 12 }, (_, i) =>
      makeEmail(`p${i}@a-site.org`, {
        flags: i % 2 ? ['placeholder'] : [],
        sightings: [1, 2, 3, 4, 5].map((page) => ({ ...PAGE, url: `http://a.example/${page}` })),
      }),
    );
    const inserts = await watchInserts(() => results.flush(chunk, [makeSiteResult('a.example', emails)], false));
    expect(inserts.get('emails')).toHaveLength(12);
    expect(inserts.get('sightings')).toHaveLength(60);
    for (const keys of inserts.values()) expect(keys).toEqual(keys.toSorted());
  });

  describe('evidence', () => {
    const pages = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ ...PAGE, url: `http://a.example/${10 + from + i}` }));

    it('holds ten places of an address, however many flushes bring some', async () => {
      const chunk = await claimed();
      for (const [i, host] of ['a.example', 'b.example', 'c.example'].entries()) {
        const email = makeEmail('a@a-site.org', { sightings: pages(4 * i, 4) });
        await results.flush(chunk, [makeSiteResult(host, [email])], false);
      }
      expect(await placesOf(chunk.jobId)).toHaveLength(10);
    });

    it('holds ten places of an address that was flagged first', async () => {
      const chunk = await claimed();
      const flagged = makeEmail('a@a-site.org', { sightings: pages(0, 8), flags: ['placeholder'] });
      await results.flush(chunk, [makeSiteResult('a.example', [flagged])], false);
      const counted = makeEmail('a@a-site.org', { sightings: pages(8, 8) });
      expect(await results.flush(chunk, [makeSiteResult('b.example', [counted])], false)).toMatchObject({ emails: 1 });
      expect(await placesOf(chunk.jobId)).toHaveLength(10);
    });

    it('dates a page anew that is seen again, and stores no other', async () => {
      const chunk = await claimed();
      const seen = (seenAt: number) => makeEmail('a@a-site.org', { sightings: [{ ...PAGE, seenAt }] });
      await results.flush(chunk, [makeSiteResult('a.example', [seen(1000)])], false);
      await results.flush(chunk, [makeSiteResult('b.example', [seen(2000)])], false);
      expect(await placesOf(chunk.jobId)).toMatchObject([{ first: 1000, last: 2000 }]);
    });

    it('says what the page says of itself', async () => {
      const chunk = await claimed();
      const email = makeEmail('a@a-site.org', { sightings: [{ ...PAGE, noindex: true, noHarvest: true }] });
      await results.flush(chunk, [makeSiteResult('a.example', [email])], false);
      expect(await query('SELECT noindex, no_harvest, via FROM sightings')).toEqual([
        { noindex: 1, no_harvest: 1, via: 'seed' },
      ]);
    });
  });

  it('counts what it need not send again, and sends its evidence until there is enough', async () => {
    const hosts = Array.from({ length: 14 }, (_, i) => `h${10 + i}.example`);
    const chunk = await claim(await makeRunningJob(database.dataSource, [hosts]));
    for (const host of hosts) {
      const outcome = await results.flush(
        chunk,
        [makeSiteResult(host, [at('x@a-site.org', `http://${host}/`)])],
        host === hosts.at(-1),
      );
      expect(outcome.emails).toBe(host === hosts[0] ? 1 : 0);
    }
    expect(await placesOf(chunk.jobId)).toHaveLength(10);
    expect(await query('SELECT SUM(emails) AS n, COUNT(*) AS sites FROM sites')).toMatchObject([{ n: 14, sites: 14 }]);
    expect(await query('SELECT state, emails FROM chunks')).toMatchObject([{ state: 'done', emails: 1 }]);
  });
});
