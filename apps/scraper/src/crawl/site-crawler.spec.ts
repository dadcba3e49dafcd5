import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalServer, redirectTo, sendHtml } from '../fetch/testing/local-server.js';
import { HostBusy } from '../hosts/site-postponed.js';
import { createSiteCrawler } from './create-site-crawler.js';
import type { CrawlHooks } from './site-crawler.js';
import type { CrawlPolicy, SiteResult } from './site-result.js';
import type { CrawlOptions } from './crawl-options.js';

const POLICY: CrawlPolicy = {
  maxDepth: 2,
  maxPagesPerSite: 20,
  maxBytesPerSite: 50_000_000,
  maxSecondsPerSite: 300,
  sameSite: true,
  hostDelayMs: 0,
  robots: 'respect',
};
const LONG_TEXT = 'We build quiet things that last, and have done so since 1987 in the old mill by the river.';
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(pages: Record<string, string | RequestListener>): Promise<LocalServer> {
  const server = await LocalServer.serve(pages);
  closers.push(() => server.close());
  return server;
}

interface CrawlCase {
  urls?: string[];
  policy?: Partial<CrawlPolicy>;
  options?: Partial<CrawlOptions>;
  signal?: AbortSignal;
  hooks?: Partial<CrawlHooks>;
}

async function crawl(
  server: { host: string },
  { urls, policy, options, signal, hooks }: CrawlCase = {},
): Promise<SiteResult> {
  const crawler = createSiteCrawler({
    userAgent: 'Gleaner/test',
    maxConcurrentFetches: 20,
    egressAllow: [server.host],
    dnsServers: [],
    ...options,
  });
  closers.push(() => crawler.close());
  const task = { host: server.host, urls: urls ?? [`http://${server.host}/`] };
  return crawler.crawlSite(
    task,
    { ...POLICY, ...policy },
    {
      signal: signal ?? new AbortController().signal,
      ...hooks,
    },
  );
}

function page(body: string): string {
  return `<title>x</title><p>${LONG_TEXT}</p>${body}`;
}

describe('SiteCrawler', () => {
  it('finds an address on a linked page, with evidence', async () => {
    const server = await serve({
      '/': page('<a href="/kontakt">Kontakt</a>'),
      '/kontakt': page('<p>Mail: info@acme-mill.de'),
    });
    const result = await crawl(server);
    expect(result).toMatchObject({ host: server.host, outcome: 'found', detail: null, pages: 2, errors: [] });
    expect(result.bytes).toBeGreaterThan(200);
    expect(result.emails).toHaveLength(1);
    expect(result.emails[0]).toMatchObject({
      address: { normalised: 'info@acme-mill.de' },
      kind: 'role',
      method: 'text',
      flags: [],
      sightings: [
        {
          url: server.url('/kontakt'),
          method: 'text',
          snippet: expect.stringContaining('Mail: info@acme-mill.de'),
          httpStatus: 200,
          robots: 'unavailable',
        },
      ],
    });
  });

  it('merges the sightings of an address, the best way first, ten at most', async () => {
    const links = Array.from({ length: 14 }, (_, number) => `<a href="/${number}">${number}</a>`).join(' ');
    const pages = Object.fromEntries(
      Array.from({ length: 14 }, (_, number) => [`/${number}`, page('info@acme-mill.de')]),
    );
    const server = await serve({
      '/': page(`${links} info@acme-mill.de`),
      ...pages,
      '/13': page('<a href="mailto:info@acme-mill.de">mail</a>'),
    });
    const [email] = (await crawl(server)).emails;
    expect([email?.method, email?.sightings.length, email?.sightings[0]?.url]).toEqual([
      'mailto',
      10,
      server.url('/13'),
    ]);
  });

  it('visits contact pages first and every page of the site within depth and budget', async () => {
    const home =
      '<a href="/a">A</a><a href="/b#top">B</a><a href="/b?utm_source=x">B</a><a href="/about-us">We</a><a href="/x">Contact</a><a href="/x.pdf">PDF</a><a href="http://other.invalid/">o</a>';
    const server = await serve({
      '/': page(home),
      '/a': page('<a href="/deep">d</a>'),
      '/b': page(''),
      '/about-us': page(''),
      '/x': page(''),
      '/deep': page('<a href="/deeper">d</a>'),
    });
    await crawl(server, { policy: { hostDelayMs: 1 } });
    expect(server.pagesAsked).toEqual(['/', '/x', '/about-us', '/a', '/b', '/deep']);
  });

  it('goes no deeper than asked', async () => {
    const server = await serve({ '/': page('<a href="/a">A</a>'), '/a': page('') });
    await crawl(server, { policy: { maxDepth: 0 } });
    expect(server.pagesAsked).toEqual(['/']);
  });

  it('crawls several seeds as one site', async () => {
    const server = await serve({ '/a': page('a@acme-mill.de'), '/b': page('b@acme-mill.de') });
    const result = await crawl(server, {
      urls: [server.url('/a'), server.url('/b'), server.url('/missing')],
      policy: { maxDepth: 0 },
    });
    expect(result.emails.map(({ address }) => address.address).sort()).toEqual(['a@acme-mill.de', 'b@acme-mill.de']);
    expect(result.errors).toMatchObject([{ code: 'http_4xx', url: server.url('/missing') }]);
  });

  it('tries http where a bare host has no https', async () => {
    const server = await serve({ '/x': page('info@acme-mill.de') });
    const result = await crawl(server, { urls: [`${server.host}/x`] });
    expect([result.outcome, result.errors]).toEqual(['found', []]);
  });

  it('leaves the delay between the starts of page fetches, redirects included, robots.txt excepted', async () => {
    const server = await serve({
      '/': redirectTo('/home'),
      '/home': page('<a href="/a">A</a><a href="/b">B</a>'),
      '/a': page(''),
      '/b': page(''),
    });
    await crawl(server, { policy: { hostDelayMs: 60 } });
    const starts = server.requests.filter(({ path }) => path !== '/robots.txt').map(({ at }) => at);
    const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(gaps).toHaveLength(3);
    expect(Math.min(...gaps)).toBeGreaterThan(50);
  });

  it('honours a crawl delay longer than its own', async () => {
    const robots: RequestListener = (_request, response) => response.end('User-agent: *\nCrawl-delay: 0.08');
    const server = await serve({ '/robots.txt': robots, '/': page('<a href="/a">A</a>'), '/a': page('') });
    await crawl(server);
    const [home, next] = server.requests.filter(({ path }) => path !== '/robots.txt');
    expect((next?.at ?? 0) - (home?.at ?? 0)).toBeGreaterThan(70);
  });

  it('fetches up to six pages at a time without a delay, and one with', async () => {
    const links = Array.from({ length: 12 }, (_, number) => `<a href="/${number}">${number}</a>`).join(' ');
    let wanted = 6;
    let most = 0;
    let held: (() => void)[] = [];
    // Answers are held until as many requests as expected are open, and a little longer to see one too many.
    const hold: RequestListener = (_request, response) => {
      held.push(() => sendHtml(response, page('')));
      most = Math.max(most, held.length);
      if (held.length !== wanted) return;
      setTimeout(() => {
        const all = held;
        held = [];
        for (const answer of all) answer();
      }, 20);
    };
    const server = await serve({
      '/': page(links),
      ...Object.fromEntries(Array.from({ length: 12 }, (_, number) => [`/${number}`, hold])),
    });
    await crawl(server);
    expect(most).toBe(6);
    wanted = 1;
    most = 0;
    await crawl(server, { policy: { hostDelayMs: 1 } });
    expect(most).toBe(1);
  });

  it('obeys robots.txt, and says so in the evidence', async () => {
    const robots: RequestListener = (_request, response) => response.end('User-agent: *\nDisallow: /private');
    const server = await serve({
      '/robots.txt': robots,
      '/': page('<a href="/private">Contact</a> a@acme-mill.de'),
      '/private': page('b@acme-mill.de'),
    });
    const result = await crawl(server);
    expect(server.pagesAsked).toEqual(['/']);
    expect(result.emails[0]?.sightings[0]?.robots).toBe('allowed');
    expect(result.errors).toMatchObject([{ code: 'robots_disallowed', url: server.url('/private') }]);
    const ignoring = await crawl(server, { policy: { robots: 'ignore' } });
    expect(ignoring.emails.flatMap(({ sightings }) => sightings.map(({ robots: verdict }) => verdict))).toEqual([
      'ignored',
      'ignored',
    ]);
  });

  it('checks the target of a redirect against robots.txt', async () => {
    const robots: RequestListener = (_request, response) => response.end('User-agent: *\nDisallow: /private');
    const server = await serve({
      '/robots.txt': robots,
      '/': redirectTo('/private'),
      '/private': page('a@acme-mill.de'),
    });
    expect((await crawl(server)).outcome).toBe('robots_disallowed');
    expect(server.pagesAsked).toEqual(['/']);
  });

  it('follows a seed to another site but stays there no longer than a page', async () => {
    const other = await serve({ '/': page('<a href="/more">Contact</a> info@acme-mill.de'), '/more': page('') });
    const server = await serve({ '/': redirectTo(other.url('/')) });
    const result = await crawl(server, { options: { egressAllow: [server.host, other.host] } });
    expect(result.emails[0]?.sightings[0]?.url).toBe(other.url('/'));
    expect(other.pagesAsked).toEqual(['/']);
  });

  it('does not follow another page to another site', async () => {
    const other = await serve({ '/': page('info@acme-mill.de') });
    const server = await serve({ '/': page('<a href="/out">Contact</a>'), '/out': redirectTo(other.url('/')) });
    const result = await crawl(server, { options: { egressAllow: [server.host, other.host] } });
    expect([result.outcome, result.errors, other.requests]).toEqual(['no_address', [], []]);
  });

  it('notes a page cut short and drops the half address at its end', async () => {
    const server = await serve({
      '/': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html', 'content-length': '9999' });
        response.write(page('<p>info@acme-mill.de or sales@acme-mill.co'), () => response.destroy());
      },
    });
    const result = await crawl(server);
    expect(result.emails.map(({ address }) => address.address)).toEqual(['info@acme-mill.de']);
    expect(result.errors).toMatchObject([{ code: 'connection' }]);
  });

  it('throws the reason of an abort, at once and without a result', async () => {
    const controller = new AbortController();
    const server = await serve({ '/': () => controller.abort(new Error('lease lost')) });
    await expect(crawl(server, { signal: controller.signal })).rejects.toThrow('lease lost');
    const waiting = await serve({ '/': page('<a href="/a">A</a>') });
    const second = new AbortController();
    const crawler = crawl(waiting, { policy: { hostDelayMs: 60_000 }, signal: second.signal });
    await expect.poll(() => waiting.pagesAsked.length).toBe(1);
    second.abort(new Error('paused'));
    await expect(crawler).rejects.toThrow('paused');
  });
});

describe('the outcome of a site', () => {
  const status =
    (code: number): RequestListener =>
    (_request, response) =>
      sendHtml(response, 'x', code);
  const cases: [string, Record<string, string | RequestListener>, Partial<CrawlPolicy>?][] = [
    ['found', { '/': page('info@acme-mill.de') }],
    ['no_address', { '/': page('') }],
    ['no_address', { '/': page('you@example.com') }],
    [
      'js_only',
      {
        '/': '<title>Acme</title><noscript>Please enable JavaScript to use this site.</noscript><div id=root></div><script src=/app.js></script>',
      },
    ],
    ['form_only', { '/': page('<form action="/contact"><textarea name=message></textarea></form>') }],
    ['budget', { '/': page('<a href="/a">A</a>'), '/a': page('info@acme-mill.de') }, { maxPagesPerSite: 1 }],
    ['robots_disallowed', { '/robots.txt': (_request, response) => response.end('User-agent: *\nDisallow: /') }],
    ['robots_disallowed', { '/robots.txt': status(503), '/': page('info@acme-mill.de') }],
    ['http_error', { '/': status(404) }],
    ['http_error', { '/': status(500) }],
    ['http_error', { '/': redirectTo('/') }],
    ['non_html', { '/': (_request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end('x') }],
    ['blocked_egress', { '/': redirectTo('http://169.254.169.254/latest/meta-data') }],
    ['timeout', { '/': () => undefined }],
  ];

  it.each(cases)('is %s (case %#)', async (outcome, pages, policy = {}) => {
    const server = await serve(pages);
    const result = await crawl(server, { policy, options: { fetchTimeoutMs: outcome === 'timeout' ? 50 : 5000 } });
    expect(result.outcome).toBe(outcome);
  });

  it('is unreachable where nobody listens and where the name has no address', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as { port: number }).port}`;
    server.close();
    expect(await crawl({ host })).toMatchObject({ outcome: 'unreachable', errors: [{ code: 'connection' }] });
    expect(await crawl({ host: 'no-such-host.invalid' })).toMatchObject({
      outcome: 'unreachable',
      errors: [{ code: 'dns' }],
    });
  });

  it('is blocked_egress for a private site, which is never reached', async () => {
    const canary = await serve({ '/': page('info@acme-mill.de') });
    for (const url of [canary.url('/'), canary.host]) {
      expect((await crawl(canary, { urls: [url], options: { egressAllow: [] } })).outcome).toBe('blocked_egress');
    }
    expect(canary.requests).toEqual([]);
  });

  it('leaves links to other sites of the job to those, and spends no page on them', async () => {
    const other = await serve({ '/': page('') });
    const links = Array.from({ length: 5 }, (_, i) => `<a href="${other.url(`/contact-${i}`)}">Contact</a>`).join(' ');
    const server = await serve({
      '/': page(`${links}<a href="/about">About</a>`),
      '/about': page('info@acme-mill.de'),
    });
    const result = await crawl(server, {
      urls: [server.url('/'), other.url('/')],
      options: { egressAllow: [server.host, other.host] },
      policy: { maxPagesPerSite: 3 },
      hooks: { isPlanned: async (host) => host !== server.host },
    });
    expect(result).toMatchObject({ outcome: 'found', pages: 3 });
    expect(other.pagesAsked).toEqual(['/']);
  });

  it('is a duplicate where its URL redirects to another site of the job', async () => {
    const other = await serve({ '/': page('info@acme-mill.de') });
    const server = await serve({ '/': redirectTo(other.url('/')) });
    const result = await crawl(server, {
      options: { egressAllow: [server.host, other.host] },
      hooks: { isPlanned: async (host) => host === other.host },
    });
    expect(result).toMatchObject({ outcome: 'duplicate', pages: 0, detail: expect.stringContaining(other.host) });
    expect(other.pagesAsked).toEqual([]);
  });

  it('is put back when its server asks for patience, and ends when it has asked too often', async () => {
    const server = await serve({
      '/': (_request, response) => response.writeHead(429, { 'retry-after': '20' }).end(),
    });
    await expect(crawl(server)).rejects.toMatchObject({ name: 'SitePostponed', waitMs: 20_000, isAsked: true });
    expect(await crawl(server, { hooks: { mayPostpone: false } })).toMatchObject({ outcome: 'http_error' });
  });

  it('says so when it was asked to stop before an address was found', async () => {
    const server = await serve({
      '/': page('<a href="/contact">Contact</a>'),
      '/contact': (_request, response) => response.writeHead(503, { 'retry-after': '20' }).end(),
    });
    expect(await crawl(server, { hooks: { mayPostpone: false } })).toMatchObject({
      outcome: 'http_error',
      detail: 'HTTP 503 after 1 pages without an address',
    });
  });

  it('gives up a host that stays busy, and goes on elsewhere', async () => {
    const server = await serve({ '/': page('info@acme-mill.de') });
    const busy = { holdHost: async (host: string) => Promise.reject(new HostBusy(host, 10)) };
    await expect(crawl(server, { hooks: busy })).rejects.toBeInstanceOf(HostBusy);
    expect(server.pagesAsked).toEqual([]);
  });

  it("is begun anew when its host becomes another worker's in the middle, also when it found something", async () => {
    const server = await serve({
      '/': page('info@acme-mill.de <a href="/contact">Contact</a>'),
      '/contact': page('anna@acme-mill.de'),
    });
    const lost = { isHeld: () => server.pagesAsked.length === 0 };
    await expect(crawl(server, { hooks: lost })).rejects.toBeInstanceOf(HostBusy);
    expect(server.pagesAsked).toEqual(['/']);
  });
});
