import { setTimeout as later } from 'node:timers/promises';
import {
  answer,
  behind,
  body,
  emptyPage,
  flood,
  hang,
  head,
  notFound,
  pageOf,
  pages,
  redirect,
  say,
} from './answers.js';
import { addressOf, fails, finds, http, raw, reads, type Endpoint, type Exchange, type Serve } from './endpoint.js';

const CIRCLE = fails('too_many_redirects');
const BLOCKED = fails('blocked_egress');
/** Where redirects of other endpoints lead: hosts of the web that are no sites of a job. */
export const LANDINGS: Endpoint[] = [
  http('/landing/page', finds(), answer(200)),
  http('/landing/disallowed', fails('robots_disallowed'), answer(200), {
    robots: ({ response }) => response.end('User-agent: *\nDisallow: /landing/\n'),
  }),
  http('/landing/hang', fails('timeout'), hang, { slow: true }),
];
const LANDED = finds({ addresses: [addressOf('/landing/page')] });
const landing = ({ web }: Exchange): string => web.urlOf('/landing/page');

/** Redirects: every form a Location takes, circles, other schemes, other hosts. */
export const REDIRECTS: Endpoint[] = [
  ...[301, 302, 303, 307, 308].map((status) => http(`/redirects/${status}`, finds(), redirect('/next', status))),
  http('/redirects/300-with-location', [finds(), fails('parse', 'http_4xx')], redirect('/next', 300)),
  http(
    '/redirects/305-use-proxy',
    fails('blocked_egress', 'parse', 'http_4xx'),
    redirect(({ web }) => web.canary('/redirects/305'), 305),
  ),
  http('/redirects/306-unused', [finds(), fails('parse', 'http_4xx')], redirect('/next', 306)),
  http('/redirects/relative', finds(), redirect('next/../there')),
  http('/redirects/query-only', finds(), redirectQuery, { maxRequests: 3 }),
  http('/redirects/absolute', LANDED, redirect(landing)),
  http(
    '/redirects/protocol-relative',
    LANDED,
    redirect((exchange) => landing(exchange).slice('http:'.length)),
  ),
  http(
    '/redirects/upper-case-scheme',
    LANDED,
    redirect((exchange) => landing(exchange).replace('http', 'HTTP')),
  ),
  http(
    '/redirects/backslashes',
    LANDED,
    redirect((exchange) => landing(exchange).replaceAll('/', '\\')),
  ),
  http(
    '/redirects/blanks-around',
    LANDED,
    redirect((exchange) => `  ${landing(exchange)}\t `),
  ),
  http(
    '/redirects/tab-within',
    LANDED,
    redirect((exchange) => landing(exchange).replace('landing', 'lan\tding')),
  ),
  http('/redirects/space-within', finds(), redirect('/a page here')),
  http('/redirects/fragment', finds(), redirect('/next#part')),
  // The bytes are UTF-8, and so browsers read them.
  http('/redirects/non-ascii', finds(), onlyAt('/%C3%BCber/seite', redirect('/über/seite'))),
  http('/redirects/percent-encoded', finds(), redirect('/%C3%BCber%2Fseite%zz')),
  raw(
    '/redirects/latin1-bytes',
    finds(),
    say(({ target, endpoint }) =>
      target === endpoint.path
        ? [head(['Location: /\xfcber', 'Content-Length: 0'], '302 Found')]
        : [head(['Content-Type: text/html']), pageOf(endpoint)],
    ),
  ),
  http('/redirects/body-with-address', LANDED, (exchange) => {
    exchange.response.writeHead(302, { location: landing(exchange), 'content-type': 'text/html' });
    exchange.response.end(pageOf(exchange.endpoint));
  }),
  http('/redirects/endless-body', LANDED, (exchange) => {
    exchange.response.writeHead(302, { location: landing(exchange), 'content-type': 'text/html' });
    flood(exchange.response, () => 'x'.repeat(65_536));
  }),
  // RFC 9110: without a Location a client shows the body; nothing that has to be followed.
  http('/redirects/no-location', [fails('parse', 'http_4xx'), finds()], (exchange) => {
    exchange.response.writeHead(302, { 'content-type': 'text/html' });
    exchange.response.end(pageOf(exchange.endpoint));
  }),
  http('/redirects/empty-location', [fails('parse', 'too_many_redirects')], redirect('')),
  http('/redirects/blank-location', [fails('parse', 'too_many_redirects')], redirect('   ')),
  raw(
    '/redirects/two-locations',
    [LANDED, BLOCKED, fails('parse')],
    say(({ web }) => [
      head(
        [
          `Location: ${web.urlOf('/landing/page')}`,
          `Location: ${web.canary('/redirects/two-locations')}`,
          'Content-Length: 0',
        ],
        '302 Found',
      ),
    ]),
  ),
  http('/redirects/invalid-url', fails('parse'), redirect('http://[not-an-address/')),
  http('/redirects/no-host', fails('parse', 'dns', 'blocked_egress'), redirect('http://')),
  http('/redirects/space-in-host', fails('parse'), redirect('http://a b.example/')),
  http('/redirects/port-out-of-range', fails('parse'), redirect('http://a.example:99999/')),
  http('/redirects/host-too-long', fails('parse', 'dns'), redirect(`http://${'a'.repeat(300)}.example/`)),
  http('/redirects/location-of-3000', fails('parse', 'too_large'), redirect(`/${'long/'.repeat(600)}`)),
  http('/redirects/location-of-14-kib', fails('parse', 'too_large'), redirect(`/?q=${'q'.repeat(14_000)}`)),
  http('/redirects/to-itself', CIRCLE, redirectBack(0), { maxRequests: 3 }),
  http('/redirects/fragment-of-itself', CIRCLE, redirectBack(0, '#again'), { maxRequests: 8 }),
  http('/redirects/circle-of-two', CIRCLE, redirectBack(1), { maxRequests: 4 }),
  http('/redirects/circle-of-three', CIRCLE, redirectBack(2), { maxRequests: 5 }),
  http('/redirects/cookie-wall', CIRCLE, cookieWall, { maxRequests: 8 }),
  http('/redirects/endless', CIRCLE, chain(Number.POSITIVE_INFINITY), { maxRequests: 7 }),
  http('/redirects/five', finds(), chain(5)),
  http('/redirects/six', CIRCLE, chain(6), { maxRequests: 7 }),
  http('/redirects/growing', fails('too_many_redirects', 'parse', 'too_large'), redirectGrowing),
  http('/redirects/each-hop-slow', fails('timeout'), slowHops, { slow: true }),
  http(
    '/redirects/to-hang',
    fails('timeout'),
    redirect(({ web }) => web.urlOf('/landing/hang')),
    { slow: true },
  ),
  http(
    '/redirects/to-disallowed-host',
    fails('robots_disallowed'),
    redirect(({ web }) => web.urlOf('/landing/disallowed')),
  ),
  http('/redirects/to-disallowed-path', fails('robots_disallowed'), redirect('/private/page'), {
    robots: ({ response }) => response.end('User-agent: *\nDisallow: /private/\n'),
    maxRequests: 2,
  }),
  ...schemes(),
  http('/redirects/to-404', fails('http_4xx'), redirectTo404),
  // From here on: what looks like a redirect, or leaves the site from a page that is not the seed.
  http(
    '/redirects/meta-refresh-off-site',
    finds(),
    behind(({ web }) => `<meta http-equiv="refresh" content="0;url=${web.canary('/redirects/meta')}">`),
    { maxDepth: 1 },
  ),
  http(
    '/redirects/script-location',
    finds(),
    behind(({ web }) => `<script>location.href = '${web.canary('/redirects/script')}'</script>`),
    { maxDepth: 1 },
  ),
  http(
    '/redirects/base-off-site',
    finds(),
    body(
      ({ web, endpoint }) => `<base href="${web.canary('/redirects/base/')}">${pageOf(endpoint, '<a href="x">x</a>')}`,
    ),
    { maxDepth: 1 },
  ),
  http('/redirects/link-that-leaves', finds(), linkThatLeaves, { maxDepth: 1 }),
  http('/redirects/link-to-canary', finds(), linkThatLeavesFor('canary'), { maxDepth: 1 }),
  http(
    '/redirects/frames-of-canary',
    reads(),
    pages({
      '/': ({ web }) =>
        emptyPage(
          ['iframe src', 'frame src', 'img src', 'script src', 'embed src', 'object data', 'area href', 'form action']
            .map((tag) => `<${tag}="${web.canary(`/redirects/${tag.replace(' ', '-')}`)}">`)
            .join(''),
        ),
    }),
    { maxDepth: 2 },
  ),
];

function schemes(): Endpoint[] {
  const targets: [string, string][] = [
    ['file', 'file:///etc/passwd'],
    ['file-with-host', 'file://localhost/etc/passwd'],
    ['data', 'data:text/html,<p>Write to data@hostile.gleaner-test.org</p>'],
    ['javascript', 'javascript:alert(1)//%0aalert(2)'],
    ['ftp', 'ftp://127.0.0.1/file'],
    ['gopher', 'gopher://127.0.0.1:25/_MAIL'],
    ['dict', 'dict://127.0.0.1:11211/stat'],
    ['ldap', 'ldap://127.0.0.1/'],
    ['websocket', 'ws://127.0.0.1/'],
    ['mailto', 'mailto:redirected@hostile.gleaner-test.org'],
    ['about', 'about:blank'],
    ['blob', 'blob:http://127.0.0.1/x'],
    ['view-source', 'view-source:http://127.0.0.1/'],
    ['jar', 'jar:http://127.0.0.1/x!/y'],
    ['unknown-scheme', 'x-hostile+scheme.1:whatever'],
  ];
  return targets.map(([name, to]) => http(`/redirects/to-${name}`, BLOCKED, redirect(to), { maxRequests: 2 }));
}

/** Any other path than that is not found. */
function onlyAt(path: string, serve: Serve): Serve {
  return (exchange) =>
    [path, exchange.endpoint.path].includes(exchange.url.pathname) ? serve(exchange) : notFound(exchange);
}

function redirectQuery(exchange: Exchange): void {
  if (exchange.url.search !== '') return answer(200)(exchange);
  exchange.response.writeHead(302, { location: '?second' }).end();
}

/** Over so many other paths and back to the start. */
function redirectBack(others: number, suffix = ''): Serve {
  return ({ response, url, endpoint }) => {
    const step = url.pathname === endpoint.path ? 0 : Number(url.pathname.split('-').at(-1));
    const location = step === others ? endpoint.path : `/step-${step + 1}`;
    response.writeHead(302, { location: location + suffix }).end();
  };
}

function chain(length: number): Serve {
  return (exchange) => {
    const { response, url, endpoint } = exchange;
    const step = url.pathname === endpoint.path ? 0 : Number(url.pathname.split('-').at(-1));
    if (step >= length) return answer(200)(exchange);
    response.writeHead(302, { location: `/step-${step + 1}` }).end();
  };
}

/** Sends everyone without its cookie back to where they came from. */
function cookieWall(exchange: Exchange): void {
  const { request, response, url, endpoint } = exchange;
  if (request.headers.cookie !== undefined) return answer(200)(exchange);
  const location = url.pathname === endpoint.path ? '/check' : endpoint.path;
  response.writeHead(302, { location, 'set-cookie': 'seen=1; Path=/' }).end();
}

function redirectGrowing({ response, url }: Exchange): void {
  response.writeHead(302, { location: `${url.pathname}/${url.pathname.slice(1, 1500)}` }).end();
}

/** Six answers, each in time, all together far too late. */
function slowHops({ response, url, endpoint }: Exchange): void {
  const step = url.pathname === endpoint.path ? 0 : Number(url.pathname.split('-').at(-1));
  void later(1800).then(() => response.writeHead(302, { location: `/step-${step + 1}` }).end());
}

function redirectTo404(exchange: Exchange): void {
  if (exchange.url.pathname === exchange.endpoint.path) redirect('/gone')(exchange);
  else notFound(exchange);
}

/** A link within the site whose answer leads to another one: that is not this crawl's business. */
function linkThatLeaves(exchange: Exchange): void {
  linkThatLeavesFor('landing')(exchange);
}

function linkThatLeavesFor(where: 'landing' | 'canary'): Serve {
  return (exchange) => {
    const { response, url, endpoint, web } = exchange;
    if (url.pathname === endpoint.path) return behind(() => '<a href="/contact">Contact</a>')(exchange);
    response.writeHead(302, { location: where === 'canary' ? web.canary(endpoint.path) : landing(exchange) }).end();
  };
}
