import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadConfig } from '#common/config/load-config.js';
import { isLockConflict } from '#common/persistence/dialect.js';
import { makeEmail, makeRunningJob, makeSiteResult } from '../../../../test/support/make-job.js';
import { DATABASES, type TestDatabase } from '../../../../test/support/test-database.js';
import { FinishingStore } from '../../../orchestrator/src/finishing/finishing.store.js';
import { type ClaimedChunk, ChunkStore } from '../chunks/chunk.store.js';
import { ChunkSitesStore } from '../chunks/chunk-sites.store.js';
import type { FoundEmail } from '../crawl/site-result.js';
import { type FlushOutcome, ResultsStore } from './results.store.js';
import { StoredAddresses } from './stored-addresses.js';

const ACCOUNT = randomUUID();
const HOSTS = ['a.example', 'b.example', 'c.example'];

type Dedupe = 'job' | 'account';

describe.each(DATABASES)('dedupe over the jobs of an account, on $name', ({ create }) => {
  let database: TestDatabase;
  let results: ResultsStore;
  beforeEach(async () => {
    database = await create();
    results = new ResultsStore(database.dataSource, new StoredAddresses());
  });
  afterEach(() => database.drop());

  const query = (sql: string, ...params: unknown[]) => database.dataSource.query(sql, params);
  const claim = async (jobId: string, chunkNo = 0): Promise<ClaimedChunk> => {
    const chunks = new ChunkStore(database.dataSource, loadConfig({}, {}));
    const [claimed] = await chunks.claim([{ jobId, chunkNo, worker: `w-${randomUUID()}` }]);
    return new ChunkSitesStore(database.dataSource).open(claimed!);
  };
  const makeJob = (chunks: string[][], dedupe: Dedupe, target: number | null = null): Promise<string> =>
    makeRunningJob(database.dataSource, chunks, { accountId: ACCOUNT, target, spec: { policy: { dedupe } } });
  const start = async (dedupe: Dedupe = 'account', target: number | null = null): Promise<ClaimedChunk> =>
    claim(await makeJob([HOSTS], dedupe, target));
  const flush = (chunk: ClaimedChunk, host: string, emails: (string | FoundEmail)[]): Promise<FlushOutcome> =>
    results.flush(
      chunk,
      [
        makeSiteResult(
          host,
          emails.map((email) => (typeof email === 'string' ? makeEmail(email) : email)),
        ),
      ],
      false,
    );
  const rowsOf = async ({ jobId }: { jobId: string }) => {
    const rows = await query('SELECT address, flags FROM emails WHERE job_id = ? ORDER BY address', jobId);
    return rows.map((row: { address: string; flags: string }) => [row.address, row.flags].join(' ').trim());
  };
  const contacts = () => query('SELECT first_job_id AS job FROM contacts');

  it('counts an address in the job that found it first, and flags it in the next', async () => {
    const [first, second] = [await start(), await start()];
    expect(await flush(first, 'a.example', ['x@mill.org', 'An.Na@gmail.com'])).toMatchObject({ emails: 2 });
    const emails = ['x@mill.org', 'anna+1@googlemail.com', 'new@mill.org'];
    expect(await flush(second, 'a.example', emails)).toMatchObject({ emails: 1 });
    expect(await rowsOf(second)).toEqual(['anna+1@googlemail.com known', 'new@mill.org', 'x@mill.org known']);
    expect(await query('SELECT emails FROM chunks ORDER BY job_id')).toEqual([{ emails: 2 }, { emails: 1 }]);
    expect(await query('SELECT emails FROM sites ORDER BY job_id')).toEqual([{ emails: 2 }, { emails: 1 }]);
    expect(await query('SELECT 1 FROM sightings WHERE job_id = ?', second.jobId)).toHaveLength(3);
  });

  it('calls a site found all of whose addresses are known, and says so', async () => {
    await flush(await start(), 'a.example', ['x@mill.org', 'y@mill.org']);
    const chunk = await start();
    await flush(chunk, 'a.example', ['x@mill.org', 'y@mill.org']);
    await flush(chunk, 'b.example', ['x@mill.org', 'z@mill.org']);
    await flush(chunk, 'c.example', ['y@mill.org']);
    const sites = await query('SELECT outcome, emails, detail FROM sites WHERE job_id = ? ORDER BY host', chunk.jobId);
    expect(sites).toEqual([
      { outcome: 'found', emails: 0, detail: 'all 2 addresses are known from earlier jobs' },
      { outcome: 'found', emails: 1, detail: null },
      { outcome: 'found', emails: 0, detail: 'its address is known from earlier jobs' },
    ]);
  });

  it('knows what a job that counts for itself has found, once that has ended', async () => {
    const other = await start('job');
    await flush(other, 'a.example', ['x@mill.org']);
    expect(await contacts()).toEqual([]);
    await query("UPDATE chunks SET state = 'done'");
    const finishing = new FinishingStore(database.dataSource);
    for (const job of await finishing.listFinishable()) await finishing.recordContacts(job, () => true);
    expect(await flush(await start(), 'a.example', ['x@mill.org'])).toMatchObject({ emails: 0 });
    expect(await flush(await start('job'), 'a.example', ['x@mill.org'])).toMatchObject({ emails: 1 });
  });

  it('dates contacts anew that a job has met again', async () => {
    await flush(await start(), 'a.example', ['x@mill.org']);
    await query('UPDATE contacts SET first_seen_at = 5, last_seen_at = 5');
    const { jobId } = await start().then(async (chunk) => {
      await flush(chunk, 'a.example', ['x@mill.org']);
      return chunk;
    });
    await query("UPDATE chunks SET state = 'done'");
    const finishing = new FinishingStore(database.dataSource);
    const jobs = await finishing.listFinishable();
    await finishing.recordContacts(
      jobs.find(({ id }) => id === jobId)!,
      () => true,
    );
    const [contact] = await query('SELECT first_seen_at AS first, last_seen_at AS last FROM contacts');
    expect(contact.first).toBe(5);
    expect(contact.last).toBeGreaterThan(5);
  });

  it('leaves other accounts alone', async () => {
    await flush(await start(), 'a.example', ['x@mill.org']);
    const chunk = await start();
    expect(await flush({ ...chunk, accountId: randomUUID() }, 'a.example', ['x@mill.org'])).toMatchObject({
      emails: 1,
    });
  });

  it('enters no flagged address into the contacts, until it is found without a flag', async () => {
    const [first, second] = [await start(), await start()];
    const placeholder = makeEmail('x@mill.org', { flags: ['placeholder'] });
    await flush(first, 'a.example', [placeholder]);
    expect(await contacts()).toEqual([]);
    expect(await flush(second, 'a.example', ['x@mill.org'])).toMatchObject({ emails: 1 });
    expect(await flush(first, 'b.example', ['x@mill.org'])).toMatchObject({ emails: 0 });
    expect(await contacts()).toEqual([{ job: second.jobId }]);
  });

  it('never counts a row that is known, even when its contact is gone', async () => {
    const [first, second] = [await start(), await start()];
    await flush(first, 'a.example', ['x@mill.org']);
    await flush(second, 'a.example', ['x@mill.org']);
    await query('DELETE FROM contacts');
    expect(await flush(second, 'b.example', ['x@mill.org'])).toMatchObject({ emails: 0 });
    expect(await rowsOf(second)).toEqual(['x@mill.org known']);
    expect(await query('SELECT emails FROM sites WHERE host = ?', 'b.example')).toEqual([{ emails: 0 }]);
    // Nor does its job own it: the next one may.
    expect(await contacts()).toEqual([]);
    expect(await flush(await start(), 'a.example', ['x@mill.org'])).toMatchObject({ emails: 1 });
  });

  it('gives back at the target what it takes out, and keeps what it had', async () => {
    const [first, second] = [await start('account', 2), await start()];
    await flush(first, 'a.example', ['kept@mill.org']);
    const emails = [makeEmail('sure@mill.org', { confidence: 1 }), makeEmail('out@mill.org', { confidence: 0.1 })];
    const again = ['kept@mill.org', ...emails];
    expect(await flush(first, 'b.example', again)).toEqual({ emails: 1, targetReached: true });
    // A repeat after a lost answer enters nothing again.
    expect(await flush(first, 'b.example', again)).toMatchObject({ emails: 0 });
    expect(await contacts()).toEqual([{ job: first.jobId }, { job: first.jobId }]);
    expect(await flush(second, 'a.example', again)).toMatchObject({ emails: 1 });
    expect(await rowsOf(second)).toEqual(['kept@mill.org known', 'out@mill.org', 'sure@mill.org known']);
  });

  it('is exact whatever statement of a flush is the last that succeeds', async () => {
    await flush(await start(), 'a.example', ['x@mill.org']);
    const emails = ['x@mill.org', 'y@mill.org', 'z@mill.org'];
    for (let statement = 1; ; statement++) {
      const chunk = await start('account', 1);
      const before = await contacts();
      const isCut = await cutAt(database, statement, () => flush(chunk, 'a.example', emails));
      if (isCut) {
        expect(await rowsOf(chunk)).toEqual([]);
        expect(await contacts()).toHaveLength(before.length);
      }
      const { emails: counted } = isCut ? await flush(chunk, 'a.example', emails) : { emails: 1 };
      // Whichever address it is, it is the only one that is new to the account and has room.
      expect(counted).toBe(1);
      expect((await rowsOf(chunk)).filter((row: string) => !row.endsWith(' known'))).toHaveLength(1);
      expect(await contacts()).toHaveLength(before.length + 1);
      if (!isCut) {
        expect(statement).toBeGreaterThan(10);
        return;
      }
      await query('DELETE FROM contacts WHERE first_job_id = ?', chunk.jobId);
    }
  });

  it(
    'counts every address once, whatever jobs of both kinds find it at the same time',
    { timeout: 60_000 },
    async () => {
      const hosts = Array.from({ length: 8 }, (_, i) => [`h${i}.example`]);
      const jobs = [
        await makeJob(hosts, 'account'),
        await makeJob(hosts, 'account'),
        await makeJob(hosts, 'account', 60),
        await makeJob(hosts, 'job'),
        await makeJob(hosts, 'job', 50),
      ];
      const chunks = await Promise.all(jobs.flatMap((jobId) => hosts.map((_, no) => claim(jobId, no))));
      const all = Array.from({ length: 120 }, (_, i) => `p${i}@mill.org`);
      // Each site shows three quarters of all, so that every address is found by every job, in many flushes at once.
      const shown = (chunkNo: number) => all.filter((_, i) => (i + chunkNo) % 4 !== 0);
      // Two replicas, each with its own idea of what is stored.
      const replicas = [results, new ResultsStore(database.dataSource, new StoredAddresses())];
      await Promise.all(
        chunks.map((chunk, i) => {
          const emails = shown(chunk.chunkNo).map((text, n) => makeEmail(text, { confidence: n / 200 }));
          const site = makeSiteResult(hosts[chunk.chunkNo]![0]!, emails);
          return retryConflicts(() => replicas[i % 2]!.flush(chunk, [site], true));
        }),
      );
      const owners = await query(
        `SELECT e.address, COUNT(*) AS owners FROM emails e JOIN contacts c ON c.hash = e.hash AND c.first_job_id = e.job_id
        WHERE e.flags = '' AND e.job_id IN (?, ?, ?) GROUP BY e.address`,
        ...jobs.slice(0, 3),
      );
      expect(owners).toHaveLength(120);
      expect(owners.every((row: { owners: number }) => row.owners === 1)).toBe(true);
      for (const [i, jobId] of jobs.entries()) {
        const [{ counted }] = await query(
          "SELECT COUNT(*) AS counted FROM emails WHERE job_id = ? AND flags = ''",
          jobId,
        );
        const [{ sum }] = await query('SELECT SUM(emails) AS sum FROM chunks WHERE job_id = ?', jobId);
        const [{ owned }] = await query('SELECT COUNT(*) AS owned FROM contacts WHERE first_job_id = ?', jobId);
        expect(Number(sum)).toBe(counted);
        expect(owned).toBe(i < 3 ? counted : 0);
        if (i === 3) expect(counted).toBe(120);
        if (i === 4) expect(counted).toBe(50);
      }
    },
  );
});

/** Whether the work failed because the n-th statement of its transaction did. */
async function cutAt({ dataSource }: TestDatabase, statement: number, work: () => Promise<unknown>): Promise<boolean> {
  const create = dataSource.createQueryRunner.bind(dataSource);
  const spy = vi.spyOn(dataSource, 'createQueryRunner').mockImplementation((mode) => {
    const runner = create(mode);
    const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
    let count = 0;
    const counting = (...args: unknown[]): Promise<unknown> => {
      const isWork = !/^(BEGIN|START|COMMIT|ROLLBACK|SET)/i.test(String(args[0]));
      if (isWork && ++count === statement) return Promise.reject(new Error('cut'));
      return query(...args);
    };
    return Object.assign(runner, { query: counting });
  });
  onTestFinished(() => spy.mockRestore());
  try {
    await work();
    return false;
  } catch (error) {
    if ((error as Error).message !== 'cut') throw error;
    return true;
  } finally {
    spy.mockRestore();
  }
}

/** As SiteFlusher does, with more patience: here all flushes of all jobs are one burst. */
async function retryConflicts<T>(work: () => Promise<T>, tries = 20): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (tries === 0 || !isLockConflict(error)) throw error;
    return retryConflicts(work, tries - 1);
  }
}
