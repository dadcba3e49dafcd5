import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { PublishError } from '#common/broker/broker.js';
import { JOBS } from '#common/broker/topology.js';
import { canMoveJob, JOB_MOVES, JOB_STATUSES, type JobMove, type JobStatus } from '#common/domain/job-status.js';
import { connect, createDataSource } from '#common/persistence/data-source.js';
import { insertIgnore } from '#common/persistence/dialect.js';
import { jobPage, jobView, type JobPage, type JobView } from '../../apps/gateway/src/jobs/job.view.js';
import { GatewayApp } from '../support/gateway-app.js';
import { DATABASES, type TestDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

const sites = (...list: string[]) => ({ source: { type: 'sites', sites: list } });
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

interface ProblemBody {
  status: number;
  code: string;
  detail: string;
  traceId: string;
  errors?: { pointer: string; detail: string }[];
}

/** A job where all went well, else a problem. */
type JobOrProblem = Omit<JobView & Omit<ProblemBody, 'status'>, 'status'> & { status: JobStatus | number };

describe.each(DATABASES)('gateway: jobs on $name', ({ name, create }) => {
  let database: TestDatabase;
  let gateway: GatewayApp;

  beforeAll(async () => {
    database = await create();
    gateway = await GatewayApp.start(database.dataSource);
  });
  afterAll(async () => {
    await gateway?.close();
    await database?.drop();
  });

  const query = (sql: string, params: unknown[] = []) => database.dataSource.query(sql, params);
  const countRows = async (): Promise<number[]> =>
    Promise.all(
      ['jobs', 'job_inputs', 'job_events', 'idempotency_keys'].map(async (table) =>
        Number((await query(`SELECT COUNT(*) AS n FROM ${table}`))[0].n),
      ),
    );
  const submit = async (body: object = sites('a.example')): Promise<JobView> => {
    const { status, body: job } = await gateway.post<JobView>('/v1/jobs', body);
    expect(status).toBe(202);
    return job;
  };
  const setStatus = (id: string, status: JobStatus): Promise<unknown> =>
    query('UPDATE jobs SET status = ? WHERE id = ?', [status, id]);

  /** A second account with a key of its own, as the keys API will make it. */
  const addKey = async (scopes: string): Promise<{ authorization: string }> => {
    const [accountId, secret] = [uuidv7(), `key-${uuidv7()}`];
    await insertIgnore(database.dataSource, 'accounts', ['id', 'name', 'created_at'], [[accountId, accountId, 1]]);
    const hash = createHash('sha256').update(secret).digest();
    const columns = ['id', 'account_id', 'name', 'scopes', 'secret_hash', 'created_at'];
    await insertIgnore(database.dataSource, 'api_keys', columns, [[uuidv7(), accountId, 'other', scopes, hash, 1]]);
    return { authorization: `Bearer ${secret}` };
  };

  describe('POST /v1/jobs', () => {
    it('stores the job, its inputs and its first event, and tells where it is', async () => {
      const body = {
        ...sites('https://a.example/kontakt#x', 'b.example:8080', 'a.example'),
        name: ' Dentists ',
        target: 1000,
        priority: 9,
        deadlineSeconds: 60,
        crawl: { maxDepth: 0, hostDelayMs: 0 },
        policy: { robots: 'ignore' },
        retentionDays: 1,
      };
      const answer = await gateway.post<JobView>('/v1/jobs', body);
      const job = jobView.strict().parse(answer.body);
      expect(answer.status).toBe(202);
      expect(answer.headers.get('location')).toBe(`/v1/jobs/${job.id}`);
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(job).toMatchObject({
        name: 'Dentists',
        status: 'queued',
        workerCount: 50,
        target: 1000,
        startedAt: null,
        error: null,
      });
      expect(job.source).toEqual({ type: 'sites', sites: 3 });
      expect(job.progress).toMatchObject({ version: 0, percent: 0, emails: 0, chunks: { total: 0 } });

      const [row] = await query('SELECT * FROM jobs WHERE id = ?', [job.id]);
      expect(row).toMatchObject({ status: 'queued', priority: 9, worker_count: null, target: 1000 });
      expect(row).toMatchObject({ inputs_from: 0, inputs_to: 3 });
      expect(row.deadline_at - row.created_at).toBe(60_000);
      expect(JSON.parse(row.spec)).toMatchObject({
        crawl: { maxDepth: 0, maxPagesPerSite: 20, sameSite: true, hostDelayMs: 0 },
        policy: { robots: 'ignore', obfuscated: 'include', freemail: 'include', dedupe: 'job' },
        verify: { mx: true },
        retentionDays: 1,
        deadlineSeconds: 60,
      });
      expect(await query('SELECT seq, host, url FROM job_inputs WHERE job_id = ? ORDER BY seq', [job.id])).toEqual([
        { seq: 0, host: 'a.example', url: 'https://a.example/kontakt' },
        { seq: 1, host: 'b.example:8080', url: 'b.example:8080/' },
        { seq: 2, host: 'a.example', url: 'a.example/' },
      ]);
      expect(await query('SELECT event, data FROM job_events WHERE job_id = ?', [job.id])).toEqual([
        { event: 'status', data: '{"status":"queued"}' },
      ]);
    });

    it('counts workers by distinct sites where there is no target', async () => {
      const list = Array.from({ length: 41 }, (_, i) => `s${i % 21}.example`);
      expect((await submit(sites(...list))).workerCount).toBe(2);
    });

    it('takes as many sites as fit into the body', async () => {
      const list = Array.from({ length: 60_000 }, (_, i) => `s${i}.example`);
      const job = await submit(sites(...list));
      expect((await query('SELECT COUNT(*) AS n FROM job_inputs WHERE job_id = ?', [job.id]))[0].n).toBe(60_000);
      expect(job.source).toEqual({ type: 'sites', sites: 60_000 });
    }, 30_000);

    it('takes a compressed body', async () => {
      const response = await fetch(`${gateway.url}/v1/jobs`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${gateway.key}`,
          'content-type': 'application/json',
          'content-encoding': 'gzip',
        },
        body: gzipSync(JSON.stringify(sites('a.example'))),
      });
      expect(response.status).toBe(202);
    });

    it('takes a job that counts only what the account does not know', async () => {
      const { id } = await submit({ ...sites('a.example'), policy: { dedupe: 'account' } });
      const [row] = await query('SELECT spec FROM jobs WHERE id = ?', [id]);
      expect(JSON.parse(row.spec).policy.dedupe).toBe('account');
    });

    it('tells the orchestrator', async () => {
      const before = await gateway.broker.countReady(JOBS);
      await submit();
      await waitFor(async () => (await gateway.broker.countReady(JOBS)) === before + 1);
    });

    it('answers as always while the broker does not', async () => {
      const publish = vi.spyOn(gateway.broker, 'publish');
      publish.mockRejectedValueOnce(new PublishError('disconnected', 'job.submitted'));
      await submit();
      publish.mockReturnValueOnce(new Promise(() => undefined));
      await submit();
      publish.mockRestore();
    });
  });

  describe('refused requests', () => {
    let before: number[];
    beforeEach(async () => {
      before = await countRows();
    });

    const refused = async (
      expected: number,
      body: unknown,
      headers: Record<string, string> = {},
    ): Promise<ProblemBody> => {
      const answer = await gateway.post<ProblemBody>('/v1/jobs', body, headers);
      expect(answer.status).toBe(expected);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body).toMatchObject({ status: expected, traceId: answer.headers.get('x-request-id') });
      expect(answer.text).not.toMatch(/SELECT|INSERT|node_modules/);
      expect(await countRows()).toEqual(before);
      return answer.body;
    };
    const pointers = ({ errors = [] }: ProblemBody): string[] => errors.map(({ pointer }) => pointer);
    const valid = sites('a.example');

    it.each([
      ['cut off', '{"source":'],
      ['with a trailing comma', '{"source":1,}'],
      ['that is not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
      ['of control characters', '\u0000'],
    ])('400 for a body %s', async (_, text) => {
      expect((await refused(400, text)).code).toBe('invalid_json');
    });

    it.each([21, 400_000])('400 for JSON nested %i deep', async (depth) => {
      expect((await refused(400, `{"source":${nested(depth - 1)}}`)).code).toBe('json_too_deep');
    });

    it('judges JSON nested 20 deep by its schema, and brackets in strings not at all', async () => {
      expect((await refused(422, `{"source":${nested(19)}}`)).code).toBe('invalid_request');
      await gateway
        .post('/v1/jobs', { ...valid, name: '[{"'.repeat(60) })
        .then(({ status }) => expect(status).toBe(202));
    });

    it('413 for more than 1 MiB, also where it was compressed', async () => {
      const large = JSON.stringify({ ...valid, name: 'x'.repeat(1024 * 1024) });
      await refused(413, large);
      const response = await fetch(`${gateway.url}/v1/jobs`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${gateway.key}`,
          'content-type': 'application/json',
          'content-encoding': 'gzip',
        },
        body: gzipSync(large),
      });
      expect(response.status).toBe(413);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    });

    it.each<[Record<string, string>]>([
      [{ 'content-type': 'text/plain' }],
      [{ 'content-type': 'application/x-www-form-urlencoded' }],
      [{ 'content-type': 'application/json; charset=latin1' }],
      [{ 'content-encoding': 'brotli-of-my-own' }],
    ])('415 for %o', async (headers) => {
      await refused(415, valid, headers);
    });

    it.each<[string, string, unknown]>([
      ['no body', '', undefined],
      ['null', '', 'null'],
      ['an array', '', []],
      ['a body without source', '/source', {}],
      ['an unknown field', '/taget', { ...valid, taget: 5 }],
      [
        'an unknown field of its prototype',
        '/__proto__',
        `{"source":{"type":"sites","sites":["a.example"]},"__proto__":{}}`,
      ],
      ['an unknown field within', '/crawl/maxdepth', { ...valid, crawl: { maxdepth: 1 } }],
      ['a field with a slash', '/a~1b', { ...valid, 'a/b': 1 }],
      ['hold that is no flag', '/hold', { ...valid, hold: 'yes' }],
      ['no sites', '/source/sites', { source: { type: 'sites' } }],
      ['no sites, and no hold', '/source/sites', { source: { type: 'sites' }, hold: false }],
      ['a webhook', '/webhook', { ...valid, webhook: { url: 'https://a.example' } }],
      ['an empty list', '/source/sites', sites()],
      ['too many sites', '/source/sites', sites(...Array.from({ length: 100_001 }, () => 'a.bc'))],
      ['sites that are no list', '/source/sites', { source: { type: 'sites', sites: 'a.example' } }],
      ['a site that is a number', '/source/sites/0', { source: { type: 'sites', sites: [1] } }],
      ['a bad URL', '/source/sites/3', sites('a.example', 'b.example', 'c.example', 'http://')],
      ['an ftp URL', '/source/sites/1', sites('a.example', 'ftp://a.example')],
      ['a mailto URL', '/source/sites/0', sites('mailto:me@a.example')],
      ['a javascript URL', '/source/sites/0', sites('javascript:alert(1)')],
      ['a URL with a password', '/source/sites/0', sites('http://me:secret@a.example/')],
      ['a row of a table', '/source/sites/0', sites('a.example\tBerlin')],
      ['an empty line', '/source/sites/0', sites('  ')],
      ['a URL that is too long', '/source/sites/0', sites(`http://a.example/${'x'.repeat(2048)}`)],
      ['a URL that is too long once encoded', '/source/sites/0', sites(`http://a.example/${'ü'.repeat(500)}`)],
      ['a name that is a number', '/name', { ...valid, name: 5 }],
      ['an empty name', '/name', { ...valid, name: '   ' }],
      ['a long name', '/name', { ...valid, name: 'x'.repeat(201) }],
      ['target 0', '/target', { ...valid, target: 0 }],
      ['a target with a fraction', '/target', { ...valid, target: 1.5 }],
      ['a target in a string', '/target', { ...valid, target: '10' }],
      ['a target that no column holds', '/target', { ...valid, target: 2_000_000_001 }],
      ['an infinite target', '/target', `{"source":{"type":"sites","sites":["a.example"]},"target":1e999}`],
      ['target null', '/target', { ...valid, target: null }],
      ['priority 10', '/priority', { ...valid, priority: 10 }],
      ['a deadline in the past', '/deadlineSeconds', { ...valid, deadlineSeconds: -1 }],
      ['a deadline after more than 30 days', '/deadlineSeconds', { ...valid, deadlineSeconds: 2_592_001 }],
      ['a negative delay', '/crawl/hostDelayMs', { ...valid, crawl: { hostDelayMs: -1 } }],
      ['an unknown policy', '/policy/robots', { ...valid, policy: { robots: 'maybe' } }],
      ['verify as a flag', '/verify', { ...valid, verify: true }],
      ['retention of 0 days', '/retentionDays', { ...valid, retentionDays: 0 }],
    ])('422 for %s, naming %s', async (_, pointer, body) => {
      const problem = await refused(422, body);
      expect(problem.code).toBe('invalid_request');
      expect(pointers(problem)).toEqual([pointer]);
    });

    const search = { type: 'search', queries: ['x'] };
    it.each<[string, string, object]>([
      ['a source that there is not', '/source/type', { source: { type: 'ftp' } }],
      ['a search without a target', '/target', { source: search }],
      ['a search that is held', '/hold', { source: search, target: 5, hold: true }],
      ['no query', '/source/queries', { source: { ...search, queries: [] }, target: 5 }],
      ['an empty query', '/source/queries/0', { source: { ...search, queries: [' '] }, target: 5 }],
      ['a name that no list has', '/source/queries', { source: { ...search, queries: ['x {city}'] }, target: 5 }],
      ['a list that no query uses', '/source/queries', { source: { ...search, lists: { city: ['a'] } }, target: 5 }],
      ['an unknown provider', '/source/provider', { source: { ...search, provider: 'bing' }, target: 5 }],
      ['a country that is none', '/source/country', { source: { ...search, country: 'Germany' }, target: 5 }],
      ['a language that is none', '/source/language', { source: { ...search, language: 'german' }, target: 5 }],
      [
        'a skip list of URLs',
        '/source/skipDomains/0',
        { source: { ...search, skipDomains: ['http://x/'] }, target: 5 },
      ],
      ['a sitemap without a scheme', '/source/url', { source: { type: 'sitemap', url: 'a.example' } }],
      ['no domain', '/source/domains', { source: { type: 'commoncrawl', domains: [] } }],
      [
        'a crawl that is none',
        '/source/crawl',
        { source: { type: 'commoncrawl', domains: ['a.example'], crawl: '2026' } },
      ],
    ])('422 for %s, naming %s', async (_, pointer, body) => {
      expect(pointers(await refused(422, body))).toEqual([pointer]);
    });

    it('says what to set where no provider of a search is configured', async () => {
      const { errors } = await refused(422, { source: { ...search, provider: ['serper', 'brave'] }, target: 5 });
      const detail = 'is not configured: set SERPER_API_KEY or BRAVE_API_KEY';
      expect(errors).toEqual([{ pointer: '/source/provider', detail }]);
    });

    it('says of a webhook that it is not there yet', async () => {
      const { errors } = await refused(422, { ...valid, webhook: {} });
      expect(errors?.map(({ detail }) => detail)).toEqual(['is not supported by this version']);
    });

    it('422 for more than the server allows, naming each limit', async () => {
      const problem = await refused(422, { ...valid, target: 10_000_001 });
      expect(problem).toMatchObject({
        code: 'limit_exceeded',
        errors: [{ pointer: '/target', detail: 'is more than 10000000 (MAX_TARGET)' }],
      });
    });

    it('names everything that is wrong, up to 100 places', async () => {
      const problem = await refused(422, { ...sites('http://', 'a.example', 'gopher://x'), priority: -1, no: 1 });
      expect(pointers(problem).toSorted()).toEqual(['/no', '/priority', '/source/sites/0', '/source/sites/2']);
      const many = await refused(422, sites(...Array.from({ length: 500 }, () => 'http://')));
      expect(many.errors).toHaveLength(100);
      expect(many.detail).toContain('500');
    });

    it.each([
      ['no key', {}],
      ['a wrong key', { authorization: 'Bearer nobody-knows-this-key' }],
      ['another scheme', { authorization: 'Basic abc' }],
      ['a very long key', { authorization: `Bearer ${'x'.repeat(5000)}` }],
    ])('401 with %s, before the body is read', async (_, headers) => {
      const response = await fetch(`${gateway.url}/v1/jobs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(headers as Record<string, string>) },
        body: '{"broken',
      });
      const problem = (await response.json()) as ProblemBody;
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="gleaner"');
      expect(problem).toMatchObject({
        code: 'unauthorized',
        detail: 'Send a valid API key: Authorization: Bearer <key>.',
      });
      expect(await countRows()).toEqual(before);
    });

    it('403 for a key that may only read', async () => {
      const reader = await addKey('read');
      expect((await gateway.get('/v1/jobs', reader)).status).toBe(200);
      expect((await refused(403, valid, reader)).code).toBe('scope_missing');
    });
  });

  describe('Idempotency-Key', () => {
    const post = (key: string, body: object) =>
      gateway.post<JobOrProblem>('/v1/jobs', body, { 'idempotency-key': key });
    const countJobs = async (name: string): Promise<number> =>
      Number((await query('SELECT COUNT(*) AS n FROM jobs WHERE name = ?', [name]))[0].n);

    it('gives the first answer again, byte for byte, whatever became of the job', async () => {
      const body = { ...sites('a.example'), name: 'again', target: 5 };
      const first = await post('k1', body);
      await setStatus(first.body.id, 'completed');
      const second = await post('k1', { target: 5, name: 'again', source: { sites: ['a.example'], type: 'sites' } });
      expect([second.status, second.text]).toEqual([202, first.text]);
      expect(second.headers.get('location')).toBe(first.headers.get('location'));
      expect(await countJobs('again')).toBe(1);
    });

    it('422 for another body, and leaves the first as it is', async () => {
      const first = await post('k2', { ...sites('a.example'), name: 'other' });
      const second = await post('k2', { ...sites('b.example'), name: 'other' });
      expect([second.status, second.body.code]).toEqual([422, 'idempotency_key_reused']);
      expect((await post('k2', { ...sites('a.example'), name: 'other' })).text).toBe(first.text);
      expect(await countJobs('other')).toBe(1);
    });

    it('belongs to the account', async () => {
      const other = await addKey('read,write');
      const body = { ...sites('a.example'), name: 'mine' };
      const first = await post('k3', body);
      const second = await gateway.post<JobView>('/v1/jobs', body, { ...other, 'idempotency-key': 'k3' });
      expect(second.status).toBe(202);
      expect(second.body.id).not.toBe(first.body.id);
    });

    it('makes one job of twenty requests at once', async () => {
      const body = { ...sites(...Array.from({ length: 500 }, (_, i) => `s${i}.example`)), name: 'once' };
      const answers = await Promise.all(Array.from({ length: 20 }, () => post('k4', body)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await countJobs('once')).toBe(1);
      const [{ n }] = await query('SELECT COUNT(*) AS n FROM job_inputs WHERE job_id = ?', [answers[0]?.body.id]);
      expect(Number(n)).toBe(500);
    });

    it('makes one job of twenty requests at once to two gateways', async () => {
      const dataSource =
        name === 'sqlite' ? database.dataSource : await connect(createDataSource({ url: database.url }));
      const other = await GatewayApp.start(dataSource);
      const body = { ...sites(...Array.from({ length: 100 }, (_, i) => `s${i}.example`)), name: 'twins' };
      const headers = { authorization: `Bearer ${gateway.key}`, 'idempotency-key': 'k7' };
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? gateway : other).post<JobView>('/v1/jobs', body, headers)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await countJobs('twins')).toBe(1);
      const [{ n }] = await query('SELECT COUNT(*) AS n FROM job_inputs WHERE job_id = ?', [answers[0]?.body.id]);
      expect(Number(n)).toBe(100);
      await other.close();
      if (dataSource !== database.dataSource) await dataSource.destroy();
    });

    it('is free again when the first request failed', async () => {
      const body = { ...sites('a.example'), name: 'rollback' };
      await query('ALTER TABLE job_events RENAME TO hidden_events');
      const answers = await Promise.all(Array.from({ length: 5 }, () => post('k5', body)));
      await query('ALTER TABLE hidden_events RENAME TO job_events');
      expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(500));
      expect(answers[0]?.body.detail).not.toContain('job_events');
      expect(await countJobs('rollback')).toBe(0);
      expect((await post('k5', body)).status).toBe(202);
      expect(await countJobs('rollback')).toBe(1);
    });

    // SQLite runs transactions one after another: nobody waits for a row.
    if (name !== 'sqlite') {
      it('409 after 5 s behind a request that does not come to an end', async () => {
        const [account] = await query("SELECT id FROM accounts WHERE name = 'default'");
        const keyHash = createHash('sha256').update('k6').digest();
        const other = database.dataSource.createQueryRunner();
        await other.startTransaction();
        await other.query('INSERT INTO idempotency_keys VALUES (?, ?, ?, ?, ?, ?)', [
          account.id,
          keyHash,
          keyHash,
          uuidv7(),
          '{}',
          1,
        ]);
        const answer = await post('k6', { ...sites('a.example'), name: 'behind' });
        await other.rollbackTransaction();
        await other.release();
        expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([409, 'busy', '1']);
        expect(await countJobs('behind')).toBe(0);
        expect((await post('k6', { ...sites('a.example'), name: 'behind' })).status).toBe(202);
      }, 15_000);
    }

    it.each(['', 'x'.repeat(256), 'schlüssel'])('400 for the key "%s"', async (key) => {
      const before = await countRows();
      const answer = await post(key, sites('a.example'));
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_idempotency_key']);
      expect(await countRows()).toEqual(before);
    });
  });

  describe('GET /v1/jobs', () => {
    let other: { authorization: string };
    const ids: string[] = [];
    beforeAll(async () => {
      other = await addKey('read,write');
      for (let i = 0; i < 7; i++) {
        const { body } = await gateway.post<JobView>(
          '/v1/jobs',
          { ...sites('a.example'), name: `list ${i} 50%_!` },
          other,
        );
        ids.unshift(body.id);
      }
      await setStatus(ids[0] as string, 'completed');
    });

    it('pages newest first, whole and without repetition', async () => {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const path: string = `/v1/jobs?limit=3${cursor && `&cursor=${cursor}`}`;
        const { body } = await gateway.get<JobPage>(path, other);
        jobPage.strict().parse(body);
        expect(body.total).toBe(7);
        seen.push(...body.data.map(({ id }) => id));
        // What comes meanwhile does not shift the pages.
        await submit();
        cursor = body.nextCursor;
      }
      expect(seen).toEqual(ids);
    });

    it('ends exactly at a full page', async () => {
      const { body } = await gateway.get<JobPage>('/v1/jobs?limit=7', other);
      expect([body.data.length, body.nextCursor]).toEqual([7, null]);
    });

    it('filters by status and by part of the name', async () => {
      const names = async (path: string): Promise<string[]> =>
        (await gateway.get<JobPage>(path, other)).body.data.map(({ id }) => id);
      expect(await names('/v1/jobs?status=completed')).toEqual([ids[0]]);
      expect(await names('/v1/jobs?q=ist%203')).toEqual([ids[3]]);
      expect(await names(`/v1/jobs?q=${encodeURIComponent('50%_!')}`)).toHaveLength(7);
      expect(await names(`/v1/jobs?q=${encodeURIComponent('0_!')}`)).toHaveLength(0);
      expect(await names('/v1/jobs?status=failed')).toEqual([]);
    });

    it.each(['limit=0', 'limit=201', 'limit=x', 'limit=1&limit=2', 'status=done', 'cursor=abc', 'q=', 'statsu=queued'])(
      '422 for ?%s',
      async (search) => {
        const { status, body } = await gateway.get<ProblemBody>(`/v1/jobs?${search}`);
        expect(status).toBe(422);
        expect(body.errors?.map(({ pointer }) => pointer)).toEqual([`?${search.split('=')[0]}`]);
      },
    );
  });

  describe('GET /v1/jobs/{id}', () => {
    it('shows the stored snapshot', async () => {
      const { id, progress } = await submit();
      const snapshot = { ...progress, version: 7, percent: 40, emails: 12 };
      await query('UPDATE jobs SET snapshot = ?, snapshot_seq = 7, worker_count = 1 WHERE id = ?', [
        JSON.stringify(snapshot),
        id,
      ]);
      const { body } = await gateway.get<JobView>(`/v1/jobs/${id}`);
      expect(jobView.parse(body)).toMatchObject({ workerCount: 1, progress: snapshot });
    });

    it('answers 304 until something changes', async () => {
      const { id } = await submit();
      const etag = (await gateway.get(`/v1/jobs/${id}`)).headers.get('etag') ?? '';
      expect(etag).toMatch(/^W\//);
      expect((await gateway.get(`/v1/jobs/${id}`, { 'if-none-match': etag })).status).toBe(304);
      await setStatus(id, 'planning');
      expect((await gateway.get(`/v1/jobs/${id}`, { 'if-none-match': etag })).status).toBe(200);
    });

    it('takes an id in capitals', async () => {
      const { id } = await submit();
      expect((await gateway.get(`/v1/jobs/${id.toUpperCase()}`)).status).toBe(200);
    });

    it.each(['', '/emails', '/sites', '/chunks', '/errors', '/events'])(
      '404 for %s of a job of another account, as of none',
      async (path) => {
        const { id } = await submit();
        const other = await addKey('read,write,admin');
        const [foreign, none, odd] = await Promise.all([
          gateway.get<ProblemBody>(`/v1/jobs/${id}${path}`, other),
          gateway.get<ProblemBody>(`/v1/jobs/${uuidv7()}${path}`),
          gateway.get<ProblemBody>(`/v1/jobs/1%27%20OR%20%271${path}`),
        ]);
        expect([foreign.status, none.status, odd.status]).toEqual([404, 404, 404]);
        expect(foreign.body.detail).toBe(none.body.detail);
      },
    );
  });

  describe('POST /v1/jobs/{id}/cancel', () => {
    const cancel = (id: string, headers = {}) =>
      gateway.post<JobOrProblem>(`/v1/jobs/${id}/cancel`, undefined, headers);
    const open = ['held', 'queued', 'planning', 'running', 'paused'] as const satisfies readonly JobStatus[];

    it.each(open)('cancels a job that is %s', async (status) => {
      const publish = vi.spyOn(gateway.broker, 'publish');
      const { id } = await submit();
      await setStatus(id, status);
      const answer = await cancel(id);
      expect([answer.status, answer.body.status]).toEqual([202, 'cancelling']);
      expect(publish).toHaveBeenLastCalledWith(expect.objectContaining({ name: 'job.changed' }), { jobId: id });
      publish.mockRestore();
      const [event] = await query('SELECT data FROM job_events WHERE job_id = ? ORDER BY id DESC LIMIT 1', [id]);
      expect(event.data).toBe('{"status":"cancelling"}');
    });

    it('changes nothing the second time', async () => {
      const { id } = await submit();
      await cancel(id);
      const [before] = await query('SELECT version FROM jobs WHERE id = ?', [id]);
      expect((await cancel(id)).status).toBe(202);
      expect(await query('SELECT version FROM jobs WHERE id = ?', [id])).toEqual([before]);
    });

    it.each(JOB_STATUSES.filter((status) => ![...open, 'cancelling'].includes(status)))(
      '409 when it is %s',
      async (status) => {
        const { id } = await submit();
        await setStatus(id, status);
        const answer = await cancel(id);
        expect(answer.status).toBe(409);
        expect(answer.body).toMatchObject({ code: 'state_forbids', detail: expect.stringContaining(` ${status}`) });
        expect((await query('SELECT status FROM jobs WHERE id = ?', [id]))[0].status).toBe(status);
      },
    );

    it('404 for another account, and the job lives', async () => {
      const { id } = await submit();
      expect((await cancel(id, await addKey('read,write'))).status).toBe(404);
      expect((await query('SELECT status FROM jobs WHERE id = ?', [id]))[0].status).toBe('queued');
    });
  });

  describe('actions', () => {
    /** A job in this status of which a chunk has failed and a site has timed out. */
    const makeJob = async (status: JobStatus, set: Record<string, string | number | null> = {}): Promise<string> => {
      const { id } = await submit({ ...sites('a.example'), deadlineSeconds: 60 });
      await insertIgnore(
        database.dataSource,
        'chunks',
        ['job_id', 'chunk_no', 'state', 'sites', 'first_host', 'last_host'],
        [
          [id, 0, 'done', 1, 'a.example', 'a.example'],
          [id, 1, 'failed', 1, 'b.example', 'b.example'],
        ],
      );
      await insertIgnore(
        database.dataSource,
        'sites',
        ['job_id', 'host', 'chunk_no', 'outcome', 'emails', 'pages', 'bytes', 'finished_at'],
        [[id, 'a.example', 0, 'timeout', 0, 1, 1, 1]],
      );
      const columns = { status, deadline_at: 1, started_at: 2, finished_at: 3, error: 'deadline_exceeded', ...set };
      await query(`UPDATE jobs SET ${Object.keys(columns).map((column) => `${column} = ?`)} WHERE id = ?`, [
        ...Object.values(columns),
        id,
      ]);
      return id;
    };
    const act = (id: string, action: string, body?: object) =>
      gateway.post<JobOrProblem>(`/v1/jobs/${id}/${action}`, body);
    const rowOf = async (id: string) => (await query('SELECT * FROM jobs WHERE id = ?', [id]))[0];

    const actions: [string, JobMove, string, object?][] = [
      ['start', 'start', 'job.submitted'],
      ['pause', 'pause', 'job.changed'],
      ['resume', 'resume', 'job.changed'],
      ['cancel', 'cancel', 'job.changed'],
      ['retry', 'retry', 'job.submitted'],
      ['retry', 'retry', 'job.submitted', {}],
      ['retry', 'retrySites', 'job.submitted', { outcomes: ['timeout'] }],
    ];
    const cases = actions.flatMap(([action, move, hint, body]) =>
      JOB_STATUSES.map((status) => ({ action, move, hint, body, status, json: JSON.stringify(body) ?? '' })),
    );

    it.each(cases.filter(({ move, status }) => canMoveJob(status, move)))(
      '$action $json: 202 when it is $status',
      async ({ action, move, hint, body, status }) => {
        const id = await makeJob(status);
        const before = await rowOf(id);
        const publish = vi.spyOn(gateway.broker, 'publish');
        const answer = await act(id, action, body);
        expect([answer.status, answer.body.status]).toEqual([202, JOB_MOVES[move].to]);
        expect(publish.mock.calls.map(([contract, message]) => [contract.name, message])).toEqual([
          [hint, { jobId: id }],
        ]);
        publish.mockRestore();
        expect((await rowOf(id)).version).toBe(before.version + 1);
        const [event] = await query('SELECT data FROM job_events WHERE job_id = ? ORDER BY id DESC LIMIT 1', [id]);
        expect(JSON.parse(event.data)).toEqual({ status: JOB_MOVES[move].to });
      },
    );

    const isRepeated = (action: string, status: JobStatus): boolean => action === 'cancel' && status === 'cancelling';
    it.each(cases.filter(({ action, move, status }) => !canMoveJob(status, move) && !isRepeated(action, status)))(
      '$action $json: 409 when it is $status',
      async ({ action, body, status }) => {
        const id = await makeJob(status);
        const before = await rowOf(id);
        const answer = await act(id, action, body);
        expect([answer.status, answer.body.code]).toEqual([409, 'state_forbids']);
        const possible = actions.filter(([, move]) => canMoveJob(status, move)).map(([other]) => other);
        expect(answer.body.detail).toContain(`The job is ${status}: `);
        for (const other of possible) expect(answer.body.detail).toMatch(new RegExp(`Possible: .*${other}`));
        if (possible.length === 0) expect(answer.body.detail).toContain('Nothing more');
        expect(await rowOf(id)).toEqual(before);
      },
    );

    it('a retry opens what failed or was cancelled, with a new deadline', async () => {
      const id = await makeJob('completed_with_errors');
      const before = Date.now();
      expect((await act(id, 'retry')).body).toMatchObject({ error: null, finishedAt: null });
      const row = await rowOf(id);
      expect(row).toMatchObject({ error: null, finished_at: null, started_at: 2 });
      expect(JSON.parse(row.reopening)).toEqual({ states: ['failed', 'cancelled'], outcomes: [] });
      expect(row.deadline_at).toBeGreaterThanOrEqual(before + 60_000);
    });

    it('a retry by outcome tells chunks from sites', async () => {
      const id = await makeJob('completed');
      await act(id, 'retry', { outcomes: ['timeout', 'failed', 'http_error', 'timeout'] });
      expect(JSON.parse((await rowOf(id)).reopening)).toEqual({
        states: ['failed'],
        outcomes: ['timeout', 'http_error'],
      });
    });

    it('a job without deadline gets none', async () => {
      const { id } = await submit();
      await insertIgnore(
        database.dataSource,
        'chunks',
        ['job_id', 'chunk_no', 'state', 'sites', 'first_host', 'last_host'],
        [[id, 0, 'cancelled', 1, 'a.example', 'a.example']],
      );
      await setStatus(id, 'failed');
      expect((await act(id, 'retry')).status).toBe(202);
      expect((await rowOf(id)).deadline_at).toBeNull();
    });

    it.each<[string, Record<string, string | number | null>, object?]>([
      ['no site has the outcome', {}, { outcomes: ['http_error', 'cancelled'] }],
      ['the target is reached', { target_reached_at: 5 }],
      ['the target is reached', { target_reached_at: 5 }, { outcomes: ['timeout'] }],
      ['the budget is spent', { error: 'budget_exceeded' }, { outcomes: ['timeout'] }],
    ])('409 where %s', async (_, set, body) => {
      const id = await makeJob('completed_with_errors', set);
      const before = await rowOf(id);
      const answer = await act(id, 'retry', body);
      expect([answer.status, answer.body.code]).toEqual([409, 'nothing_to_retry']);
      expect(await rowOf(id)).toEqual(before);
    });

    it('409 where no chunk failed', async () => {
      const id = await makeJob('completed_with_errors');
      await query("UPDATE chunks SET state = 'done' WHERE job_id = ?", [id]);
      expect((await act(id, 'retry')).body.code).toBe('nothing_to_retry');
    });

    it.each([
      ['/outcomes/1', { outcomes: ['timeout', 'found'] }],
      ['/outcomes/0', { outcomes: ['duplicate'] }],
      ['/outcomes/0', { outcomes: ['suppressed'] }],
      ['/outcomes/0', { outcomes: ['not_needed'] }],
      ['/outcomes/0', { outcomes: ['pending'] }],
      ['/outcomes/0', { outcomes: [5] }],
      ['/outcomes', { outcomes: [] }],
      ['/outcomes', { outcomes: 'timeout' }],
      ['/outcome', { outcome: ['timeout'] }],
      ['', []],
    ])('422 naming %s for %j', async (pointer, body) => {
      const id = await makeJob('completed_with_errors');
      const answer = await act(id, 'retry', body);
      expect([answer.status, answer.body.errors?.map((item) => item.pointer)]).toEqual([422, [pointer]]);
      const value = pointer.startsWith('/outcomes/') && (body as { outcomes: unknown[] }).outcomes.at(-1);
      if (typeof value === 'string') expect(answer.body.errors?.[0]?.detail).toContain(`"${value}"`);
      expect((await rowOf(id)).status).toBe('completed_with_errors');
    });

    it.each(['start', 'pause', 'resume', 'retry'])('404 to %s for another account', async (action) => {
      const { id } = await submit();
      const other = await addKey('read,write');
      expect((await gateway.post(`/v1/jobs/${id}/${action}`, undefined, other)).status).toBe(404);
    });

    it('of many at once one is done', async () => {
      const id = await makeJob('running');
      const answers = await Promise.all(Array.from({ length: 8 }, () => act(id, 'pause')));
      expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
    });
  });

  describe('routes', () => {
    it.each(['/v1/nothing', '/nothing', '/v1/jobs/x/pause', '/v1/jobs/x/inputs'])(
      '404 as problem+json for %s',
      async (path) => {
        const answer = await gateway.get<ProblemBody>(path);
        expect(answer.status).toBe(404);
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
      },
    );

    it('answers a path that cannot be decoded with 400', async () => {
      expect((await gateway.get('/v1/jobs/%E0%A4%A')).status).toBe(400);
    });

    it('needs no key for probes, metrics and documentation', async () => {
      for (const path of [
        '/health/live',
        '/health/ready',
        '/metrics',
        '/docs',
        '/docs/swagger-ui.css',
        '/openapi.json',
      ]) {
        expect((await fetch(gateway.url + path)).status, path).toBe(200);
      }
    });
  });
});

describe.each(DATABASES)('gateway: limits on $name', ({ create }) => {
  let database: TestDatabase;
  let gateway: GatewayApp;
  const limits = { MAX_OPEN_JOBS: '5', MAX_SITES_PER_JOB: '3', MAX_TARGET: '10' };
  beforeAll(async () => {
    database = await create();
    gateway = await GatewayApp.start(database.dataSource, limits);
  });
  afterAll(async () => {
    await gateway?.close();
    await database?.drop();
  });
  const query = (sql: string, params: unknown[] = []) => database.dataSource.query(sql, params);
  const post = (body: object, headers = {}) => gateway.post<JobOrProblem>('/v1/jobs', body, headers);

  it('of sites and target are named', async () => {
    const { status, body } = await post({ ...sites('a.bc', 'b.bc', 'c.bc', 'd.bc'), target: 11 });
    expect([status, body.code]).toEqual([422, 'limit_exceeded']);
    expect(body.errors).toEqual([
      { pointer: '/source/sites', detail: 'is more than 3 (MAX_SITES_PER_JOB)' },
      { pointer: '/target', detail: 'is more than 10 (MAX_TARGET)' },
    ]);
    expect(await query('SELECT id FROM jobs')).toEqual([]);
  });

  it('of open jobs hold for many requests at once, for held jobs and for retries; an earlier answer stands', async () => {
    const first = await post(sites('a.bc'), { 'idempotency-key': 'one' });
    expect(first.status).toBe(202);
    const held = await post({ source: { type: 'sites' }, hold: true });
    expect(held.status).toBe(202);
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(sites('a.bc'))));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(3);
    const refused = answers.filter(({ status }) => status !== 202);
    for (const { status, body } of refused) expect([status, body.code]).toEqual([422, 'limit_exceeded']);
    expect(refused[0]?.body.detail).toContain('MAX_OPEN_JOBS');
    expect(Number((await query('SELECT COUNT(*) AS n FROM jobs'))[0].n)).toBe(5);
    expect(Number((await query('SELECT COUNT(*) AS n FROM job_inputs'))[0].n)).toBe(4);
    expect((await post(sites('a.bc'), { 'idempotency-key': 'one' })).text).toBe(first.text);

    const [id, other] = answers.flatMap(({ status, body }) => (status === 202 ? [body.id] : []));
    await query("UPDATE jobs SET status = 'completed_with_errors' WHERE id = ?", [id]);
    const columns = ['job_id', 'chunk_no', 'state', 'sites', 'first_host', 'last_host'];
    await insertIgnore(database.dataSource, 'chunks', columns, [[id, 0, 'failed', 1, 'a.bc', 'a.bc']]);
    expect((await post(sites('a.bc'))).status).toBe(202);
    const full = await gateway.post<JobOrProblem>(`/v1/jobs/${id}/retry`);
    expect([full.status, full.body.code]).toEqual([422, 'limit_exceeded']);
    await query("UPDATE jobs SET status = 'cancelled' WHERE id = ?", [other]);
    expect((await gateway.post(`/v1/jobs/${id}/retry`)).status).toBe(202);
  });
});

describe('gateway: keys', () => {
  it('shows a first key once, which then works', async () => {
    const database = await (DATABASES[0] as (typeof DATABASES)[number]).create();
    const lines: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    const first = await GatewayApp.start(database.dataSource, { GLEANER_API_KEY: '' });
    const second = await GatewayApp.start(database.dataSource, { GLEANER_API_KEY: '' });
    write.mockRestore();
    const shown = lines.filter((line) => line.includes('API key'));
    expect(shown).toEqual([expect.stringMatching(/^API key \(shown once\): gl_[\w-]{43}\n$/)]);
    const authorization = `Bearer ${shown[0]?.trim().split(' ').at(-1)}`;
    expect((await second.get('/v1/jobs', { authorization })).status).toBe(200);
    await first.close();
    await second.close();
    await database.drop();
  });

  it('may be given, also to several gateways that start at once', async () => {
    const database = await (DATABASES.at(-1) as (typeof DATABASES)[number]).create();
    const env = { GLEANER_API_KEY: 'a-key-for-everyone' };
    const gateways = await Promise.all(Array.from({ length: 4 }, () => GatewayApp.start(database.dataSource, env)));
    for (const gateway of gateways) expect((await gateway.get('/v1/stats')).status).toBe(200);
    expect(await database.dataSource.query('SELECT name FROM api_keys')).toEqual([{ name: 'GLEANER_API_KEY' }]);
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await database.drop();
  });

  it('slows a key down past its limit', async () => {
    const database = await (DATABASES[0] as (typeof DATABASES)[number]).create();
    const gateway = await GatewayApp.start(database.dataSource, { RATE_LIMIT_PER_MINUTE: '3' });
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await gateway.get('/v1/stats'));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    const last = answers[3]?.headers;
    expect(last?.get('ratelimit-limit')).toBe('3');
    expect(last?.get('ratelimit-remaining')).toBe('0');
    expect(Number(last?.get('retry-after'))).toBeGreaterThan(0);
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
    await gateway.close();
    await database.drop();
  });
});
