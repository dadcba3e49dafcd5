import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import { emptyPage, pageOf } from './answers.js';
import { finds, http, reads, type Endpoint, type Exchange, type Serve } from './endpoint.js';

/** 20 pages are the budget, and robots.txt and some sitemaps come to it. */
const BUDGET = 26;
const LINKS = 40;

/**
 * Sites without an end. Each has a first page that leads into it and, as its last link, to the contact page: the
 * crawl ends inside its budget, and the trap does not keep it from the address.
 */
export const TRAPS: Endpoint[] = [
  trap('calendar', ({ url }) => {
    const month = Number(url.searchParams.get('m') ?? '0');
    return links((i) => `/events?m=${month + i + 1}&view=month`);
  }),
  trap('calendar-in-path', ({ url }) => {
    const [year = 2024, month = 1] = url.pathname.split('/').slice(2).map(Number);
    return links((i) => `/events/${year + i}/${(month % 12) + 1}/`);
  }),
  trap('facets', ({ url }) => links((i) => `/shop?${url.search.slice(1)}&f${i}=${url.search.length}`)),
  trap('facets-in-any-order', () => {
    const facets = ['color=red', 'size=l', 'brand=x', 'sort=price'];
    return links(
      (i) => `/shop?${facets.toSorted((a, b) => ((i * a.length) % 7) - ((i * b.length) % 5)).join('&')}&page=${i}`,
    );
  }),
  trap('repeated-segments', ({ url }) => `<a href="${url.pathname.replace(/\/$/, '')}/a/b/">deeper</a>`, {
    maxRequests: 6,
  }),
  trap('relative-without-slash', () => '<a href="deeper/">deeper</a> <a href="./deeper/x">x</a>', { maxRequests: 12 }),
  trap('growing-path', ({ url }) => links((i) => `${url.pathname}/${'long'.repeat(50)}${i}`)),
  trap('growing-query', ({ url }) =>
    links((i) => `/list${url.search === '' ? '?' : `${url.search}&`}p${i}=${'v'.repeat(200)}`),
  ),
  trap('endless-pages', ({ url }) => `<a href="/list?page=${Number(url.searchParams.get('page') ?? 1) + 1}">Next</a>`),
  trap('random-links', () => links(() => `/${randomBytes(8).toString('hex')}`)),
  trap('random-query-on-itself', ({ url }) => links(() => `${url.pathname}?r=${randomBytes(8).toString('hex')}`)),
  trap('soft-404', () => links((i) => `/product-${i}-${randomBytes(3).toString('hex')}.html`)),
  trap('timestamps', ({ url }) => links((i) => `${url.pathname}?_=${process.hrtime.bigint()}${i}`)),
  // One page under many names: visited once (the contact page makes two; a sitemap may be asked for).
  ...oneAndTheSame(),
  trap('circle-of-pages', ({ url }) => (url.pathname === '/b' ? '<a href="/c">c</a>' : '<a href="/b">b</a>'), {
    maxRequests: 8,
  }),
  trap('5000-links-off-site', ({ web }) => list(5000, (i) => `<a href="${web.canary(`/traps/${i}`)}">x</a>`), {
    maxRequests: 6,
  }),
  trap('canonical-to-canary', ({ web }) => `<link rel="canonical" href="${web.canary('/traps/canonical')}">`),
  trap('next-to-canary', ({ web }) => `<link rel="next" href="${web.canary('/traps/next')}"><base target="_blank">`),
  trap('links-to-files', () => links((i) => `/file-${i}.${['pdf', 'zip', 'mp4', 'jpg', 'exe'][i % 5]}`), {
    maxRequests: 6,
  }),
  trap('links-that-fail', () => links((i) => `http://h${i}.does-not-exist.test/`), { maxRequests: 6 }),
  // Nothing tells the one true contact page from the forty others.
  {
    ...trap('contact-words-everywhere', () => links((i) => `/contact-${i}`).replaceAll('>x<', '>Contact us<')),
    expect: [finds(), reads()],
    outcomes: ['found', 'budget', 'no_address'],
  },
  subdomains(),
  http('/traps/redirect-to-new-names', finds(), redirectsToNames, {
    maxDepth: 2,
    maxRequests: 60,
  }),
  ...sitemaps(),
];

type Page = (exchange: Exchange) => string;

/** The contact page has the address; every other page the trap, and the first one a link to the contact page. */
function trap(name: string, page: Page, more: Partial<Endpoint> = {}): Endpoint {
  return http(`/traps/${name}`, finds(), serveTrap(page), { maxDepth: 10, maxRequests: BUDGET, ...more });
}

function serveTrap(page: Page): Serve {
  return (exchange) => {
    const { response, url, endpoint } = exchange;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    if (url.pathname === '/contact.html') response.end(pageOf(endpoint));
    else response.end(emptyPage(`${page(exchange)}<a href="/contact.html">Contact</a>`));
  };
}

function links(make: (index: number) => string): string {
  return list(LINKS, (index) => `<a href="${make(index)}">x</a>`);
}

function list(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index)).join(' ');
}

function oneAndTheSame(): Endpoint[] {
  const session = (): string => randomBytes(16).toString('hex');
  const spellings: [string, Page][] = [
    ['fragments', ({ url }) => links((i) => `${url.pathname}#part-${i}`)],
    ['session-in-query', ({ url }) => links(() => `${url.pathname}?PHPSESSID=${session()}`)],
    ['session-in-path', ({ endpoint }) => links(() => `${endpoint.path};jsessionid=${session()}`)],
    ['campaigns', ({ url }) => links((i) => `${url.pathname}?utm_source=${i}&utm_medium=x&fbclid=${i}&gclid=${i}`)],
    ['default-port-and-dots', ({ url }) => links((i) => `/x/../${'./'.repeat(i)}.${url.pathname}`)],
    ['empty-query', ({ url }) => `<a href="${url.pathname}?">x</a><a href="${url.pathname}?#">x</a>`],
    ['host-in-capitals', ({ web, endpoint }) => `<a href="${web.urlOf(endpoint.path).replace('http', 'HTTP')}">x</a>`],
  ];
  return spellings.map(([name, page]) => trap(`same-${name}`, page, { maxRequests: 5 }));
}

/** Every name below answers and links to two more: one site, one budget. */
function subdomains(): Endpoint {
  const name = 'subdomains.hostile-trap.org';
  return trap(
    'infinite-subdomains',
    ({ web }) =>
      list(LINKS, () => {
        return `<a href="http://${randomBytes(4).toString('hex')}.${name}:${web.port}/">x</a>`;
      }),
    {
      seed: ({ web }) => `http://${name}:${web.port}/traps/infinite-subdomains`,
      names: (host) => ({ [name]: { A: [host] }, [`*.${name}`]: { A: [host] } }),
      maxRequests: 2 * BUDGET,
    },
  );
}

/** Each link redirects to a page never seen before, which has more of them. */
function redirectsToNames(exchange: Exchange): void {
  const { response, url } = exchange;
  if (url.pathname.startsWith('/go-')) {
    response.writeHead(302, { location: `/page-${randomBytes(6).toString('hex')}` }).end();
    return;
  }
  serveTrap(() => links(() => `/go-${randomBytes(6).toString('hex')}`))(exchange);
}

function sitemaps(): Endpoint[] {
  const files: [string, (exchange: Exchange) => string | Buffer][] = [
    ['canary', () => ''],
    ['itself', ({ web, endpoint }) => index([new URL('/sitemap.xml', web.urlOf(endpoint.path)).href])],
    [
      'endless',
      ({ web, endpoint }) =>
        index(
          Array.from(
            { length: 200 },
            () => new URL(`/sitemap-${randomBytes(6).toString('hex')}.xml`, web.urlOf(endpoint.path)).href,
          ),
        ),
    ],
    ['to-canary', ({ web }) => index([web.canary('/traps/sitemap'), 'file:///etc/passwd'])],
    ['urls-of-canary', ({ web }) => `<urlset><url><loc>${web.canary('/traps/contact')}</loc></url></urlset>`],
    ['gzip-bomb', () => zlib.gzipSync(Buffer.alloc(32 * 1024 * 1024, ' '))],
    [
      'entity-expansion',
      () =>
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
    ],
    ['html', () => emptyPage('Not here.')],
    [
      'of-4-mb',
      ({ web, endpoint }) =>
        `<urlset>${list(60_000, (i) => `<url><loc>${new URL(`/p-${i}`, web.urlOf(endpoint.path)).href}</loc></url>`)}</urlset>`,
    ],
  ];
  return files.map(([name, file]) => {
    const path = `/traps/sitemap-${name}`;
    return http(path, finds(), serveWithSitemap(file), {
      maxDepth: 1,
      maxRequests: 60,
      robots: ({ response, web, endpoint }) => {
        const own = new URL('/sitemap.xml', web.urlOf(endpoint.path)).href;
        response.end(`User-agent: *\nAllow: /\nSitemap: ${name === 'canary' ? web.canary(path) : own}\n`);
      },
    });
  });
}

function serveWithSitemap(file: (exchange: Exchange) => string | Buffer): Serve {
  return (exchange) => {
    if (!exchange.url.pathname.startsWith('/sitemap')) return serveTrap(() => '')(exchange);
    exchange.response.writeHead(200, { 'content-type': 'application/xml' });
    exchange.response.end(file(exchange));
  };
}

function index(urls: string[]): string {
  return `<?xml version="1.0"?><sitemapindex>${urls.map((url) => `<sitemap><loc>${url}</loc></sitemap>`).join('')}</sitemapindex>`;
}
