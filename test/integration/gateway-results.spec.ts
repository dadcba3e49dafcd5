import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { hashMailbox } from '#common/domain/address.js';
import type { ChunkState } from '#common/domain/chunk-state.js';
import { insertIgnore } from '#common/persistence/dialect.js';
import type { JobView } from '../../apps/gateway/src/jobs/job.view.js';
import { chunkPage, jobErrorPage } from '../../apps/gateway/src/results/chunk.view.js';
import { emailPage, type EmailPage, type EmailView } from '../../apps/gateway/src/results/email.view.js';
import { EmailsStore } from '../../apps/gateway/src/results/emails.store.js';
import { sitePage, type SitePage, type SiteView } from '../../apps/gateway/src/results/site.view.js';
import { GatewayApp } from '../support/gateway-app.js';
import { DATABASES, type TestDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

interface ProblemBody {
  errors?: { pointer: string; detail: string }[];
}

describe.each(DATABASES)('gateway: results on $name', ({ create }) => {
  let database: TestDatabase;
  let gateway: GatewayApp;
  let accountId: string;

  beforeAll(async () => {
    database = await create();
    gateway = await GatewayApp.start(database.dataSource);
    accountId = (await query('SELECT id FROM accounts'))[0].id;
  });
  afterAll(async () => {
    await gateway?.close();
    await database?.drop();
  });

  const query = (sql: string, params: unknown[] = []) => database.dataSource.query(sql, params);
  const insert = (table: string, rows: Record<string, unknown>[]): Promise<number> =>
    insertIgnore(
      database.dataSource,
      table,
      Object.keys(rows[0] ?? {}),
      rows.map((row) => Object.values(row)),
    );
  const submit = async (...sites: string[]): Promise<string> =>
    (await gateway.post<JobView>('/v1/jobs', { source: { type: 'sites', sites } })).body.id;

  const addEmails = (jobId: string, rows: { address: string; [column: string]: unknown }[]) =>
    insert(
      'emails',
      rows.map(({ address, ...over }) => ({
        job_id: jobId,
        hash: hashMailbox(address),
        address,
        normalised: address,
        domain: address.split('@')[1],
        kind: 'personal',
        verdict: 'unknown',
        mx: null,
        disposable: 0,
        confidence: 0.9,
        method: 'text',
        flags: '',
        seq: 1000,
        chunk_no: 0,
        flush: 1,
        ...over,
      })),
    );
  const addSighting = (jobId: string, address: string, url: string, at: number, snippet = 'write to us') =>
    insert('sightings', [
      {
        job_id: jobId,
        hash: hashMailbox(address),
        url_hash: createHash('sha256').update(url).digest().subarray(0, 16),
        url,
        method: 'mailto',
        snippet,
        first_seen_at: at,
        last_seen_at: at,
        http_status: 200,
        robots: 'allowed',
        no_harvest: 1,
      },
    ]);

  /** All rows of a list, page by page. */
  const readAll = async <Row>(path: string, limit: number): Promise<Row[]> => {
    const rows: Row[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const url: string = `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor && `&cursor=${cursor}`}`;
      const { status, body } = await gateway.get<{ data: Row[]; nextCursor: string | null }>(url);
      expect(status).toBe(200);
      expect(body.data.length).toBeLessThanOrEqual(limit);
      rows.push(...body.data);
      cursor = body.nextCursor;
    }
    return rows;
  };

  describe('/emails', () => {
    it('shows everything known of an address', async () => {
      const job = await submit('a.example');
      const address = 'info@a.example';
      await addEmails(job, [{ address, kind: 'role', verdict: 'valid', mx: 1, disposable: 1, seq: 5000 }]);
      await addSighting(job, address, 'https://a.example/later', 3000);
      await addSighting(job, address, 'https://a.example/first', 2000, 'line\nbreak <b>');
      const foundBy = { type: 'search', provider: 'brave', query: 'mills', page: 1, rank: 21 };
      await query("UPDATE sightings SET origin = ? WHERE url LIKE '%/later'", [JSON.stringify(foundBy)]);
      const { body } = await gateway.get<EmailPage>(`/v1/jobs/${job}/emails`);
      emailPage.strict().parse(body);
      expect(body.nextCursor).toBeNull();
      const source = { method: 'mailto', httpStatus: 200, robots: 'allowed', noindex: false, noHarvest: true, via: '' };
      expect(body.data).toEqual([
        {
          address,
          domain: 'a.example',
          kind: 'role',
          verdict: 'valid',
          mx: true,
          disposable: true,
          confidence: 0.9,
          method: 'text',
          flags: [],
          isNew: true,
          firstFoundIn: null,
          firstSeenAt: '1970-01-01T00:00:02.000Z',
          sources: [
            {
              ...source,
              url: 'https://a.example/first',
              snippet: 'line\nbreak <b>',
              seenAt: '1970-01-01T00:00:02.000Z',
              lastSeenAt: '1970-01-01T00:00:02.000Z',
              origin: null,
            },
            {
              ...source,
              url: 'https://a.example/later',
              snippet: 'write to us',
              seenAt: '1970-01-01T00:00:03.000Z',
              lastSeenAt: '1970-01-01T00:00:03.000Z',
              origin: foundBy,
            },
          ],
        },
      ]);
    });

    it('tells no, yes and unknown of mx apart', async () => {
      const job = await submit('a.example');
      await addEmails(job, [
        { address: 'a@a.example', mx: 0 },
        { address: 'b@a.example', mx: 1 },
        { address: 'c@a.example' },
      ]);
      const { body } = await gateway.get<EmailPage>(`/v1/jobs/${job}/emails`);
      expect(Object.fromEntries(body.data.map(({ address, mx }) => [address[0], mx]))).toEqual({
        a: false,
        b: true,
        c: null,
      });
    });

    it('pages through rows of one moment, whole, in order and without repetition', async () => {
      const job = await submit('a.example');
      const rows = Array.from({ length: 257 }, (_, i) => ({
        address: `p${i}@a.example`,
        seq: 1000 + Math.floor(i / 50),
      }));
      await addEmails(job, rows);
      for (const limit of [1000, 100, 50, 7]) {
        const seen = await readAll<EmailView>(`/v1/jobs/${job}/emails`, limit);
        expect(new Set(seen.map(({ address }) => address)).size).toBe(257);
        expect(seen).toHaveLength(257);
        const seqs = seen.map(({ address }) => rows.find((row) => row.address === address)?.seq ?? 0);
        expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      }
    });

    it('lists counted rows only, unless flagged ones are asked for', async () => {
      const job = await submit('a.example');
      await addEmails(job, [{ address: 'a@a.example' }, { address: 'you@example.com', flags: 'placeholder,honeypot' }]);
      const list = async (search: string): Promise<EmailView[]> =>
        (await gateway.get<EmailPage>(`/v1/jobs/${job}/emails${search}`)).body.data;
      expect((await list('')).map(({ address }) => address)).toEqual(['a@a.example']);
      const all = await list('?include=flagged');
      expect(all.map(({ flags }) => flags.join()).toSorted()).toEqual(['', 'placeholder,honeypot']);
    });

    it('filters by kind, verdict, domain and part of the address', async () => {
      const job = await submit('a.example');
      await addEmails(job, [
        { address: 'info@a.example', kind: 'role', verdict: 'valid' },
        { address: 'x_y@b.example', verdict: 'risky' },
        { address: 'xzy@b.example' },
      ]);
      const list = async (search: string): Promise<string[]> =>
        (await readAll<EmailView>(`/v1/jobs/${job}/emails?${search}`, 1)).map(({ address }) => address).toSorted();
      expect(await list('kind=role')).toEqual(['info@a.example']);
      expect(await list('verdict=risky')).toEqual(['x_y@b.example']);
      expect(await list('domain=B.example')).toEqual(['x_y@b.example', 'xzy@b.example']);
      expect(await list('q=x_y')).toEqual(['x_y@b.example']);
      expect(await list('q=INFO@')).toEqual(['info@a.example']);
      expect(await list('q=%25')).toEqual([]);
      expect(await list('domain=b.example&verdict=unknown')).toEqual(['xzy@b.example']);
    });

    it('knows what earlier jobs of the account found, and nobody else', async () => {
      const [old, job] = [await submit('a.example'), await submit('a.example')];
      await addEmails(job, [{ address: 'old@a.example' }, { address: 'own@a.example' }, { address: 'open@a.example' }]);
      const contact = (account: string, address: string, firstJob: string) => ({
        account_id: account,
        hash: hashMailbox(address),
        first_job_id: firstJob,
        first_seen_at: 42_000,
        last_seen_at: 43_000,
      });
      await insert('contacts', [
        contact(accountId, 'old@a.example', old),
        contact(accountId, 'own@a.example', job),
        contact(uuidv7(), 'open@a.example', old),
      ]);
      const { body } = await gateway.get<EmailPage>(`/v1/jobs/${job}/emails`);
      const news = Object.fromEntries(
        body.data.map(({ address, isNew, firstFoundIn, firstSeenAt }) => [
          address.split('@')[0],
          [isNew, firstFoundIn, firstSeenAt],
        ]),
      );
      expect(news).toEqual({
        old: [false, old, '1970-01-01T00:00:42.000Z'],
        own: [true, job, '1970-01-01T00:00:42.000Z'],
        open: [true, null, '1970-01-01T00:00:01.000Z'],
      });
      const list = async (search: string): Promise<string[]> =>
        (await readAll<EmailView>(`/v1/jobs/${job}/emails?${search}`, 1)).map(({ address }) => address).toSorted();
      expect(await list('new=true')).toEqual(['open@a.example', 'own@a.example']);
      expect(await list('new=false')).toEqual(['old@a.example']);
    });

    it.each([
      'limit=1001',
      'kind=other',
      'verdict=maybe',
      'include=all',
      'new=1',
      'format=xml',
      'cursor=W10',
      'cursor=WzEsInh4Il0',
    ])('422 for ?%s', async (search) => {
      const { status, body } = await gateway.get<ProblemBody>(`/v1/jobs/${await submit('a.example')}/emails?${search}`);
      expect(status).toBe(422);
      expect(body.errors?.map(({ pointer }) => pointer)).toEqual([`?${search.split('=')[0]}`]);
    });

    it('says that xlsx is not there yet', async () => {
      const { status, body } = await gateway.get<ProblemBody>(
        `/v1/jobs/${await submit('a.example')}/emails?format=xlsx`,
      );
      expect([status, body.errors]).toEqual([
        422,
        [{ pointer: '?format', detail: 'is not supported by this version' }],
      ]);
    });
  });

  describe('/emails as a stream', () => {
    it('gives the whole result as CSV, one line an address', async () => {
      const job = await submit('a.example');
      await addEmails(
        job,
        Array.from({ length: 2500 }, (_, i) => ({ address: `n${i}@a.example`, seq: 1000 + (i % 7) })),
      );
      const answer = await gateway.get(`/v1/jobs/${job}/emails`, { accept: 'text/csv' });
      expect(answer.headers.get('content-type')).toContain('text/csv');
      expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="emails-${job}.csv"`);
      const [header, ...lines] = answer.text.trimEnd().split('\r\n');
      expect(header).toBe(
        'address,domain,kind,verdict,mx,disposable,confidence,method,flags,isNew,firstSeenAt,sources',
      );
      expect(new Set(lines).size).toBe(2500);
    });

    it('has a header even where there is nothing', async () => {
      const { text } = await gateway.get(`/v1/jobs/${await submit('a.example')}/emails?format=csv`);
      expect(text).toMatch(/^address,[^\r]*sources\r\n$/);
    });

    it('quotes cells and disarms formulas', async () => {
      const job = await submit('a.example');
      const address = '=cmd("x"),@a.example';
      await addEmails(job, [{ address, domain: '-a', method: '+x' }]);
      await addSighting(job, address, 'https://a.example/?a="b"', 1);
      const { text } = await gateway.get(`/v1/jobs/${job}/emails?format=csv`);
      const [, line] = text.split('\r\n');
      expect(line).toMatch(/^"'=cmd\(""x""\),@a\.example",'-a,/);
      expect(line).toContain(",'+x,");
      expect(line).toContain('"https://a.example/?a=""b"""');
    });

    it('gives the rows of the JSON pages as NDJSON, with filters', async () => {
      const job = await submit('a.example');
      await addEmails(job, [{ address: 'a@a.example' }, { address: 'b@a.example', kind: 'role' }]);
      const pages = await gateway.get<EmailPage>(`/v1/jobs/${job}/emails?kind=role`);
      const answer = await gateway.get(`/v1/jobs/${job}/emails?kind=role`, { accept: 'application/x-ndjson' });
      expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
      expect(
        answer.text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual(pages.body.data);
    });

    it('lets ?format go before Accept, and gives browsers JSON', async () => {
      const path = `/v1/jobs/${await submit('a.example')}/emails`;
      expect((await gateway.get(`${path}?format=json`, { accept: 'text/csv' })).body).toEqual({
        data: [],
        nextCursor: null,
      });
      expect((await gateway.get(path, { accept: 'text/html,*/*;q=0.8' })).body).toEqual({ data: [], nextCursor: null });
    });

    it('reads no further than the client does, and stops with it', async () => {
      const job = await submit('a.example');
      await addEmails(
        job,
        Array.from({ length: 50_000 }, (_, i) => ({ address: `n${i}@${'long'.repeat(50)}.example` })),
      );
      const list = vi.spyOn(gateway.app.get(EmailsStore), 'list');
      const abort = new AbortController();
      const response = await fetch(`${gateway.url}/v1/jobs/${job}/emails?format=ndjson`, {
        headers: { authorization: `Bearer ${gateway.key}` },
        signal: abort.signal,
      });
      await response.body?.getReader().read();
      await waitFor(() => list.mock.calls.length > 1);
      abort.abort();
      // 50 pages of half a megabyte: more than sockets buffer.
      await gateway.get('/v1/stats');
      expect(list.mock.calls.length).toBeLessThan(50);
      list.mockRestore();
    });

    it('breaks off rather than end early when the database fails half way', async () => {
      const job = await submit('a.example');
      await addEmails(
        job,
        Array.from({ length: 1500 }, (_, i) => ({ address: `n${i}@a.example` })),
      );
      const store = gateway.app.get(EmailsStore);
      const failing = vi
        .spyOn(store, 'listSightings')
        .mockResolvedValueOnce(new Map())
        .mockRejectedValueOnce(new Error('gone'));
      await expect(gateway.get(`/v1/jobs/${job}/emails?format=csv`)).rejects.toThrow();
      failing.mockRestore();
    });
  });

  describe('/sites', () => {
    const STATES: ChunkState[] = ['pending', 'dispatched', 'running', 'done', 'failed', 'cancelled'];
    const host = (i: number): string => `s${String(i).padStart(3, '0')}.example`;

    /** 80 sites, ten a chunk for six chunks in every state, the last twenty not yet planned; the first of a chunk finished. */
    const makeJob = async (): Promise<string> => {
      const hosts = Array.from({ length: 80 }, (_, i) => host(i));
      const job = await submit(...hosts, `http://${host(3)}/second-seed`);
      await insert(
        'chunks',
        STATES.map((state, no) => ({
          job_id: job,
          chunk_no: no,
          state,
          sites: 10,
          first_host: host(no * 10),
          last_host: host(no * 10 + 9),
          error: state === 'failed' ? 'cpu_budget' : null,
        })),
      );
      const finished = STATES.flatMap((state, no) =>
        state === 'done' ? Array.from({ length: 10 }, (_, i) => no * 10 + i) : [no * 10],
      );
      await insert(
        'sites',
        finished.map((i) => ({
          job_id: job,
          host: host(i),
          chunk_no: Math.floor(i / 10),
          outcome: i % 2 === 0 ? 'found' : 'http_error',
          emails: i % 2 === 0 ? 2 : 0,
          pages: 3,
          bytes: 1,
          detail: i % 2 === 0 ? null : 'HTTP 500',
          finished_at: 1,
        })),
      );
      await query("UPDATE jobs SET status = 'running' WHERE id = ?", [job]);
      return job;
    };
    const countOutcomes = (sites: SiteView[]): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const { outcome } of sites) counts[outcome] = (counts[outcome] ?? 0) + 1;
      return counts;
    };

    it('accounts for every site exactly once, in every state', async () => {
      const job = await makeJob();
      const first = await gateway.get<SitePage>(`/v1/jobs/${job}/sites`);
      sitePage.strict().parse(first.body);
      for (const limit of [1000, 33, 7]) {
        const sites = await readAll<SiteView>(`/v1/jobs/${job}/sites`, limit);
        expect(sites.map((site) => site.host)).toEqual(Array.from({ length: 80 }, (_, i) => host(i)));
        expect(countOutcomes(sites)).toEqual({
          found: 10,
          http_error: 5,
          pending: 38,
          working: 9,
          failed: 9,
          cancelled: 9,
        });
      }
    });

    it('filters by outcome, stored or derived', async () => {
      const job = await makeJob();
      for (const [outcome, count] of Object.entries({
        found: 10,
        http_error: 5,
        pending: 38,
        working: 9,
        failed: 9,
        cancelled: 9,
        timeout: 0,
      })) {
        const sites = await readAll<SiteView>(`/v1/jobs/${job}/sites?outcome=${outcome}`, 4);
        expect(countOutcomes(sites), outcome).toEqual(count === 0 ? {} : { [outcome]: count });
      }
    });

    it('says why: by the site, by its failed chunk', async () => {
      const job = await makeJob();
      const { data } = (await gateway.get<SitePage>(`/v1/jobs/${job}/sites`)).body;
      const detail = (i: number): unknown => data.find((site) => site.host === host(i))?.detail;
      expect([detail(31), detail(30), detail(41), detail(1)]).toEqual(['HTTP 500', null, 'cpu_budget', null]);
    });

    it('says not_needed for what the reached target spared', async () => {
      const job = await makeJob();
      await query('UPDATE jobs SET target_reached_at = 1 WHERE id = ?', [job]);
      const sites = await readAll<SiteView>(`/v1/jobs/${job}/sites`, 1000);
      expect(countOutcomes(sites)).toMatchObject({ not_needed: 9 });
    });

    it.each([
      ['queued', 'pending'],
      ['cancelling', 'pending'],
      ['cancelled', 'cancelled'],
      ['failed', 'failed'],
    ])('of a job without chunks that is %s: %s', async (status, outcome) => {
      const job = await submit('a.example', 'b.example');
      await query('UPDATE jobs SET status = ? WHERE id = ?', [status, job]);
      const { data } = (await gateway.get<SitePage>(`/v1/jobs/${job}/sites`)).body;
      expect(countOutcomes(data)).toEqual({ [outcome]: 2 });
    });

    it('says budget for what the spent budget of the job left over', async () => {
      const job = await makeJob();
      await query("UPDATE jobs SET error = 'budget_exceeded' WHERE id = ?", [job]);
      const sites = await readAll<SiteView>(`/v1/jobs/${job}/sites`, 1000);
      expect(countOutcomes(sites)).toMatchObject({ budget: 9 });
    });

    it('shows a site as waiting until its time has come, and what robots.txt said', async () => {
      const job = await submit('a.example', 'b.example', 'c.example');
      const until = Date.now() + 60_000;
      const wait = { job_id: job, host: 'a.example', until, times: 1, reason: 'HTTP 429' };
      await insert('site_waits', [wait, { ...wait, host: 'b.example', until: 5 }]);
      await query(
        `INSERT INTO sites (job_id, host, chunk_no, outcome, emails, pages, bytes, robots, finished_at)
         VALUES (?, 'c.example', 0, 'robots_disallowed', 0, 0, 0, 'disallowed', 1)`,
        [job],
      );
      const { data } = (await gateway.get<SitePage>(`/v1/jobs/${job}/sites`)).body;
      const nothing = { emails: 0, pages: 0, detail: null, robots: null, waitingUntil: null };
      expect(data).toEqual([
        {
          ...nothing,
          host: 'a.example',
          outcome: 'waiting',
          detail: 'HTTP 429',
          waitingUntil: new Date(until).toISOString(),
        },
        { ...nothing, host: 'b.example', outcome: 'pending' },
        { ...nothing, host: 'c.example', outcome: 'robots_disallowed', robots: 'disallowed' },
      ]);
    });

    it('orders hosts bytewise, as planning does', async () => {
      const job = await submit(
        'b-b.example',
        'b.example',
        'b.example:8080',
        'http://[::1]:81/',
        'B.example/x',
        '127.0.0.1',
      );
      const sites = await readAll<SiteView>(`/v1/jobs/${job}/sites`, 2);
      expect(sites.map((site) => site.host)).toEqual([
        '127.0.0.1',
        '[::1]:81',
        'b-b.example',
        'b.example',
        'b.example:8080',
      ]);
    });

    it.each(['outcome=odd', 'limit=0', 'cursor=!!!'])('422 for ?%s', async (search) => {
      expect((await gateway.get(`/v1/jobs/${await submit('a.example')}/sites?${search}`)).status).toBe(422);
    });
  });

  describe('/chunks and /errors', () => {
    it('list chunks by number', async () => {
      const job = await submit('a.example');
      await insert(
        'chunks',
        Array.from({ length: 11 }, (_, no) => ({
          job_id: job,
          chunk_no: no,
          state: 'running',
          attempt: 2,
          failures: 1,
          losses: 0,
          worker: 'r1-3',
          sites: 4,
          emails: 5,
          pages: 6,
          first_host: 'a',
          last_host: 'b',
          error: no === 0 ? 'boom' : null,
        })),
      );
      chunkPage.strict().parse((await gateway.get(`/v1/jobs/${job}/chunks`)).body);
      const chunks = await readAll<{ no: number }>(`/v1/jobs/${job}/chunks`, 4);
      expect(chunks.map(({ no }) => no)).toEqual(Array.from({ length: 11 }, (_, no) => no));
      const counters = { attempt: 2, failures: 1, losses: 0, sites: 4, emails: 5, pages: 6 };
      expect(chunks[0]).toEqual({ no: 0, state: 'running', worker: 'r1-3', error: 'boom', ...counters });
    });

    it('list errors, oldest first', async () => {
      const job = await submit('a.example');
      await insert(
        'job_errors',
        Array.from({ length: 5 }, (_, i) => ({
          id: uuidv7(),
          job_id: job,
          code: 'http_5xx',
          url: i === 0 ? null : `https://a.example/${i}`,
          chunk_no: i === 0 ? null : 3,
          worker: null,
          message: `HTTP 50${i}`,
          at: 1000,
        })),
      );
      jobErrorPage.strict().parse((await gateway.get(`/v1/jobs/${job}/errors`)).body);
      const errors = await readAll<{ message: string }>(`/v1/jobs/${job}/errors`, 2);
      expect(errors.map(({ message }) => message)).toEqual(Array.from({ length: 5 }, (_, i) => `HTTP 50${i}`));
      expect(errors[1]).toEqual({
        code: 'http_5xx',
        url: 'https://a.example/1',
        chunk: 3,
        worker: null,
        message: 'HTTP 501',
        at: '1970-01-01T00:00:01.000Z',
      });
    });
  });
});
