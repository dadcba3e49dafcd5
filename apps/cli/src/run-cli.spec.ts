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
      ['an option of a later version', ['extract', '--query', 'dentists berlin'], "unknown option '--query'"],
      ['two formats', ['extract', 'a.example', '--json', '--csv', '-'], 'cannot be used with'],
      ['a bad site', ['extract', 'a.example', 'ftp://b.example'], 'ftp://b.example must be an http or https URL'],
      ['a file that is not there', ['extract', '--file', '/nowhere/sites.txt'], 'cannot read /nowhere/sites.txt'],
      ['a place that cannot be written', ['extract', 'a.example', '--csv', '/nowhere/x.csv'], 'cannot write'],
      ['an unknown command', ['jobs', 'pause', JOB_ID], "unknown command 'pause'"],
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
