import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { isTerminal, type JobStatus } from '#common/domain/job-status.js';
import { LocalServer } from '../../apps/scraper/src/fetch/testing/local-server.js';
import { Cluster } from '../support/cluster.js';
import { FakeCommonCrawl } from '../support/common-crawl.js';
import { startPlantedWeb } from '../support/planted-web.js';
import { waitFor } from '../support/wait-for.js';

interface JobBody {
  id: string;
  status: JobStatus;
  workerCount: number | null;
  error: string | null;
  progress: { emails: number; pages: number; sites: number; sitesTotal: number };
}

interface EmailBody {
  address: string;
  sources: { url: string; seenAt: string; robots: string; origin: object | null }[];
}

/** Jobs whose sites or pages come from elsewhere than a list. */
describe('sources', () => {
  const closing: { close(): Promise<void> }[] = [];
  let cluster: Cluster | undefined;

  afterEach(async () => {
    await cluster?.stop();
    await Promise.all(closing.splice(0).map((server) => server.close()));
    cluster = undefined;
  });

  const run = async (product: Cluster, body: object): Promise<JobBody> => {
    const { id } = await product.call<JobBody>('/v1/jobs', body);
    return waitFor(
      async () => {
        const job = await product.call<JobBody>(`/v1/jobs/${id}`);
        return isTerminal(job.status) ? job : undefined;
      },
      { timeoutMs: 60_000, intervalMs: 200, message: `job ${id} to end` },
    );
  };

  it('reads domains from the archive, with capture dates, and refuses broken records', async () => {
    const page = (address: string): string => `<p>Write to ${address}</p>`;
    const archive = await FakeCommonCrawl.start({
      captures: [
        { url: 'https://www.mill.org/contact', html: page('info@mill.org'), timestamp: '20261003120000' },
        { url: 'https://www.mill.org/', html: page('home@mill.org'), timestamp: '20261003120500' },
        { url: 'https://shop.bakery.org/impressum', html: page('shop@bakery.org'), timestamp: '20260901000000' },
        { url: 'https://bakery.org/kontakt', html: page('lost@bakery.org'), fault: 'truncated member' },
        { url: 'https://bakery.org/bomb', html: page('bomb@bakery.org'), fault: 'bomb' },
        { url: 'https://bakery.org/team', html: page('range@bakery.org'), fault: 'wrong range' },
        { url: 'https://stranger.org/', html: page('info@stranger.org') },
      ],
    });
    closing.push(archive);
    cluster = await Cluster.start('embedded', {
      env: { COMMONCRAWL_INDEX_URL: archive.indexUrl, COMMONCRAWL_DATA_URL: archive.dataUrl, EGRESS_ALLOW: '' },
    });
    const job = await run(cluster, {
      source: { type: 'commoncrawl', domains: ['mill.org', 'bakery.org', 'https://nothing.org/page'] },
    });
    expect(job).toMatchObject({ status: 'completed', progress: { emails: 3, sites: 3, sitesTotal: 3 } });
    const emails = await cluster.list<EmailBody>(`/v1/jobs/${job.id}/emails`);
    expect(emails.map(({ address }) => address).toSorted()).toEqual([
      'home@mill.org',
      'info@mill.org',
      'shop@bakery.org',
    ]);
    expect(emails.find(({ address }) => address === 'info@mill.org')!.sources).toMatchObject([
      {
        url: 'https://www.mill.org/contact',
        seenAt: '2026-10-03T12:00:00.000Z',
        robots: 'archived',
        origin: { type: 'commoncrawl', crawl: 'CC-MAIN-2026-43', capturedAt: '2026-10-03T12:00:00Z' },
      },
    ]);
    const sites = await cluster.list<{ host: string; outcome: string; detail: string | null }>(
      `/v1/jobs/${job.id}/sites`,
    );
    expect(sites).toMatchObject([
      { host: 'bakery.org', outcome: 'found' },
      { host: 'mill.org', outcome: 'found' },
      { host: 'nothing.org', outcome: 'no_address', detail: 'the archive has no page of it' },
    ]);
    const errors = await cluster.list<{ url: string; code: string }>(`/v1/jobs/${job.id}/errors`);
    expect(errors.map(({ url }) => url).toSorted()).toEqual([
      'https://bakery.org/bomb',
      'https://bakery.org/kontakt',
      'https://bakery.org/team',
    ]);
    // One request a second at most.
    const gaps = archive.indexTimes.slice(1).map((at, i) => at - archive.indexTimes[i]!);
    expect(Math.min(...gaps)).toBeGreaterThan(990);
  });

  it('visits the pages that a sitemap index lists, on all their hosts, and names the files it cannot read', async () => {
    const web = await startPlantedWeb({ hosts: 8, pagesPerHost: 3, network: 47 });
    closing.push(web);
    const urlset = (urls: string[]): Buffer =>
      gzipSync(`<urlset>${urls.map((url) => `<url><loc>${url}</loc></url>`).join('')}</urlset>`);
    const files: Record<string, Buffer | string> = {
      '/one.xml.gz': urlset(web.sites.slice(0, 4)),
      '/two.xml.gz': urlset(web.sites.slice(4)),
    };
    const server = await LocalServer.start((request, response) => {
      const index = ['/one.xml.gz', '/two.xml.gz', '/gone.xml'].map(
        (path) => `<sitemap><loc>${server.url(path)}</loc></sitemap>`,
      );
      if (request.url === '/sitemap.xml') return void response.end(`<sitemapindex>${index.join('')}</sitemapindex>`);
      const file = files[request.url ?? ''];
      if (file === undefined) return void response.writeHead(404).end();
      response.end(file);
    });
    closing.push(server);
    cluster = await Cluster.start('embedded', { env: { HOST_DELAY_MS: '0' } });
    const job = await run(cluster, { source: { type: 'sitemap', url: server.url('/sitemap.xml') } });
    expect(job).toMatchObject({
      status: 'completed',
      workerCount: 1,
      progress: { emails: web.addresses.size, sites: 8, sitesTotal: 8 },
    });
    const errors = await cluster.list<{ code: string; url: string }>(`/v1/jobs/${job.id}/errors`);
    expect(errors).toMatchObject([{ code: 'http_4xx', url: server.url('/gone.xml') }]);
  });

  it('fails where the sitemap itself cannot be had, and says why', async () => {
    const server = await LocalServer.serve({
      '/robots.txt': (_request, response) => void response.writeHead(404).end(),
    });
    closing.push(server);
    cluster = await Cluster.start('embedded');
    const job = await run(cluster, { source: { type: 'sitemap', url: server.url('/sitemap.xml') } });
    expect(job).toMatchObject({ status: 'failed', error: expect.stringContaining('HTTP 404') });
    const refused = await run(cluster, { source: { type: 'sitemap', url: 'http://10.0.0.1/sitemap.xml' } });
    expect(refused).toMatchObject({ status: 'failed', error: expect.stringContaining('10.0.0.1') });
  });
});
