import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { EgressGuard } from '#common/egress/egress-guard.js';
import { PageFetcher } from '../fetch/page-fetcher.js';
import { LocalServer, redirectTo } from '../fetch/testing/local-server.js';
import { SitemapReader, type SitemapCandidates, type SitemapRequest } from './sitemap-reader.js';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Page = string | RequestListener;

/** A site whose pages know where it is. */
async function serve(makePages: (url: (path: string) => string) => Record<string, Page>): Promise<LocalServer> {
  const pages: Record<string, Page> = {};
  const server = await LocalServer.serve(pages);
  Object.assign(
    pages,
    makePages((path) => server.url(path)),
  );
  closers.push(() => server.close());
  return server;
}

function read(server: LocalServer, request: Partial<SitemapRequest> = {}): Promise<SitemapCandidates> {
  const guard = new EgressGuard({ allow: [server.host] });
  const fetcher = new PageFetcher(guard, { userAgent: 'Gleaner/test', maxConcurrentFetches: 4, retryDelayMs: 1 });
  closers.push(() => fetcher.close());
  return new SitemapReader(fetcher).readCandidates({
    sitemaps: [server.url('/sitemap.xml')],
    isInScope: (url) => url.host === server.host,
    signal: new AbortController().signal,
    ...request,
  });
}

const urlset = (...locs: string[]): string =>
  `<urlset>${locs.map((loc) => `<url><loc>${loc}</loc></url>`).join('')}</urlset>`;
const index = (...locs: string[]): string =>
  `<sitemapindex>${locs.map((loc) => `<sitemap><loc>${loc}</loc></sitemap>`).join('')}</sitemapindex>`;
const send =
  (body: string | Buffer, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(200, headers);
    response.end(body);
  };

describe('SitemapReader', () => {
  it('finds the pages of a site, and says what they cost', async () => {
    const server = await serve((url) => ({ '/sitemap.xml': urlset(url('/'), url('/contact')) }));
    const result = await read(server);
    expect(result.urls).toEqual([server.url('/'), server.url('/contact')]);
    expect(result).toMatchObject({ files: 1, errors: [], interruption: null });
    expect(result.bytes).toBeGreaterThan(100);
  });

  it('follows an index to the lists of pages before those of products, and reads three files in all', async () => {
    const names = ['product-1', 'post-1', 'other', 'wp-sitemap-posts-page-1', 'image'];
    const server = await serve((url) => ({
      '/sitemap.xml': index(...names.map((name) => url(`/${name}.xml`))),
      ...Object.fromEntries(names.map((name) => [`/${name}.xml`, urlset(url(`/in-${name}`))])),
    }));
    const { urls } = await read(server);
    expect(server.pagesAsked).toEqual(['/sitemap.xml', '/wp-sitemap-posts-page-1.xml', '/other.xml']);
    expect(urls).toEqual([server.url('/in-wp-sitemap-posts-page-1'), server.url('/in-other')]);
  });

  it('keeps to the site, for pages and for sitemaps', async () => {
    const server = await serve((url) => ({
      '/sitemap.xml': index('https://b.example/s.xml', url('/pages.xml')),
      '/pages.xml': urlset('https://b.example/', 'javascript:alert(1)', '/relative', url('/x#top'), url('/x')),
    }));
    const result = await read(server, { sitemaps: ['https://c.example/s.xml', server.url('/sitemap.xml')] });
    expect(result.urls).toEqual([server.url('/x')]);
    expect(result.errors).toEqual([]);
  });

  it('returns 2,000 of 100,000 pages, the likely ones first', async () => {
    const server = await serve(() => ({
      '/sitemap.xml': (request, response) => {
        const base = `http://${request.headers.host}`;
        const locs = Array.from({ length: 100_000 }, (_, i) => `${base}/${i}`);
        locs[10_000] = `${base}/kontakt`;
        response.end(urlset(...locs));
      },
    }));
    const { urls } = await read(server, { isLikely: (url) => url.pathname === '/kontakt' });
    expect(urls).toHaveLength(2000);
    expect(urls.slice(0, 2)).toEqual([server.url('/kontakt'), server.url('/0')]);
  });

  it('unpacks gzip files, whatever they are served as, as far as they are whole', async () => {
    const server = await serve((url) => ({
      '/sitemap.xml.gz': send(gzipSync(urlset(url('/gz'))), { 'content-type': 'application/x-gzip' }),
      '/plain.xml': send(gzipSync(urlset(url('/plain'))), { 'content-type': 'text/xml; charset=iso-8859-1' }),
      '/half.gz': send(
        gzipSync(urlset(...Array.from({ length: 5000 }, (_, i) => url(`/${i * 7919}`)))).subarray(0, 9000),
      ),
    }));
    const sitemaps = ['/sitemap.xml.gz', '/plain.xml', '/half.gz'].map((path) => server.url(path));
    const { urls, errors } = await read(server, { sitemaps });
    expect(urls.slice(0, 3)).toEqual([server.url('/gz'), server.url('/plain'), server.url('/0')]);
    expect(urls.length).toBeGreaterThan(100);
    expect(errors).toEqual([]);
  });

  it('stops at the limit of a compression bomb', async () => {
    const server = await serve((url) => ({
      '/sitemap.xml': send(gzipSync(urlset(url('/first')) + ' '.repeat(20 * 1024 * 1024) + urlset(url('/last')))),
    }));
    expect((await read(server)).urls).toEqual([server.url('/first')]);
  });

  it('holds no more than honest URLs would take', async () => {
    const server = await serve((url) => ({
      '/sitemap.xml': urlset(...Array.from({ length: 500 }, (_, i) => url(`/${i}-${'x'.repeat(1900)}`))),
    }));
    expect((await read(server)).urls.join('').length).toBeLessThan(600 * 1024);
  });

  it('does not read the same file by two names', async () => {
    const server = await serve((url) => ({ '/sitemap.xml': redirectTo('/s.xml'), '/s.xml': index(url('/s.xml')) }));
    await read(server);
    expect(server.pagesAsked).toEqual(['/sitemap.xml', '/s.xml']);
  });

  it('does not go in circles', async () => {
    const server = await serve((url) => ({
      '/sitemap.xml': index(url('/sitemap.xml'), url('/a.xml')),
      '/a.xml': index(url('/sitemap.xml'), url('/a.xml'), url('/b.xml')),
      '/b.xml': index(...Array.from({ length: 1000 }, (_, i) => url(`/${i}.xml`))),
    }));
    expect(await read(server)).toMatchObject({ urls: [], files: 3 });
    expect(server.pagesAsked).toEqual(['/sitemap.xml', '/a.xml', '/b.xml']);
  });

  it.each<[string, Page]>([
    ['a page', '<!doctype html><html><body><a href="/contact">Contact</a></body></html>'],
    ['something binary', send(Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1'), { 'content-type': 'image/png' })],
    ['broken gzip', send(Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]))],
    ['nothing', send('')],
    ['deep nesting', send('<a>'.repeat(300_000))],
    [
      'an endless file',
      (_request, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write('<url><loc>'.repeat(1000)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      },
    ],
  ])('comes to no pages and no error where the file is %s', async (_, file) => {
    const server = await serve(() => ({ '/sitemap.xml': file }));
    expect(await read(server)).toMatchObject({ urls: [], files: 1, errors: [] });
  });

  it('goes on with the next file where one cannot be had', async () => {
    const canary = await serve((url) => ({ '/': urlset(url('/secret')) }));
    const server = await serve((url) => ({
      '/private.xml': redirectTo(canary.url('/')),
      '/good.xml': urlset(url('/contact')),
    }));
    const sitemaps = ['/missing.xml', '/private.xml', '/good.xml'].map((path) => server.url(path));
    const { urls, files, errors } = await read(server, { sitemaps });
    expect([urls, files, errors.map(({ code }) => code)]).toEqual([
      [server.url('/contact')],
      1,
      ['http_4xx', 'blocked_egress'],
    ]);
    expect(canary.requests).toHaveLength(0);
  });

  it('asks the hooks of the caller before each request, and stops with what it has when one refuses', async () => {
    const server = await serve((url) => ({ '/sitemap.xml': urlset(url('/a')), '/2.xml': urlset(url('/b')) }));
    const asked: string[] = [];
    const busy = new Error('the host is busy');
    const beforeRequest = async ({ pathname }: URL): Promise<void> => {
      asked.push(pathname);
      if (pathname === '/2.xml') throw busy;
    };
    const sitemaps = ['/sitemap.xml', '/2.xml', '/3.xml'].map((path) => server.url(path));
    const result = await read(server, {
      sitemaps,
      beforeRequest,
      onStart: ({ pathname }) => asked.push(`start ${pathname}`),
    });
    expect(asked).toEqual(['/sitemap.xml', 'start /sitemap.xml', '/2.xml']);
    expect([result.urls, result.interruption]).toEqual([[server.url('/a')], busy]);
  });

  it('throws the reason of an abort', async () => {
    const aborter = new AbortController();
    const server = await serve(() => ({ '/sitemap.xml': () => aborter.abort(new Error('cancelled')) }));
    await expect(read(server, { signal: aborter.signal })).rejects.toThrow('cancelled');
  });

  it('gives the memory of every file back', async () => {
    const padding = 900 * 1024;
    const server = await serve((url) => ({ '/sitemap.xml': ' '.repeat(padding) + urlset(url('/')) }));
    const guard = new EgressGuard({ allow: [server.host] });
    const fetcher = new PageFetcher(guard, { userAgent: 'Gleaner/test', maxConcurrentFetches: 50 });
    closers.push(() => fetcher.close());
    const reader = new SitemapReader(fetcher);
    const readOne = (): Promise<SitemapCandidates> =>
      reader.readCandidates({
        sitemaps: [server.url('/sitemap.xml')],
        isInScope: () => true,
        signal: new AbortController().signal,
      });
    const results = await Promise.all(Array.from({ length: 50 }, readOne));
    // Without memory a large file is cut.
    expect(results.every(({ urls, bytes }) => urls.length === 1 && bytes > padding)).toBe(true);
  });
});
