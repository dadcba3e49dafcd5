import { afterEach, describe, expect, it } from 'vitest';
import { jobSpec } from '#common/contracts/job-spec.js';
import { createSiteCrawler } from '../crawl/create-site-crawler.js';
import { LocalServer } from '../fetch/testing/local-server.js';
import { HostBusy } from '../hosts/site-postponed.js';
import { SitemapSource } from './sitemap.source.js';
import type { SourceAnswer, SourceHooks } from './source.js';

describe('SitemapSource', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const serve = async (files: (server: LocalServer) => Record<string, string>): Promise<LocalServer> => {
    const server = await LocalServer.start((request, response) => {
      const body = files(server)[request.url ?? ''];
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    closers.push(() => server.close());
    return server;
  };
  const find = async (
    url: string,
    over: Partial<SourceHooks> = {},
  ): Promise<{ answer: SourceAnswer; urls: string[] }> => {
    const options = { userAgent: 'Gleaner/test', maxConcurrentFetches: 5, egressAllow: ['127.0.0.1'], dnsServers: [] };
    const crawler = createSiteCrawler(options);
    closers.push(() => crawler.close());
    const urls: string[] = [];
    const hooks: SourceHooks = {
      signal: new AbortController().signal,
      save: async (pages) => void urls.push(...pages.map((page) => page.url)),
      count: async () => {},
      turn: (_host, _delayMs, work) => work(),
      pause: () => {},
      holdHost: async () => {},
      isHeld: () => true,
      ...over,
    };
    const source = new SitemapSource(crawler, { HOST_DELAY_MS: 0, MAX_SITES_PER_JOB: 1_000_000 });
    return { answer: await source.find({ spec: jobSpec.parse({}), query: url, page: 0 }, hooks), urls };
  };

  it('reads on where a file on another host is busy, and says that it is missing', async () => {
    const other = await serve(() => ({ '/more.xml': '<urlset><url><loc>http://b.example/</loc></url></urlset>' }));
    const own = await serve((server) => ({
      '/sitemap.xml': `<sitemapindex><sitemap><loc>${other.url('/more.xml')}</loc></sitemap>
        <sitemap><loc>${server.url('/pages.xml')}</loc></sitemap></sitemapindex>`,
      '/pages.xml': '<urlset><url><loc>http://a.example/</loc></url></urlset>',
    }));
    const holdHost = async (host: string): Promise<void> => {
      if (host === other.host) throw new HostBusy(host, 3000);
    };
    const { answer, urls } = await find(own.url('/sitemap.xml'), { holdHost });
    expect(urls).toEqual(['http://a.example/']);
    expect(answer.errors).toMatchObject([{ code: 'timeout', message: 'another crawl is fetching from this host' }]);
  });

  it('keeps 5,000 pages of one host, and says how many it left out', async () => {
    const locs = Array.from({ length: 5003 }, (_, i) => `<url><loc>http://a.example/${i}</loc></url>`);
    const server = await serve(() => ({
      '/sitemap.xml': `<urlset>${locs.join('')}<url><loc>http://b.example/</loc></url></urlset>`,
    }));
    const { answer, urls } = await find(server.url('/sitemap.xml'));
    expect(urls).toHaveLength(5001);
    expect(answer.errors).toMatchObject([{ code: 'too_large', message: expect.stringMatching(/^3 pages/) }]);
  });

  it('refuses a sitemap that lists nothing for good', async () => {
    const server = await serve(() => ({ '/sitemap.xml': '<html><p>Welcome</p></html>' }));
    await expect(find(server.url('/sitemap.xml'))).rejects.toMatchObject({ code: 'parse', retry: { isFinal: true } });
  });
});
