import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { JOB_STATUSES } from '#common/domain/job-status.js';
import { insertIgnore } from '#common/persistence/dialect.js';
import { InputsStore } from '../../apps/gateway/src/inputs/inputs.store.js';
import type { UploadReport } from '../../apps/gateway/src/inputs/inputs.view.js';
import type { JobView } from '../../apps/gateway/src/jobs/job.view.js';
import { type Answer, GatewayApp } from '../support/gateway-app.js';
import { DATABASES, type TestDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

const HELD = { source: { type: 'sites' }, hold: true };
type ReportOrProblem = UploadReport & { code: string; detail: string };

describe.each(DATABASES)('gateway: inputs on $name', ({ create }) => {
  let database: TestDatabase;
  let gateway: GatewayApp;
  let id: string;

  beforeAll(async () => {
    database = await create();
    gateway = await GatewayApp.start(database.dataSource, { MAX_SITES_PER_JOB: '110000' });
  });
  afterAll(async () => {
    await gateway?.close();
    await database?.drop();
  });
  beforeEach(async () => {
    id = (await hold()).id;
  });

  const query = (sql: string, params: unknown[] = []) => database.dataSource.query(sql, params);
  const hold = async (more: object = {}): Promise<JobView> => {
    const { status, body } = await gateway.post<JobView>('/v1/jobs', { ...HELD, ...more });
    expect(status).toBe(202);
    return body;
  };
  const send = (
    method: 'PUT' | 'POST',
    body: string | Buffer,
    headers: Record<string, string> = {},
    jobId = id,
  ): Promise<Answer<ReportOrProblem>> =>
    gateway.send(method, `/v1/jobs/${jobId}/inputs`, { body, headers: { 'content-type': 'text/plain', ...headers } });
  const put = (body: string | Buffer, headers?: Record<string, string>) => send('PUT', body, headers);
  const append = (body: string | Buffer, headers?: Record<string, string>) => send('POST', body, headers);
  const putJson = (body: string) => put(body, { 'content-type': 'application/x-ndjson' });
  const start = (jobId = id) => gateway.post<JobView & { code: string; detail: string }>(`/v1/jobs/${jobId}/start`);
  const read = async (jobId = id): Promise<JobView> => (await gateway.get<JobView>(`/v1/jobs/${jobId}`)).body;

  /** The valid lines, as the planner will find them. */
  const inputsOf = async (jobId = id): Promise<string[]> => {
    const rows: { url: string }[] = await query(
      `SELECT i.url FROM job_inputs i JOIN jobs j ON j.id = i.job_id
        WHERE i.job_id = ? AND i.seq >= j.inputs_from AND i.seq < j.inputs_to ORDER BY i.seq`,
      [jobId],
    );
    return rows.map(({ url }) => url);
  };
  const countRows = async (jobId = id): Promise<number> =>
    Number((await query('SELECT COUNT(*) AS n FROM job_inputs WHERE job_id = ?', [jobId]))[0].n);
  const leases = (): Promise<unknown[]> => query("SELECT name FROM leases WHERE name LIKE 'inputs/%'");
  const lines = (count: number, prefix = 's'): string =>
    Array.from({ length: count }, (_, i) => `${prefix}${i}.example\n`).join('');

  /** An upload whose body the test writes, or leaves unfinished, itself. */
  const open = (method: 'PUT' | 'POST' = 'PUT', jobId = id, headers: Record<string, string> = {}): ClientRequest => {
    const request = httpRequest(`${gateway.url}/v1/jobs/${jobId}/inputs`, {
      method,
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'text/plain', ...headers },
      agent: false,
    });
    request.on('error', () => undefined);
    return request;
  };
  /** Writes until rows of the upload are in the table. */
  const writeUntilStored = async (request: ClientRequest, jobId = id): Promise<void> => {
    const before = await countRows(jobId);
    request.write(lines(50_000, 'half'));
    await waitFor(async () => (await countRows(jobId)) > before, { timeoutMs: 20_000 });
  };

  describe('a held job', () => {
    it('waits with no sites, no plan and no deadline', async () => {
      const publish = vi.spyOn(gateway.broker, 'publish');
      const job = await hold({ deadlineSeconds: 60, target: 1000 });
      expect(publish).not.toHaveBeenCalled();
      publish.mockRestore();
      expect(job).toMatchObject({ status: 'held', workerCount: null, source: { type: 'sites', sites: 0 } });
      const [row] = await query('SELECT status, deadline_at, inputs_to FROM jobs WHERE id = ?', [job.id]);
      expect(row).toEqual({ status: 'held', deadline_at: null, inputs_to: 0 });
      expect(await query('SELECT data FROM job_events WHERE job_id = ?', [job.id])).toEqual([
        { data: '{"status":"held"}' },
      ]);
    });

    it('may bring its first sites along', async () => {
      const job = await hold({ source: { type: 'sites', sites: ['a.example', 'b.example'] } });
      expect(job.source.sites).toBe(2);
      await send('POST', 'c.example', {}, job.id);
      expect(await inputsOf(job.id)).toEqual(['a.example/', 'b.example/', 'c.example/']);
      expect((await read(job.id)).source).toEqual({ type: 'sites', sites: 3 });
    });

    it('starts with the clock of its deadline, and tells the orchestrator', async () => {
      const job = await hold({ deadlineSeconds: 60 });
      await send('PUT', 'a.example', {}, job.id);
      const publish = vi.spyOn(gateway.broker, 'publish');
      const before = Date.now();
      const answer = await start(job.id);
      expect([answer.status, answer.body.status]).toEqual([202, 'queued']);
      expect(publish).toHaveBeenCalledWith(expect.objectContaining({ name: 'job.submitted' }), { jobId: job.id });
      publish.mockRestore();
      const [row] = await query('SELECT deadline_at FROM jobs WHERE id = ?', [job.id]);
      expect(row.deadline_at).toBeGreaterThanOrEqual(before + 60_000);
      expect(await leases()).toEqual([]);
    });

    it('does not start without inputs', async () => {
      const answer = await start();
      expect([answer.status, answer.body.code]).toEqual([409, 'no_inputs']);
      await put('a.example');
      await put('');
      expect((await start()).body.code).toBe('no_inputs');
      expect((await read()).status).toBe('held');
    });

    it('can be cancelled with all its inputs', async () => {
      await put('a.example');
      expect((await gateway.post<JobView>(`/v1/jobs/${id}/cancel`)).body.status).toBe('cancelling');
      expect((await put('b.example')).status).toBe(409);
    });
  });

  describe('lines', () => {
    it('are read as text, blank ones left out', async () => {
      const { status, body } = await put('\uFEFFa.example\r\n\r\n  https://b.example/x#y  \n\t\nb.example:8080/z');
      expect([status, body]).toEqual([200, { lines: 3, accepted: 3, rejected: [], rejectedTotal: 0 }]);
      expect(await inputsOf()).toEqual(['a.example/', 'https://b.example/x', 'b.example:8080/z']);
      expect((await read()).source.sites).toBe(3);
    });

    it('are read as NDJSON: strings, and objects with url or site', async () => {
      const { body } = await putJson(
        '"a.example"\n\n{"url":"https://b.example/","name":"B"}\r\n{"site":"c.example"}\n{"url":"d.example"}',
      );
      expect(body).toMatchObject({ lines: 4, accepted: 4 });
      expect(await inputsOf()).toEqual(['a.example/', 'https://b.example/', 'c.example/', 'd.example/']);
    });

    it.each<[string, string | Buffer, RegExp]>([
      ['another scheme', 'ftp://a.example', /http or https/],
      ['a URL without host', 'http://', /valid URL/],
      ['a password', 'http://me:secret@a.example/', /password/],
      ['NUL', 'a\u0000.example', /control/],
      ['a row of a table', 'a.example\tBerlin', /control/],
      ['a lone carriage return', 'a.example\rb.example', /control/],
      ['a long URL', `http://a.example/${'x'.repeat(2100)}`, /longer than 2048/],
      ['a longer line', `http://a.example/${'x'.repeat(5000)}`, /longer than 4096 bytes/],
      ['a stray byte', Buffer.from([0x61, 0xff, 0x2e, 0x62]), /UTF-8/],
      ['a surrogate', Buffer.from([0xed, 0xa0, 0x80]), /UTF-8/],
    ])('rejects %s by its number', async (_, bad, reason) => {
      const body = Buffer.concat([Buffer.from('a.example\n\n'), Buffer.from(bad), Buffer.from('\nb.example\n')]);
      const answer = await put(body);
      expect(answer.body).toMatchObject({ lines: 3, accepted: 2, rejectedTotal: 1 });
      expect(answer.body.rejected).toEqual([{ line: 3, reason: expect.stringMatching(reason) }]);
      expect(await inputsOf()).toEqual(['a.example/', 'b.example/']);
    });

    it.each(['a.example', '{"name":"a.example"}', '["a.example"]', '5', 'null', '{"url":5}', '{', '"a', '"\\u0000"'])(
      'rejects %s as NDJSON',
      async (bad) => {
        const { body } = await putJson(`"a.example"\n${bad}\n`);
        expect(body).toMatchObject({ lines: 2, accepted: 1, rejectedTotal: 1, rejected: [{ line: 2 }] });
      },
    );

    it('names the first 100 that are rejected, and counts all', async () => {
      const { body } = await put('x://y\n'.repeat(250) + 'a.example');
      expect(body).toMatchObject({ lines: 251, accepted: 1, rejectedTotal: 250 });
      expect(body.rejected).toHaveLength(100);
      expect(body.rejected.at(-1)?.line).toBe(100);
    });

    it('may come in any pieces', async () => {
      const text = Buffer.from('https://bücher.example/ä\r\nb.example\n');
      const request = open();
      for (const byte of text) {
        request.write(Buffer.from([byte]));
        await new Promise(setImmediate);
      }
      request.end();
      const [response] = await once(request, 'response');
      expect(response.statusCode).toBe(200);
      response.resume();
      expect(await inputsOf()).toEqual(['b.example/', 'https://xn--bcher-kva.example/%C3%A4']);
    });

    it('keeps a line without end out of memory', async () => {
      const before = process.memoryUsage().rss;
      const request = open();
      const part = Buffer.alloc(1024 * 1024, 'x');
      for (let i = 0; i < 200; i++) if (!request.write(part)) await once(request, 'drain');
      request.end('\na.example');
      const [response] = await once(request, 'response');
      response.resume();
      expect(response.statusCode).toBe(200);
      expect(await inputsOf()).toEqual(['a.example/']);
      expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    });
  });

  describe('uploads', () => {
    it('replace by PUT and add by POST', async () => {
      await put('a.example\nb.example');
      await append('c.example');
      expect(await inputsOf()).toEqual(['a.example/', 'b.example/', 'c.example/']);
      await put('d.example');
      expect(await inputsOf()).toEqual(['d.example/']);
      await append('');
      expect(await inputsOf()).toEqual(['d.example/']);
      expect(await countRows()).toBe(1);
      expect(await leases()).toEqual([]);
    });

    it('take 100,000 lines, and replace them', async () => {
      const { body } = await put(lines(100_000));
      expect(body).toMatchObject({ lines: 100_000, accepted: 100_000 });
      expect((await put(lines(100_001, 't'))).body.accepted).toBe(100_001);
      // The numbers of the first list are free again.
      await query('UPDATE jobs SET inputs_from = inputs_from + 10000, inputs_to = inputs_to + 10000 WHERE id = ?', [
        id,
      ]);
      await query('UPDATE job_inputs SET seq = seq + 1000000 WHERE job_id = ?', [id]);
      await query('UPDATE job_inputs SET seq = seq - 990000 WHERE job_id = ?', [id]);
      await put('a.example\nb.example');
      expect(await inputsOf()).toEqual(['a.example/', 'b.example/']);
      expect(await query('SELECT seq FROM job_inputs WHERE job_id = ? ORDER BY seq', [id])).toEqual([
        { seq: 0 },
        { seq: 1 },
      ]);
      expect(await countRows()).toBe(2);
    });

    it('are refused past the limit of sites, in one piece or several, and leave all as it was', async () => {
      await put(lines(3));
      const [whole, added] = [await put(lines(110_001)), await append(lines(109_998))];
      for (const { status, body } of [whole, added]) {
        expect([status, body.code]).toEqual([422, 'too_many_sites']);
        expect(body.detail).toContain('110000');
      }
      expect(await inputsOf()).toHaveLength(3);
      expect(await countRows()).toBe(3);
      expect((await append(lines(109_997))).body.accepted).toBe(109_997);
    });

    it('count rejected lines, too, so that they end', async () => {
      expect((await put('?\n'.repeat(110_001))).body.code).toBe('too_many_sites');
    });

    it.each(JOB_STATUSES.filter((status) => status !== 'held'))('are refused by a job that is %s', async (status) => {
      await query('UPDATE jobs SET status = ? WHERE id = ?', [status, id]);
      for (const { status: code, body } of [await put('a.example'), await append('a.example')]) {
        expect([code, body.code]).toEqual([409, 'state_forbids']);
        expect(body.detail).toContain(` ${status}:`);
      }
      expect(await countRows()).toBe(0);
    });

    it('404 for a job of another account, as of none', async () => {
      const [accountId, secret] = [uuidv7(), `key-${uuidv7()}`];
      await insertIgnore(database.dataSource, 'accounts', ['id', 'name', 'created_at'], [[accountId, accountId, 1]]);
      const columns = ['id', 'account_id', 'name', 'scopes', 'secret_hash', 'created_at'];
      const hash = createHash('sha256').update(secret).digest();
      await insertIgnore(database.dataSource, 'api_keys', columns, [
        [uuidv7(), accountId, 'other', 'read,write', hash, 1],
      ]);
      const foreign = await put('a.example', { authorization: `Bearer ${secret}` });
      const none = await send('PUT', 'a.example', {}, uuidv7());
      expect([foreign.status, none.status]).toEqual([404, 404]);
      expect(foreign.body.detail).toBe(none.body.detail);
      expect(await countRows()).toBe(0);
    });

    it.each<[Record<string, string>, string | Buffer]>([
      [{ 'content-type': 'application/json' }, '["a.example"]'],
      [{ 'content-type': 'text/csv' }, 'a.example'],
      [{ 'content-type': '' }, 'a.example'],
      [{ 'content-type': 'text/plain; charset=iso-8859-1' }, 'a.example'],
      [{ 'content-type': 'text/plain; format=flowed; CHARSET="UTF-16"' }, 'a.example'],
      [{ 'content-encoding': 'gzip' }, gzipSync('a.example')],
    ])('415 for %j', async (headers, body) => {
      const answer = await put(body, headers);
      expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
      expect(await countRows()).toBe(0);
    });

    it.each(['text/plain', 'Text/Plain; charset=utf8', 'text/plain;charset="UTF-8"'])('takes %s', async (type) => {
      expect((await put('a.example', { 'content-type': type })).status).toBe(200);
    });

    it('are not valid before they are complete, also to readers', async () => {
      await put('a.example\nb.example');
      const request = open();
      await writeUntilStored(request);
      expect(await inputsOf()).toEqual(['a.example/', 'b.example/']);
      expect((await read()).source.sites).toBe(2);
      const { body } = await gateway.get<{ data: { host: string }[] }>(`/v1/jobs/${id}/sites`);
      expect(body.data.map(({ host }) => host)).toEqual(['a.example', 'b.example']);
      request.destroy();
    });

    it.each(['PUT', 'POST'] as const)('leave nothing behind when a %s breaks off', async (method) => {
      await put('a.example');
      const request = open(method);
      await writeUntilStored(request);
      request.destroy();
      await waitFor(async () => (await leases()).length === 0, { timeoutMs: 20_000 });
      expect(await inputsOf()).toEqual(['a.example/']);
      expect(await countRows()).toBe(1);
    });

    it('are broken off when fewer bytes come than were promised', async () => {
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
      await sendHead(socket, id, gateway.key, 1000);
      socket.resume().end('a.example\n');
      await once(socket, 'close');
      await waitFor(async () => (await leases()).length === 0, { timeoutMs: 20_000 });
      expect(await countRows()).toBe(0);
    });

    it('that a dead gateway left are cleared away before the next one, and before the start', async () => {
      const strays = (from: number) =>
        insertIgnore(
          database.dataSource,
          'job_inputs',
          ['job_id', 'seq', 'host', 'url'],
          Array.from({ length: 5000 }, (_, i) => [id, from + i, `stray${i}`, `stray${i}/`]),
        );
      await strays(0);
      await put('a.example');
      expect(await countRows()).toBe(1);
      await strays(1);
      await append('b.example');
      expect(await inputsOf()).toEqual(['a.example/', 'b.example/']);
      await strays(2);
      expect((await start()).status).toBe(202);
      expect(await countRows()).toBe(2);
    });
  });

  it.each(['PUT', 'POST'] as const)('a %s is complete although the answer to its commit was lost', async (method) => {
    await put('old.example');
    const commit = InputsStore.prototype.commit;
    const lose = vi.spyOn(InputsStore.prototype, 'commit').mockImplementationOnce(async function (
      this: InputsStore,
      ...args
    ) {
      await commit.apply(this, args);
      throw Object.assign(new Error('the connection was lost'), { code: 'ECONNRESET' });
    });
    expect(await send(method, 'a.example\nb.example')).toMatchObject({ status: 200, body: { accepted: 2 } });
    lose.mockRestore();
    const old = method === 'PUT' ? [] : ['old.example/'];
    expect(await inputsOf()).toEqual([...old, 'a.example/', 'b.example/']);
    expect((await start()).status).toBe(202);
    expect(await countRows()).toBe(old.length + 2);
  });

  describe('at the same time', () => {
    it('a second upload and the start are refused, on every gateway, until the first has ended', async () => {
      const other = await GatewayApp.start(database.dataSource);
      await put('a.example');
      const first = open();
      await writeUntilStored(first);
      const headers = { 'content-type': 'text/plain', authorization: `Bearer ${other.key}` };
      const own = { authorization: `Bearer ${gateway.key}` };
      const answers = [
        await other.send<ReportOrProblem>('PUT', `/v1/jobs/${id}/inputs`, {
          body: 'b.example',
          headers: { ...headers, ...own },
        }),
        await append('b.example'),
        await start(),
      ];
      for (const { status, headers: answered, body } of answers) {
        expect([status, body.code, answered.get('retry-after')]).toEqual([409, 'upload_in_progress', '2']);
      }
      first.end('last.example\n');
      const [response] = await once(first, 'response');
      response.resume();
      expect(response.statusCode).toBe(200);
      expect(await inputsOf()).toContain('last.example/');
      expect((await start()).status).toBe(202);
      await other.close();
    });

    it('of many uploads each is whole', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => put(lines(1500, `u${i}x`))));
      const winners = answers.flatMap(({ status }, i) => (status === 200 ? [i] : []));
      expect(winners.length).toBeGreaterThan(0);
      expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
      const found = await inputsOf();
      expect(found).toHaveLength(1500);
      expect(new Set(found.map((url) => url.split('x')[0])).size).toBe(1);
      expect(await countRows()).toBe(1500);
    });

    it('a cancelled job takes nothing of the upload that was under way', async () => {
      const request = open();
      await writeUntilStored(request);
      await gateway.post(`/v1/jobs/${id}/cancel`);
      request.end('a.example\n');
      const [response] = await once(request, 'response');
      response.resume();
      expect(response.statusCode).toBe(409);
      await waitFor(async () => (await countRows()) === 0, { timeoutMs: 20_000 });
    });

    it('an upload whose lease was taken away writes nothing more', async () => {
      const request = open();
      await writeUntilStored(request);
      await query("UPDATE leases SET holder = 'somebody else' WHERE name = ?", [`inputs/${id}`]);
      const before = await countRows();
      request.end(lines(5000, 'late'));
      const [response] = await once(request, 'response');
      response.resume();
      expect(response.statusCode).toBe(409);
      expect(await countRows()).toBe(before);
      await query('DELETE FROM leases WHERE name = ?', [`inputs/${id}`]);
    });
  });

  describe('a large upload that is refused', () => {
    const sockets: Socket[] = [];
    afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

    it.each([
      ['without a key', 401, () => ({ key: 'nobody-knows-this-key' })],
      ['of no job', 404, () => ({ jobId: uuidv7() })],
      ['of another type', 415, () => ({ type: 'application/json' })],
    ])('%s is answered with %i at once, and the connection closed', async (_, status, over) => {
      const {
        key = gateway.key,
        jobId = id,
        type = 'text/plain',
      } = over() as Partial<Record<'key' | 'jobId' | 'type', string>>;
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
      sockets.push(socket);
      let answer = '';
      socket.on('data', (data) => (answer += data)).on('error', () => undefined);
      const closed = once(socket, 'close');
      // A gigabyte is promised, of which the gateway must not wait for a byte more.
      await sendHead(socket, jobId, key, 1e9, type);
      socket.write(lines(1000));
      await waitFor(() => answer.includes('"traceId"'));
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer.toLowerCase()).toContain('connection: close');
      await closed;
    });

    it('reaches fetch, which is still sending', async () => {
      const body = Buffer.alloc(30_000_000, 'a.example\n');
      const answer = await send('PUT', body, {}, uuidv7());
      expect([answer.status, answer.body.code]).toEqual([404, 'job_not_found']);
    });
  });
});

function sendHead(socket: Socket, id: string, key: string, length: number, type = 'text/plain'): Promise<void> {
  const head = [
    `PUT /v1/jobs/${id}/inputs HTTP/1.1`,
    'Host: gateway',
    `Authorization: Bearer ${key}`,
    `Content-Type: ${type}`,
    `Content-Length: ${length}`,
    `X-Nonce: ${randomBytes(4).toString('hex')}`,
  ];
  return new Promise((resolve, reject) =>
    socket.write(`${head.join('\r\n')}\r\n\r\n`, (error) => (error ? reject(error) : resolve())),
  );
}
