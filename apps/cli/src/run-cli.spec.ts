import type { ServerResponse } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureTerminal } from '../../../test/support/capture-terminal.js';
import {
  type FakeGateway,
  JOB_ID,
  makeEmail,
  makeJobAnswer,
  makeProgress,
  makeSite,
  sendEvent,
  sendJson,
  sendProblem,
  startFakeGateway,
} from '../../../test/support/fake-gateway.js';
import type { Job } from './api/api-types.js';
import { runCli } from './run-cli.js';

const JOB = `/v1/jobs/${JOB_ID}`;
const SITES = [makeSite(), makeSite({ host: 'b.example', outcome: 'form_only', emails: 0, pages: 2 })];

const DONE = { start: 'queued', pause: 'paused', resume: 'running', retry: 'planning' } as const;

interface Run {
  code: number;
  out: string;
  err: string;
}

describe('gleaner', () => {
  let gateway: FakeGateway;
  let job: Job;
  let folder: string;

  const run = async (...args: string[]): Promise<Run> => {
    const { terminal, out, err } = captureTerminal();
    const code = await runCli([...args, '--url', gateway.url, '--key', 'the-key'], terminal);
    return { code, out: out.text, err: err.text };
  };
  const bodyOf = (route: string): unknown => {
    const request = gateway.requests.find(({ method, url }) => `${method} ${url}` === route);
    return JSON.parse(request?.body ?? 'null');
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gleaner-spec-'));
    job = makeJobAnswer();
    gateway = await startFakeGateway({
      'POST /v1/jobs': (_, response) => sendJson(response, makeJobAnswer({ status: 'queued' }), 202),
      'GET /v1/jobs': (_, response) => sendJson(response, { data: [job], nextCursor: null, total: 1 }),
      'GET /v1/workers': (_, response) => sendJson(response, { data: [], nextCursor: null }),
      [`GET ${JOB}`]: (_, response) => sendJson(response, job),
      [`GET ${JOB}/events`]: (_, response) => {
        sendEvent(response, 'progress', makeProgress({ percent: 50, emails: 1 }));
        if (job.status === 'running') return;
        sendEvent(response, 'complete', {});
        response.end();
      },
      [`GET ${JOB}/emails`]: (_, response) => sendJson(response, { data: [makeEmail()], nextCursor: null }),
      [`GET ${JOB}/sites`]: (_, response) => sendJson(response, { data: SITES, nextCursor: null }),
      [`POST ${JOB}/cancel`]: (_, response) => {
        job = makeJobAnswer({ status: 'cancelled' });
        sendJson(response, job, 202);
      },
      [`PUT ${JOB}/inputs`]: ({ body }, response) => {
        const lines = body.split('\n').length - 1;
        sendJson(response, { lines, accepted: lines, rejected: [], rejectedTotal: 0 });
      },
      ...Object.fromEntries(
        (['start', 'pause', 'resume', 'retry'] as const).map((action) => [
          `POST ${JOB}/${action}`,
          (_: unknown, response: ServerResponse) => sendJson(response, makeJobAnswer({ status: DONE[action] }), 202),
        ]),
      ),
    });
  });
  afterEach(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('extract', () => {
    it('prints the contacts, why other sites have none, and the sum of outcomes', async () => {
      const { code, out, err } = await run('extract', 'https://a.example', 'b.example');
      expect(code).toBe(0);
      expect(out).toMatch(/info@a\.example +role +valid +mailto +0\.98 +https:\/\/a\.example\/contact/);
      expect(out).toMatch(/b\.example +form_only +2 +a contact form, no address/);
      expect(out).toContain('2 sites planned = 1 found + 1 form_only');
      expect(out).toContain('completed: 1 e-mail, 4 pages, 2.5 s');
      expect(err).toContain('100%');
    });

    it('asks for what the options say', async () => {
      await run(
        'extract',
        'a.example',
        '--target',
        '5',
        '--max-pages',
        '3',
        '--depth',
        '0',
        '--host-delay',
        '0',
        '--ignore-robots',
      );
      expect(bodyOf('POST /v1/jobs')).toEqual({
        source: { type: 'sites', sites: ['a.example'] },
        target: 5,
        crawl: { maxDepth: 0, maxPagesPerSite: 3, hostDelayMs: 0 },
        policy: { robots: 'ignore' },
      });
    });

    it('shows what does not count when it is asked to', async () => {
      await run('extract', 'a.example');
      expect(gateway.requests.some(({ url }) => url.includes('include='))).toBe(false);
      await run('extract', 'a.example', '--include-flagged');
      expect(gateway.requests.some(({ url }) => url.startsWith(`${JOB}/emails?include=flagged`))).toBe(true);
    });

    it('writes one JSON document to standard output, and the rest elsewhere', async () => {
      const { out, err } = await run('extract', 'a.example', '--json');
      const document = JSON.parse(out) as Record<string, unknown>;
      expect(Object.keys(document)).toEqual(['job', 'emails', 'sites']);
      expect(document.emails).toEqual([makeEmail()]);
      expect(err).toContain('2 sites planned');
    });

    it('writes CSV to standard output or to a file', async () => {
      const row = 'info@a.example,a.example,role,valid,0.98,mailto,2026-01-01T00:00:02.000Z,https://a.example/contact,';
      const { out } = await run('extract', 'a.example', '--csv', '-');
      expect(out.split('\n')[1]).toContain(row);
      const file = join(folder, 'contacts.csv');
      const toFile = await run('extract', 'a.example', '--csv', file);
      expect(readFileSync(file, 'utf8')).toBe(out);
      expect(toFile.err).toContain(`1 address written to ${file}`);
    });

    it('takes the sites of a file', async () => {
      const file = join(folder, 'sites.txt');
      writeFileSync(file, '# ours\r\nhttps://a.example/\r\n\r\n b.example \r\n');
      await run('extract', '--file', file);
      expect(bodyOf('POST /v1/jobs')).toMatchObject({ source: { sites: ['https://a.example/', 'b.example'] } });
    });

    it('asks for a search, with the values of its lists', async () => {
      const file = join(folder, 'cities.txt');
      writeFileSync(file, '# ours\n Berlin \n\nFrankfurt (Oder), Stadt\n');
      const search = ['--query', '{trade} {city}', '--query', 'mills', '--target', '9'];
      const lists = ['--list', 'trade=dentist, baker,', '--list', `city=@${file}`];
      const place = ['--provider', 'serper', '--provider', 'brave', '--country', 'de', '--language', 'de'];
      expect((await run('extract', ...search, ...lists, ...place)).code).toBe(0);
      expect(bodyOf('POST /v1/jobs')).toMatchObject({
        source: {
          type: 'search',
          queries: ['{trade} {city}', 'mills'],
          lists: { trade: ['dentist', 'baker'], city: ['Berlin', 'Frankfurt (Oder), Stadt'] },
          provider: ['serper', 'brave'],
          country: 'de',
          language: 'de',
        },
        target: 9,
      });
    });

    it('leaves to the server what a search does not say', async () => {
      await run('extract', '--query', 'mills', '--target', '9');
      expect(bodyOf('POST /v1/jobs')).toMatchObject({ source: { type: 'search', queries: ['mills'] } });
      expect(JSON.stringify(bodyOf('POST /v1/jobs'))).not.toMatch(/provider|lists|country|hold/);
    });

    it('shows what was searched for, and what that has cost', async () => {
      const usage = [{ provider: 'searxng', requests: 2, results: 20, skipped: 3 }];
      job = makeJobAnswer({ target: 9, source: { type: 'search', providers: ['searxng'], queries: ['mills'] }, usage });
      const lines = [
        'search by searxng: “mills”',
        'searxng: 2 requests, 20 results, 3 skipped',
        '1 e-mail of 9 wanted',
      ];
      const { out } = await run('extract', '--query', 'mills', '--target', '9');
      for (const line of lines) expect(out).toContain(line);
      const shown = await run('jobs', 'show', JOB_ID);
      for (const line of [...lines, '2 sites found, 2 done']) expect(shown.out).toContain(line);
    });

    it('asks for a sitemap', async () => {
      await run('extract', '--sitemap', 'https://a.example/sitemap.xml');
      expect(bodyOf('POST /v1/jobs')).toMatchObject({
        source: { type: 'sitemap', url: 'https://a.example/sitemap.xml' },
      });
    });

    it('has given domains read from the archive', async () => {
      await run('extract', '--commoncrawl', 'a.example', 'b.example');
      expect(bodyOf('POST /v1/jobs')).toMatchObject({
        source: { type: 'commoncrawl', domains: ['a.example', 'b.example'] },
      });
    });

    it('uploads more sites than fit into a request, and starts the job then', async () => {
      const file = join(folder, 'many.txt');
      const count = 100_001;
      writeFileSync(file, `# many\n\n${Array.from({ length: count }, (_, i) => ` s${i}.example \n`).join('')}`);
      const { code, err } = await run('extract', '--file', file, '--target', '5');
      expect(code).toBe(0);
      const asked = gateway.requests.map(({ method, url }) => `${method} ${url}`);
      expect(asked.slice(0, 3)).toEqual(['POST /v1/jobs', `PUT ${JOB}/inputs`, `POST ${JOB}/start`]);
      expect(bodyOf('POST /v1/jobs')).toMatchObject({ source: { type: 'sites' }, hold: true, target: 5 });
      const [, upload] = gateway.requests;
      expect(upload?.headers['content-type']).toBe('text/plain');
      expect(upload?.body).toBe(Array.from({ length: count }, (_, i) => `s${i}.example\n`).join(''));
      expect(err).toContain(`uploading ${count} sites: 0%`);
      expect(err).toContain(`uploading ${count} sites: 100%`);
    });

    it('uploads few sites, too, where they are long', async () => {
      const file = join(folder, 'long.txt');
      writeFileSync(file, `https://a.example/${'x'.repeat(2000)}\n`.repeat(600));
      await run('extract', '--file', file);
      expect(bodyOf('POST /v1/jobs')).toMatchObject({ hold: true });
    });

    it('cancels the job when its sites cannot be uploaded', async () => {
      await gateway.close();
      gateway = await startFakeGateway({
        'POST /v1/jobs': (_, response) => sendJson(response, makeJobAnswer({ status: 'held' }), 202),
        [`PUT ${JOB}/inputs`]: (_, response) =>
          sendProblem(response, { status: 422, detail: 'A job has at most 5 sites.' }),
        [`POST ${JOB}/cancel`]: (_, response) => sendJson(response, makeJobAnswer({ status: 'cancelling' }), 202),
      });
      const file = join(folder, 'many.txt');
      writeFileSync(file, 'a.example\n'.repeat(100_001));
      const { code, err } = await run('extract', '--file', file);
      expect(code).toBe(1);
      expect(err).toContain('error: the sites could not be uploaded: A job has at most 5 sites.');
      expect(gateway.requests.at(-1)?.url).toBe(`${JOB}/cancel`);
    });

    it.each([
      ['completed_with_errors', 3],
      ['failed', 1],
      ['cancelled', 1],
    ] as const)('ends a job that is %s with exit code %i', async (status, code) => {
      job = makeJobAnswer({ status });
      expect((await run('extract', 'a.example')).code).toBe(code);
    });

    it('cancels the job when it is interrupted, prints what was found so far and ends with 130', async () => {
      job = makeJobAnswer({ status: 'running', progress: makeProgress({ percent: 50, emails: 1 }) });
      const running = run('extract', 'a.example');
      setTimeout(() => process.emit('SIGINT', 'SIGINT'), 300);
      const { code, out } = await running;
      expect(code).toBe(130);
      expect(gateway.requests.some(({ url }) => url === `${JOB}/cancel`)).toBe(true);
      expect(out).toContain('info@a.example');
    });

    it.each([
      ['no sites', ['extract'], 'no sites given'],
      ['a bad number', ['extract', 'a.example', '--target', 'many'], 'Expected a whole number'],
      ['a search without a target', ['extract', '--query', 'x'], '--query needs --target'],
      ['a query without quotes', ['extract', '--query', 'x', 'y', '--target', '9'], 'needs quotes'],
      ['sites and a file for a search', ['extract', '-f', 'x', '--query', 'x', '-t', '9'], 'sites and --query cannot'],
      ['two sources', ['extract', '--query', 'x', '-t', '9', '--sitemap', 'http://a.example/'], 'one source of sites'],
      ['an archive without domains', ['extract', '--commoncrawl'], 'no sites given'],
      ['a search in the archive', ['extract', '--commoncrawl', '--query', 'x', '-t', '9'], 'used with --query'],
      ['a sitemap that is no URL', ['extract', '--sitemap', 'a.example'], 'Expected an http or https URL'],
      ['a provider without a search', ['extract', 'a.example', '--provider', 'brave'], '--provider is for searches'],
      ['an unknown provider', ['extract', '--query', 'x', '--provider', 'altavista'], 'Allowed choices are searxng'],
      [
        'a list without values',
        ['extract', '--query', 'x', '-t', '9', '--list', 'city=,'],
        '--list city has no values',
      ],
      ['a list without a name', ['extract', '--query', 'x', '-t', '9', '--list', 'Bonn'], 'a name and its values'],
      ['a list that is given twice', ['extract', '--query', 'x', '-t', '9', '--list', 'a=1', '--list', 'a=2'], 'twice'],
      [
        'a list that is not there',
        ['extract', '--query', 'x', '-t', '9', '--list', 'a=@/nowhere'],
        'cannot read /nowhere',
      ],
      ['two formats', ['extract', 'a.example', '--json', '--csv', '-'], 'cannot be used with'],
      ['a bad site', ['extract', 'a.example', 'ftp://b.example'], 'ftp://b.example must be an http or https URL'],
      ['a file that is not there', ['extract', '--file', '/nowhere/sites.txt'], 'cannot read /nowhere/sites.txt'],
      ['a place that cannot be written', ['extract', 'a.example', '--csv', '/nowhere/x.csv'], 'cannot write'],
      ['an unknown command', ['jobs', 'stop', JOB_ID], "unknown command 'stop'"],
      ['an outcome that stays', ['jobs', 'retry', JOB_ID, '--outcome', 'found'], 'Allowed choices are no_address'],
    ])('refuses %s as wrong usage, before any job is made', async (_, args, message) => {
      const { code, err } = await run(...args);
      expect(code).toBe(2);
      expect(err).toContain(message);
      expect(gateway.requests).toEqual([]);
    });
  });

  it('lists and shows jobs', async () => {
    expect((await run('jobs', 'list', '--status', 'completed')).out).toContain(JOB_ID);
    expect(gateway.requests[0]?.url).toBe('/v1/jobs?status=completed&limit=20');
    const { out } = await run('jobs', 'show', JOB_ID);
    expect(out).toContain('2 sites planned = 1 found + 1 form_only');
  });

  it('watches a job to its end, with its exit code', async () => {
    job = makeJobAnswer({ status: 'completed_with_errors' });
    expect(await run('jobs', 'watch', JOB_ID)).toMatchObject({
      code: 3,
      out: expect.stringContaining('completed with errors'),
    });
  });

  it('ends the watching, not the job, when it is interrupted', async () => {
    job = makeJobAnswer({ status: 'running' });
    const watching = run('jobs', 'watch', JOB_ID);
    setTimeout(() => process.emit('SIGINT', 'SIGINT'), 200);
    expect((await watching).code).toBe(130);
    expect(job.status).toBe('running');
  });

  it('cancels a job', async () => {
    expect((await run('jobs', 'cancel', JOB_ID)).out).toContain('is cancelled');
  });

  it.each(Object.entries(DONE))('%s: says what the job is then', async (action, status) => {
    const { code, out } = await run('jobs', action, JOB_ID);
    expect([code, out]).toEqual([0, `job ${JOB_ID} is ${status}\n`]);
    expect(gateway.requests).toMatchObject([{ method: 'POST', url: `${JOB}/${action}`, body: '' }]);
  });

  it('retries sites of chosen outcomes', async () => {
    await run('jobs', 'retry', JOB_ID, '--outcome', 'timeout', 'http_error');
    await run('jobs', 'retry', JOB_ID, '--outcome', 'failed', '--outcome', 'budget');
    const bodies = gateway.requests.map(({ body }) => JSON.parse(body) as unknown);
    expect(bodies).toEqual([{ outcomes: ['timeout', 'http_error'] }, { outcomes: ['failed', 'budget'] }]);
  });

  it('shows what a retry can do', async () => {
    const chunks = { total: 9, pending: 0, dispatched: 0, running: 0, done: 6, failed: 2, cancelled: 1 };
    job = makeJobAnswer({ status: 'completed_with_errors', progress: makeProgress({ chunks }) });
    const { out } = await run('jobs', 'show', JOB_ID);
    expect(out).toContain(`\`gleaner jobs retry ${JOB_ID}\` does 2 failed and 1 cancelled chunks again`);
    expect(out).toContain(`--outcome form_only\` visits these sites again: 1 form_only`);
    job = makeJobAnswer({ status: 'completed_with_errors', error: 'budget_exceeded' });
    expect((await run('jobs', 'show', JOB_ID)).out).toContain('nothing to retry');
    job = makeJobAnswer();
    expect((await run('jobs', 'show', JOB_ID)).out).not.toContain('retry');
  });

  it('exports what a job has found', async () => {
    const { out } = await run('export', JOB_ID, '--csv', '-');
    expect(out).toContain('info@a.example');
    await run('export', JOB_ID, '--include-flagged');
    expect(gateway.requests.some(({ url }) => url.startsWith(`${JOB}/emails?include=flagged`))).toBe(true);
  });

  it('says so when there are no workers', async () => {
    expect((await run('workers')).out).toContain('no workers');
  });

  it('tells an unknown job in words', async () => {
    const { code, err } = await run('jobs', 'show', '0190a000-0000-7000-8000-000000000009');
    expect(code).toBe(1);
    expect(err).toBe(
      'error: There is no such job.\nLook at `gleaner jobs list`: jobs of another account are not shown.\n',
    );
  });

  describe('doctor', () => {
    it('finds a server that is not ready, and a key that is not valid', async () => {
      await gateway.close();
      gateway = await startFakeGateway({
        'GET /health/live': (_, response) => sendJson(response, {}),
        'GET /health/ready': (_, response) => sendJson(response, {}, 503),
        'GET /v1/jobs': (_, response) => sendProblem(response, { status: 401, detail: 'No valid key.' }),
      });
      const { code, out } = await run('doctor');
      expect(code).toBe(1);
      expect(out).toMatch(/ok +server/);
      expect(out).toMatch(/FAILED readiness/);
      expect(out).toMatch(/FAILED key: No valid key/);
    });

    it('stops at a server that cannot be reached', async () => {
      await gateway.close();
      const { code, out } = await run('doctor');
      expect(code).toBe(1);
      expect(out).toContain('connection refused');
      expect(out).not.toContain('key');
    });
  });
});
