import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_SITES } from '../../apps/cli/src/demo/demo-sites.js';
import { DemoWeb } from '../../apps/cli/src/demo/demo-web.js';
import { Cluster } from '../support/cluster.js';
import { type Finished, GleanerRun } from '../support/run-gleaner.js';
import { startFakeSearch } from '../support/search/fake-search.js';
import { waitFor } from '../support/wait-for.js';

interface Document {
  job: { id: string; status: string; source: { sites: number }; progress: { emails: number } };
  emails: { address: string; sources: { url: string; snippet: string }[] }[];
  sites: { host: string; outcome: string }[];
}

describe('gleaner', { timeout: 60_000 }, () => {
  const pages = DEMO_SITES.filter(({ folder }) => folder === 'bakery' || folder === 'shop');
  const planted = pages.flatMap((site) => site.planted).sort();
  const runs: GleanerRun[] = [];
  let web: DemoWeb;
  let urls: string[];

  const run = (args: string[], options: ConstructorParameters<typeof GleanerRun>[1] = {}): Promise<Finished> => {
    const started = new GleanerRun(args, options);
    runs.push(started);
    return started.finished;
  };

  beforeAll(async () => {
    web = await DemoWeb.start(pages);
    urls = web.hosts.map((host) => `http://${host}/`);
  });
  afterEach(() => {
    for (const started of runs.splice(0)) {
      expect(started.leftovers).toEqual([]);
      started.remove();
    }
  });
  afterAll(() => web.close());

  describe('without a server', () => {
    const env = (): Record<string, string> => ({ EGRESS_ALLOW: web.hosts.join(','), VERIFY_MX: 'false' });

    it('starts a system of its own and prints JSON', async () => {
      const { code, out } = await run(['extract', ...urls, '--host-delay', '0', '--json'], { env: env() });
      const { job, emails, sites } = JSON.parse(out) as Document;
      expect(code).toBe(0);
      expect(emails.map(({ address }) => address).sort()).toEqual(planted);
      expect(job).toMatchObject({ status: 'completed', progress: { emails: planted.length } });
      expect(sites.map(({ outcome }) => outcome).sort()).toEqual(['form_only', 'found']);
      for (const { address, sources } of emails) expect(sources[0]?.snippet).toContain(address);
    });

    it('takes sites from standard input and writes CSV', async () => {
      const args = ['extract', '-', '--host-delay', '0', '--csv', '-'];
      const { code, out, err } = await run(args, { env: env(), stdin: `# two\n${urls.join('\n')}\n` });
      const [head, ...rows] = out.trim().split('\n');
      expect(code).toBe(0);
      expect(head).toMatch(/^address,domain,kind/);
      expect(rows.map((row) => row.split(',')[0] ?? '').sort()).toEqual(planted);
      expect(err).toContain('2 sites planned = 1 found + 1 form_only');
    });

    it('searches for sites, and says which search led to an address', async () => {
      const hits = ['https://www.linkedin.com/company/x', ...urls].map((url) => ({ url, title: url, snippet: 'x' }));
      const engine = await startFakeSearch({ provider: 'searxng', results: (query) => (query === 'x y' ? hits : []) });
      const args = ['extract', '--query', 'x {z}', '--list', 'z=y,w', '--target', '50', '--host-delay', '0'];
      const { code, out, err } = await run([...args, '--evidence'], {
        env: { ...env(), ...engine.env, PROVIDER_DELAY_MS: '50' },
      });
      await engine.close();
      expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
      for (const address of planted) expect(out).toContain(address);
      expect(out).toMatch(/found by searxng for “x y”, rank \d/);
      expect(out).toMatch(/search by searxng.*: “x y”, “x w”/);
      expect(out).toContain(`searxng: ${engine.requests.length} requests, 3 results, 1 skipped`);
    });

    it('says what to set where no search provider is configured', async () => {
      const args = ['extract', '--query', 'x', '--target', '5', '--provider', 'brave'];
      const { code, err } = await run(args, { env: { BRAVE_API_KEY: '' } });
      expect(code).toBe(1);
      expect(err).toContain('is not configured: set BRAVE_API_KEY');
    });

    it('shows why a site on this machine is not visited', async () => {
      const { code, out } = await run(['extract', urls[0] ?? '']);
      expect(code).toBe(0);
      expect(out).toContain('no addresses found');
      expect(out).toContain('blocked_egress');
    });
  });

  describe('with a server', () => {
    let cluster: Cluster;
    const server = (): string[] => ['--url', cluster.url, '--key', cluster.key];

    beforeAll(async () => {
      cluster = await Cluster.start('embedded');
    }, 60_000);
    afterAll(() => cluster.stop());

    it('extracts, shows, lists, watches and exports a job', async () => {
      const extracted = await run(['extract', ...urls, '--host-delay', '0', '--json', ...server()]);
      const { job } = JSON.parse(extracted.out) as Document;
      expect(extracted).toMatchObject({ code: 0, err: expect.stringContaining(job.id) });
      const [list, show, watch, exported] = await Promise.all([
        run(['jobs', 'list', ...server()]),
        run(['jobs', 'show', job.id, ...server()]),
        run(['jobs', 'watch', job.id, ...server()]),
        run(['export', job.id, '--evidence', ...server()]),
      ]);
      expect(list.out).toMatch(new RegExp(`${job.id} +completed +100 +${planted.length} +2/2`));
      expect(show.out).toContain('2 sites planned = 1 found + 1 form_only');
      expect(watch).toMatchObject({ code: 0, out: expect.stringContaining('completed') });
      for (const address of planted) expect(exported.out).toContain(address);
    });

    it('uploads a list that is too long for a request', async () => {
      // The fragments are no part of the addresses: it is the text that is long.
      const long = urls.flatMap((url) => Array.from({ length: 300 }, (_, i) => `${url}#${i}${'x'.repeat(1990)}`));
      const args = ['extract', '-', '--host-delay', '0', '--json', ...server()];
      const { code, out, err } = await run(args, { stdin: long.join('\n') });
      const { job, emails } = JSON.parse(out) as Document;
      expect(code).toBe(0);
      expect(err).toContain('uploading 600 sites: 100%');
      expect(job).toMatchObject({ status: 'completed', source: { sites: 600 } });
      expect(emails.map(({ address }) => address).sort()).toEqual(planted);
    });

    it('pauses, resumes and cancels a job, and retries what may be retried', async () => {
      const { id } = await cluster.call<{ id: string }>('/v1/jobs', {
        source: { type: 'sites', sites: urls },
        crawl: { hostDelayMs: 60_000 },
      });
      const jobs = async (...args: string[]) => run(['jobs', ...args, id, ...server()]);
      await waitFor(async () => (await cluster.call<{ status: string }>(`/v1/jobs/${id}`)).status === 'running');
      expect((await jobs('pause')).out).toBe(`job ${id} is paused\n`);
      expect(await jobs('pause')).toMatchObject({ code: 1, err: expect.stringContaining('Possible: resume, cancel') });
      expect((await jobs('resume')).out).toBe(`job ${id} is running\n`);
      expect((await jobs('cancel')).out).toBe(`job ${id} is cancelling\n`);
      await waitFor(async () => (await cluster.call<{ status: string }>(`/v1/jobs/${id}`)).status === 'cancelled', {
        timeoutMs: 15_000,
      });
      expect((await jobs('retry')).err).toContain('The job is cancelled: it cannot be retried');
    });

    it('cancels a job on Ctrl-C, prints what was found so far and ends with 130', async () => {
      const started = new GleanerRun(['extract', ...urls, '--host-delay', '60000', ...server()]);
      runs.push(started);
      started.child.stderr?.on('data', () => {
        if (/0\/2 sites/.test(started.err)) started.child.kill('SIGINT');
      });
      const { code, out } = await started.finished;
      expect(code).toBe(130);
      expect(out).toContain('cancelled');
    });

    it('shows the workers', async () => {
      const { code, out } = await run(['workers', ...server()]);
      expect(code).toBe(0);
      expect(out).toMatch(/idle|running|waiting/);
    });

    it('is in good health, unlike a wrong key', async () => {
      expect((await run(['doctor', ...server()])).out).toContain('all good');
      const wrong = await run(['doctor', '--url', cluster.url, '--key', 'not-the-key-at-all']);
      expect(wrong.code).toBe(1);
      expect(wrong.out).toContain('FAILED key');
    });

    it('tells a refused request in words', async () => {
      const { code, err } = await run(['jobs', 'cancel', 'not-an-id', ...server()]);
      expect(code).toBe(1);
      expect(err).toMatch(/^error: /);
    });
  });
});
