import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { DEMO_SITES } from '../../apps/cli/src/demo/demo-sites.js';
import { GleanerRun, isAlive } from '../support/run-gleaner.js';
import { waitFor } from '../support/wait-for.js';

const LIMIT_MS = 60_000;
const PLANTED = DEMO_SITES.flatMap(({ planted }) => planted);
const NEVER = DEMO_SITES.flatMap(({ never = [] }) => never);

describe('gleaner demo', { timeout: LIMIT_MS }, () => {
  const runs: GleanerRun[] = [];
  const startDemo = (env: Record<string, string> = {}): GleanerRun => {
    const run = new GleanerRun(['demo'], { env });
    runs.push(run);
    return run;
  };
  const systemOf = (run: GleanerRun): Promise<number> =>
    waitFor(() => run.systemPid, { timeoutMs: LIMIT_MS, message: 'the embedded system to start' });

  afterEach(() => {
    for (const run of runs.splice(0)) run.remove();
  });

  it('finds every planted address and nothing forbidden, whatever servers the environment names', async () => {
    const other = createServer((_, response) => response.end('not Gleaner'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const run = startDemo({
      PORT: String((other.address() as AddressInfo).port),
      DATABASE_URL: 'mysql://root@127.0.0.1:9/none',
      BROKER_URL: 'amqp://127.0.0.1:9',
      MAX_WORKERS: 'lots',
      GLEANER_URL: 'http://127.0.0.1:9',
    });
    const pid = await systemOf(run);
    const { code, out, err } = await run.finished;
    other.close();

    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    const words = new Set(out.toLowerCase().split(/[\s“”]+/));
    expect(PLANTED.filter((address) => !words.has(address))).toEqual([]);
    expect(NEVER.filter((address) => words.has(address))).toEqual([]);
    expect(out).toContain(`found ${PLANTED.length} of ${PLANTED.length} planted addresses in `);
    expect(out).not.toMatch(/unexpected outcome|never planted/);
    expect(out).toMatch(/^18 sites planned = 12 found \+ 1 no_address/m);
    expect(err).toMatch(/100%, \d+ e-mails, \d+ pages, 18\/18 sites/);
    expect(out).toContain('completed: 9 e-mails of 9 wanted');
    expect(out.match(/ searxng +\d+ +[a-z ]+ contact$/gm)).toHaveLength(9);
    expect(out).toMatch(/^searxng: \d+ requests, \d+ results, [1-9]\d* skipped$/m);
    expect(out).toContain('found exactly the 9 wanted addresses by search in ');
    expect(err).toMatch(/^0%, .*looking for sites/m);
    expect(err).toMatch(/^100%, 9 e-mails, \d+ pages, \d+ sites found/m);
    expect(run.leftovers).toEqual([]);
    expect(isAlive(pid)).toBe(false);
  });

  it('runs twice at once', async () => {
    const results = await Promise.all([startDemo().finished, startDemo().finished]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
  });

  it.each([
    ['while it starts', /starting Gleaner/],
    ['in the middle', /\d+%/],
    ['while it searches', /looking for sites/],
  ])('leaves nothing behind after Ctrl-C %s', async (_, moment) => {
    const run = startDemo();
    await waitFor(() => moment.test(run.err), { timeoutMs: LIMIT_MS });
    const pid = run.systemPid;
    run.child.kill('SIGINT');
    // npm passes on what the terminal has sent already.
    setTimeout(() => run.child.kill('SIGINT'), 50);
    expect((await run.finished).code).toBe(130);
    expect(run.leftovers).toEqual([]);
    if (pid !== undefined) expect(isAlive(pid)).toBe(false);
  });

  it('takes its embedded system with it even when it is killed', async () => {
    const run = startDemo();
    const pid = await systemOf(run);
    run.child.kill('SIGKILL');
    await waitFor(() => !isAlive(pid), { timeoutMs: 20_000, message: 'the embedded system to end' });
  });
});
