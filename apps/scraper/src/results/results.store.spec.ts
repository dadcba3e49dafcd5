import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#common/config/load-config.js';
import { makeEmail, makeRunningJob, makeSiteResult } from '../../../../test/support/make-job.js';
import { DATABASES, type TestDatabase } from '../../../../test/support/test-database.js';
import { type ClaimedChunk, ChunkStore } from '../chunks/chunk.store.js';
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
    return chunks.open(claimed!);
  };
  const claimed = async (options: Parameters<typeof makeRunningJob>[2] = {}): Promise<ClaimedChunk> =>
    claim(await makeRunningJob(database.dataSource, [['a.example', 'b.example', 'c.example']], options));
  const at = (text: string, url: string, over: Partial<FoundEmail> = {}): FoundEmail =>
    makeEmail(text, { sightings: [{ ...PAGE, url }], ...over });

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
