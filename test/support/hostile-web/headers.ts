import { answer, emptyPage, flood, head, HTML_LINE, pageOf, say, withLines } from './answers.js';
import { fails, finds, http, raw, type Endpoint, type Verdict } from './endpoint.js';

const REFUSED = fails('connection', 'parse');
const TOO_LARGE = fails('too_large');

/** Response headers: too many, too long, malformed, contradictory, or pointing somewhere. */
export const HEADERS: Endpoint[] = [
  lines('/headers/one-of-15-kib', [finds()], `X-Long: ${'v'.repeat(15_000)}`),
  lines('/headers/one-of-17-kib', [TOO_LARGE], `X-Long: ${'v'.repeat(17_000)}`),
  lines('/headers/one-of-1-mib', [TOO_LARGE], `X-Long: ${'v'.repeat(1024 * 1024)}`),
  lines('/headers/name-of-64-kib', [TOO_LARGE], `${'x'.repeat(65_536)}: v`),
  lines('/headers/5000-fields', [TOO_LARGE], ...repeat(5000, (i) => `x-${i}: value`)),
  lines('/headers/2900-tiny-fields', [finds(), TOO_LARGE], ...repeat(2900, () => 'a:b')),
  lines('/headers/1000-cookies', [TOO_LARGE], ...repeat(1000, (i) => `Set-Cookie: c${i}=v; Path=/; HttpOnly`)),
  lines('/headers/200-cookies', [finds()], ...repeat(200, (i) => `Set-Cookie: c${i}=v; Path=/`)),
  raw('/headers/endless-fields', TOO_LARGE, ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    let line = 0;
    flood(socket, () => `x-${(line += 1)}: flood\r\n`.repeat(20));
  }),
  raw('/headers/endless-value', TOO_LARGE, ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nX-Long: ');
    flood(socket, () => 'v'.repeat(65_536));
  }),
  raw(
    '/headers/reason-of-8-kib',
    finds(),
    say(({ endpoint }) => [head([HTML_LINE], `200 ${'Fine '.repeat(1600)}`), pageOf(endpoint)]),
  ),
  raw(
    '/headers/reason-of-64-kib',
    [finds(), TOO_LARGE],
    say(({ endpoint }) => [head([HTML_LINE], `200 ${'Fine '.repeat(13_000)}`), pageOf(endpoint)]),
  ),
  lines('/headers/nul-in-value', [REFUSED, finds()], 'X-Bad: a\x00b'),
  lines('/headers/nul-in-name', [REFUSED, finds()], 'X-B\x00d: a'),
  lines('/headers/carriage-return-in-value', [REFUSED, finds()], 'X-Bad: a\rb'),
  lines('/headers/line-feed-in-value', [REFUSED, finds()], 'X-Bad: a\nX-Injected: b'),
  lines('/headers/control-characters', [REFUSED, finds()], 'X-Bad: \x01\x02\x1b[31m\x7f'),
  lines('/headers/space-before-colon', [REFUSED, finds()], 'X-Bad : a'),
  lines('/headers/no-colon', [REFUSED, finds()], 'this is no header'),
  lines('/headers/empty-name', [REFUSED, finds()], ': value'),
  lines('/headers/folded-value', [REFUSED, finds()], 'X-Folded: a\r\n and more'),
  lines('/headers/name-outside-ascii', [REFUSED, finds()], 'X-Gr\xfc\xdfe: a'),
  lines('/headers/value-outside-ascii', [finds()], 'X-Greeting: Gr\xfc\xdfe \xe2\x82\xac \xff'),
  lines('/headers/content-type-twice-same', [finds()], HTML_LINE),
  lines('/headers/content-type-twice-pdf', [finds(), fails('bad_content_type')], 'Content-Type: application/pdf'),
  lines('/headers/prototype-names', [finds()], '__proto__: x', 'constructor: y', 'hasOwnProperty: z', 'toString: t'),
  http(
    '/headers/content-type-of-10-kib',
    finds(),
    answer(200, { 'content-type': `text/html; ${'p=v; '.repeat(2000)}charset=utf-8` }),
  ),
  http(
    '/headers/content-type-quotes-unclosed',
    finds(),
    answer(200, { 'content-type': `text/html; charset="${'utf-8 '.repeat(500)}` }),
  ),
  lines(
    '/headers/refresh-to-canary',
    [finds()],
    ({ web }: Web) => `Refresh: 0; url=${web.canary('/headers/refresh-to-canary')}`,
  ),
  lines('/headers/location-on-200', [finds()], ({ web }: Web) => `Location: ${web.canary('/headers/location-on-200')}`),
  lines(
    '/headers/links-to-canary',
    [finds()],
    ({ web }: Web) => `Link: <${web.canary('/headers/links-to-canary')}>; rel="preload stylesheet next canonical"`,
    ({ web }: Web) => `Content-Location: ${web.canary('/headers/content-location')}`,
    ({ web }: Web) => `SourceMap: ${web.canary('/headers/source-map')}`,
    ({ web }: Web) => `Report-To: {"endpoints":[{"url":"${web.canary('/headers/report-to')}"}]}`,
  ),
  lines(
    '/headers/alternative-service-canary',
    [finds()],
    ({ web }: Web) => `Alt-Svc: http/1.1="127.0.0.1:${web.port}"; ma=3600; persist=1`,
  ),
  lines('/headers/address-in-header', [finds()], 'X-Contact: header@hostile.gleaner-test.org', 'From: header2@x.org'),
  raw(
    '/headers/keep-alive-zero',
    finds(),
    say(({ endpoint }) => {
      const page = pageOf(endpoint);
      return [
        head([
          HTML_LINE,
          `Content-Length: ${page.length}`,
          'Connection: keep-alive',
          'Keep-Alive: timeout=0, max=99999999999',
        ]),
        page,
      ];
    }),
  ),
  raw(
    '/headers/auth-challenge-flood',
    [fails('http_4xx'), TOO_LARGE],
    say(() => [
      head([HTML_LINE, ...repeat(100, (i) => `WWW-Authenticate: Basic realm="${i}"`)], '401 Unauthorized'),
      emptyPage(),
    ]),
  ),
];

type Web = Parameters<Exclude<Parameters<typeof withLines>[number], string>>[0];

function lines(path: string, expect: Verdict[], ...written: Parameters<typeof withLines>): Endpoint {
  return raw(path, expect, withLines(...written));
}

function repeat(count: number, make: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
