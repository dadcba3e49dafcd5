import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { EgressGuard } from '#common/egress/egress-guard.js';
import { PageFetcher } from '../fetch/page-fetcher.js';
import { LocalServer } from '../fetch/testing/local-server.js';
import type { SitemapHooks, SitemapLimits, SitemapReading } from './sitemap-reading.js';
import { SitemapFiles } from './sitemap-files.js';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Page = string | RequestListener;
type Url = (path: string) => string;

async function serve(makePages: (url: Url) => Record<string, Page>): Promise<LocalServer> {
  const pages: Record<string, Page> = {};
  const server = await LocalServer.serve(pages);
  closers.push(() => server.close());
  Object.assign(
    pages,
    makePages((path) => server.url(path)),
  );
  return server;
}

function open(server: LocalServer, limits?: Partial<SitemapLimits>, hooks: Partial<SitemapHooks> = {}): SitemapReading {
  const guard = new EgressGuard({ allow: [server.host] });
  const fetcher = new PageFetcher(guard, { userAgent: 'Gleaner/test', maxConcurrentFetches: 4, retryDelayMs: 1 });
  closers.push(() => fetcher.close());
  const signal = new AbortController().signal;
  return new SitemapFiles(fetcher, limits).read(server.url('/sitemap.xml'), { signal, ...hooks });
}

async function listBatches(reading: SitemapReading): Promise<string[][]> {
  const batches: string[][] = [];
  for await (const batch of reading) batches.push(batch);
  return batches;
}

const listUrls = async (reading: SitemapReading): Promise<string[]> => (await listBatches(reading)).flat();
const codes = (reading: SitemapReading): string[] => reading.errors.map(({ code }) => code);
const times = (count: number, make: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => make(i));
const urlset = (...locs: string[]): string =>
  `<urlset>${locs.map((loc) => `<url><loc>${loc}</loc></url>`).join('')}</urlset>`;
const index = (...locs: string[]): string =>
  `<sitemapindex>${locs.map((loc) => `<sitemap><loc>${loc}</loc></sitemap>`).join('')}</sitemapindex>`;
const send =
  (body: string | Buffer): RequestListener =>
  (_request, response) =>
    response.end(body);

describe('SitemapFiles', () => {
  it('reads an index of packed files, another index and a text file, and says what they cost', async () => {
    const server = await serve((url) => ({
      '/sitemap.xml': send(gzipSync(index(url('/a.xml.gz'), url('/more.xml'), url('/c.txt')))),
      '/a.xml.gz': send(gzipSync(urlset('https://a.example/', 'https://b.example/x?a=1&amp;b=2'))),
      '/more.xml': index(url('/b.xml')),
      '/b.xml': urlset('https://a.example/b'),
      '/c.txt': 'https://a.example/c\nhttps://a.example/d',
    }));
    const reading = open(server);
    expect((await listUrls(reading)).toSorted()).toEqual([
      'https://a.example/',
      'https://a.example/b',
      'https://a.example/c',
      'https://a.example/d',
      'https://b.example/x?a=1&b=2',
    ]);
    expect(reading).toMatchObject({ files: 5, urls: 5, errors: [], cuts: new Set() });
    expect(reading.bytes).toBeGreaterThan(200);
  });

  it('follows indexes in an index, but none in those', async () => {
    const server = await serve((url) => ({
      '/sitemap.xml': index(url('/1.xml')),
      '/1.xml': index(url('/2.xml')),
      '/2.xml': index(url('/3.xml')),
    }));
    const reading = open(server);
    expect(await listUrls(reading)).toEqual([]);
    expect(server.pagesAsked).toEqual(['/sitemap.xml', '/1.xml', '/2.xml']);
    expect(reading.cuts).toEqual(new Set(['nesting']));
  });

  it('does not go in circles', async () => {
    const server = await serve((url) => ({
      '/sitemap.xml': index(url('/sitemap.xml'), url('/a.xml'), url('/a.xml#x')),
      '/a.xml': index(url('/sitemap.xml'), url('/a.xml')),
    }));
    await listUrls(open(server));
    expect(server.pagesAsked).toEqual(['/sitemap.xml', '/a.xml']);
  });

  it('stops at the limit of URLs, and names it', async () => {
    const server = await serve((url) => ({
      '/sitemap.xml': index(url('/a.xml'), url('/b.xml'), url('/c.xml')),
      '/a.xml': urlset(url('/1'), url('/1'), url('/2')),
      '/b.xml': urlset(url('/3'), url('/4')),
      '/c.xml': urlset(url('/5')),
    }));
    const reading = open(server, { maxUrls: 3 });
    expect(await listUrls(reading)).toEqual(['/1', '/2', '/3'].map((path) => server.url(path)));
    expect(reading.cuts).toEqual(new Set(['urls']));
    expect(server.pagesAsked).not.toContain('/c.xml');
  });

  it('asks for no more files than the limit, and names it', async () => {
    const server = await serve((url) => ({
      '/sitemap.xml': index(...times(1000, (i) => url(`/${i}.xml`))),
      ...Object.fromEntries(times(1000, (i) => `/${i}.xml`).map((path) => [path, urlset(url(path))])),
    }));
    const reading = open(server, { maxFiles: 4 });
    expect(await listUrls(reading)).toHaveLength(3);
    expect([server.pagesAsked.length, reading.cuts]).toEqual([4, new Set(['files'])]);
  });

  it('hands out the 50,000 URLs that a file may have in batches of 1,000, and gives others their turn', async () => {
    const file = gzipSync(urlset(...times(60_000, (i) => `https://a.example/some/where/${i}`)));
    const server = await serve(() => ({ '/sitemap.xml': send(file) }));
    const reading = open(server);
    let longestMs = 0;
    let lastAt = performance.now();
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - lastAt);
      lastAt = performance.now();
    }, 1);
    closers.push(() => clearInterval(timer));
    const batches = await listBatches(reading);
    expect([batches.length, Math.max(...batches.map(({ length }) => length))]).toEqual([50, 1000]);
    expect(new Set(batches.flat()).size).toBe(50_000);
    expect(reading.cuts).toEqual(new Set(['file_urls']));
    expect(longestMs).toBeLessThan(250);
  });

  it.each<[string, Page, string]>([
    [
      'a cut gzip file',
      send(gzipSync(urlset(...times(9000, (i) => `https://a.example/${i * 7919}`))).subarray(0, 9000)),
      'bad_encoding',
    ],
    [
      'a damaged gzip file',
      send(
        Buffer.concat([
          gzipSync(urlset(...times(9000, (i) => `https://a.example/${i}`))).subarray(0, -8),
          Buffer.alloc(8),
        ]),
      ),
      'bad_encoding',
    ],
  ])('uses what came of %s, and says so', async (_, file, code) => {
    const reading = open(await serve(() => ({ '/sitemap.xml': file })));
    expect((await listUrls(reading))[0]).toBe('https://a.example/0');
    expect(codes(reading)).toEqual([code]);
  });

  it('uses what came of broken XML', async () => {
    const server = await serve(() => ({ '/sitemap.xml': `${urlset('https://a.example/')}<url><loc>https://a.exam` }));
    expect(await listUrls(open(server))).toEqual(['https://a.example/']);
  });

  it('stops at the limit of a compression bomb', async () => {
    const bomb = gzipSync(
      Buffer.concat([
        Buffer.from(urlset('https://a.example/1')),
        Buffer.alloc(60 * 1024 * 1024, ' '),
        Buffer.from(urlset('https://a.example/2')),
      ]),
    );
    const reading = open(await serve(() => ({ '/sitemap.xml': send(bomb) })));
    expect(await listUrls(reading)).toEqual(['https://a.example/1']);
    expect(reading.cuts).toEqual(new Set(['file_bytes']));
  });

  it('throws what is wrong with the given file', async () => {
    const reading = open(await serve(() => ({})));
    await expect(listUrls(reading)).rejects.toMatchObject({ name: 'FetchError', code: 'http_4xx', status: 404 });
  });

  it('goes on where another file fails, is no sitemap or is out of bounds', async () => {
    const server = await serve((url) => ({
      '/sitemap.xml': index(url('/missing.xml'), url('/page.html'), 'http://10.0.0.1/s.xml', url('/good.xml')),
      '/page.html': '<!doctype html><html><body>Hello</body></html>',
      '/good.xml': urlset('https://a.example/'),
    }));
    const reading = open(server);
    expect(await listUrls(reading)).toEqual(['https://a.example/']);
    expect(codes(reading)).toEqual(['http_4xx', 'parse', 'blocked_egress']);
  });

  it('leaves a host alone that asks for it', async () => {
    const server = await serve((url) => ({
      '/sitemap.xml': index(url('/a.xml'), url('/b.xml')),
      '/a.xml': (_request, response) => response.writeHead(429, { 'retry-after': '60' }).end(),
    }));
    const reading = open(server);
    await listUrls(reading);
    expect(server.pagesAsked).not.toContain('/b.xml');
    expect(reading.errors.map(({ url, retryAfterMs }) => [url, retryAfterMs])).toEqual([
      [server.url('/a.xml'), 60_000],
      [server.url('/b.xml'), 60_000],
    ]);
  });

  it('drops entries that are no plain web address', async () => {
    const bad = [
      'javascript:alert(1)',
      '/relative',
      'https://u:p@a.example/',
      `https://a.example/${'x'.repeat(3000)}`,
      'http://',
      'ftp://a.example/',
    ];
    const server = await serve(() => ({
      '/sitemap.xml': urlset(...bad, 'https://a.example/#top', 'https://a.example/'),
    }));
    expect(await listUrls(open(server))).toEqual(['https://a.example/']);
  });

  it('ends with what a hook throws before a request', async () => {
    const server = await serve((url) => ({ '/sitemap.xml': index(url('/a.xml')) }));
    const beforeRequest = async ({ pathname }: URL): Promise<void> => {
      if (pathname === '/a.xml') throw new Error('the host is busy');
    };
    await expect(listUrls(open(server, {}, { beforeRequest }))).rejects.toThrow('the host is busy');
  });
});
