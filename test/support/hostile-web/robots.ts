import zlib from 'node:zlib';
import { answer, emptyPage, flood, redirect, text } from './answers.js';
import { fails, finds, http, type Endpoint, type Serve, type Verdict } from './endpoint.js';

const KIB = 1024;
const STAY_OUT = 'User-agent: *\nDisallow: /\n';
const DISALLOWED = fails('robots_disallowed');
/** The file cannot be had: disallowed, said by that name or by what befell the host. */
const UNREADABLE = (...codes: Parameters<typeof fails>): Verdict => fails('robots_disallowed', ...codes);
const ALLOWED = finds();
/** The page is read or it is not; what counts is that an answer comes. */
const EITHER = [ALLOWED, DISALLOWED];

/** robots.txt by RFC 9309, and files that nobody meant to write. */
export const ROBOTS: Endpoint[] = [
  file('disallow-all', DISALLOWED, STAY_OUT),
  file('disallow-path', DISALLOWED, 'User-agent: *\nDisallow: /robots/\n'),
  file('disallow-other-path', ALLOWED, 'User-agent: *\nDisallow: /private/\n'),
  file('disallow-nothing', ALLOWED, 'User-agent: *\nDisallow:\n'),
  file('disallow-us-by-name', DISALLOWED, 'User-agent: gleaner\nDisallow: /\n'),
  file('disallow-another', ALLOWED, 'User-agent: OtherBot\nDisallow: /\n'),
  file('own-group-beats-star', ALLOWED, 'User-agent: *\nDisallow: /\n\nUser-agent: Gleaner\nAllow: /\n'),
  file('two-agents-one-group', DISALLOWED, 'User-agent: OtherBot\nUser-agent: Gleaner\nDisallow: /\n'),
  file('groups-of-one-agent', DISALLOWED, 'User-agent: Gleaner\nAllow: /x\n\nUser-agent: Gleaner\nDisallow: /robots\n'),
  file('longest-match-allows', ALLOWED, 'User-agent: *\nDisallow: /\nAllow: /robots/longest\n'),
  file('longest-match-forbids', DISALLOWED, 'User-agent: *\nAllow: /robots\nDisallow: /robots/longest-match\n'),
  file('tie-allows', ALLOWED, 'User-agent: *\nDisallow: /robots\nAllow: /robots\n'),
  file('wildcard', DISALLOWED, 'User-agent: *\nDisallow: /*wild\n'),
  file('end-anchor', DISALLOWED, 'User-agent: *\nDisallow: /*anchor$\n'),
  file('end-anchor-not-met', ALLOWED, 'User-agent: *\nDisallow: /*anchor-not$\n'),
  file('percent-encoded', DISALLOWED, 'User-agent: *\nDisallow: /robots/%70ercent\n'),
  file('mixed-case', DISALLOWED, 'uSER-aGENT:*\ndISALLOW:/\n'),
  file('blanks-everywhere', DISALLOWED, '  User-agent  :  *  \n\t Disallow \t: / # all of it\n'),
  file('carriage-returns', DISALLOWED, 'User-agent: *\rDisallow: /\r'),
  file('byte-order-mark', DISALLOWED, `\ufeff${STAY_OUT}`),
  file('rules-before-any-agent', ALLOWED, 'Disallow: /\n\nUser-agent: OtherBot\nDisallow: /x\n'),
  file('crawl-delay-of-years', ALLOWED, 'User-agent: *\nCrawl-delay: 99999999999\n'),
  file('crawl-delay-nonsense', ALLOWED, 'User-agent: *\nCrawl-delay: -5\nCrawl-delay: NaN\nCrawl-delay: 1e999\n'),
  file('empty', ALLOWED, ''),
  file('html', ALLOWED, emptyPage('Not found. Disallow: nothing')),
  file('nuls', EITHER, `User-agent: *\n\0\0\0\nDisallow: /\0\n`),
  file('noise', ALLOWED, Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256))),
  file('utf-16', EITHER, Buffer.from(`\ufeff${STAY_OUT}`, 'utf16le')),
  file('long-line', ALLOWED, `User-agent: *\nDisallow: /${'x'.repeat(400 * KIB)}\n`),
  file('100000-rules', DISALLOWED, `User-agent: *\nDisallow: /\n${'Disallow: /p\n'.repeat(30_000)}`),
  file('20000-groups', ALLOWED, 'User-agent: x\nDisallow: /\n\n'.repeat(15_000)),
  file('wildcard-bomb', EITHER, `User-agent: *\nDisallow: /${'*a'.repeat(2000)}*b$\n`),
  file('wildcard-bombs', EITHER, `User-agent: *\n${`Disallow: /${'*o'.repeat(100)}$\n`.repeat(1000)}`),
  // RFC 9309 §2.5: at least 500 KiB are read.
  file('of-600-kib-rule-first', DISALLOWED, `${STAY_OUT}${'# padding\n'.repeat(60 * KIB)}`),
  file('of-600-kib-rule-last', EITHER, `${'# padding\n'.repeat(60 * KIB)}${STAY_OUT}`),
  file('wrong-type', DISALLOWED, STAY_OUT, { 'content-type': 'application/pdf' }),
  file('no-type', DISALLOWED, STAY_OUT, { 'content-type': '' }),
  file('gzip', DISALLOWED, zlib.gzipSync(STAY_OUT), { 'content-encoding': 'gzip' }),
  file('gzip-bomb', EITHER, () => zlib.gzipSync(Buffer.alloc(64 * KIB * KIB, '#')), { 'content-encoding': 'gzip' }),
  file('lying-gzip', UNREADABLE('bad_encoding'), STAY_OUT, { 'content-encoding': 'gzip' }),
  http('/robots/endless', ALLOWED, answer(200), {
    robots: ({ response }) => flood(response, () => '# endless\n'.repeat(5000)),
  }),
  ...[400, 401, 403, 404, 410, 418, 451].map((status) => statusOf(status, ALLOWED)),
  statusOf(429, EITHER),
  ...[500, 502, 503, 504, 599].map((status) => statusOf(status, DISALLOWED)),
  statusOf(204, EITHER),
  robots('hang', UNREADABLE('timeout'), () => {}, { slow: true }),
  robots('reset', UNREADABLE('connection'), ({ request }) => request.socket.resetAndDestroy()),
  robots('close', UNREADABLE('connection'), ({ request }) => request.socket.destroy()),
  robots('cut-short', EITHER.concat(UNREADABLE('connection')), ({ response, request }) => {
    response.writeHead(200, { 'content-length': 5000 });
    response.write('User-agent: *\nAllow: /\n', () => request.socket.destroy());
  }),
  robots('redirect', DISALLOWED, (exchange) =>
    exchange.url.search === ''
      ? void exchange.response.writeHead(301, { location: '/robots.txt?real' }).end()
      : exchange.response.end(STAY_OUT),
  ),
  robots('redirect-loop', EITHER, ({ response }) => void response.writeHead(302, { location: '/robots.txt' }).end(), {
    maxRequests: 8,
  }),
  robots('redirect-endless', EITHER, redirectsOf(), { maxRequests: 10 }),
  robots(
    'redirect-to-canary',
    UNREADABLE('blocked_egress'),
    away((web) => web.canary('/robots/redirect')),
  ),
  robots(
    'redirect-to-metadata',
    UNREADABLE('blocked_egress'),
    away(() => 'http://169.254.169.254/'),
  ),
  robots(
    'redirect-to-file',
    UNREADABLE('blocked_egress', 'parse'),
    away(() => 'file:///etc/passwd'),
  ),
  robots('redirect-without-location', EITHER, ({ response }) => void response.writeHead(302).end()),
  http('/robots/after-redirect-of-page', DISALLOWED, redirect('/private'), {
    robots: text('User-agent: *\nDisallow: /private\n'),
    maxRequests: 2,
  }),
  http('/robots/noindex-header', ALLOWED, answer(200, { 'x-robots-tag': 'noindex, nofollow, noarchive' })),
];

type Content = string | Buffer | (() => string | Buffer);

/** The endpoint's page behind this file. */
function file(name: string, expect: Verdict | Verdict[], content: Content, headers = {}): Endpoint {
  return robots(name, expect, (exchange) =>
    text(typeof content === 'function' ? content() : content, 200, headers)(exchange),
  );
}

function statusOf(status: number, expect: Verdict | Verdict[]): Endpoint {
  return robots(`status-${status}`, expect, text(status === 204 ? '' : STAY_OUT, status));
}

function robots(
  name: string,
  expect: Verdict | Verdict[],
  serve: Serve,
  more: Pick<Endpoint, 'slow' | 'maxRequests'> = {},
): Endpoint {
  return http(`/robots/${name}`, expect, answer(200), { robots: serve, ...more });
}

function away(to: (web: Parameters<Serve>[0]['web']) => string): Serve {
  return ({ response, web }) => void response.writeHead(302, { location: to(web) }).end();
}

/** Each time to another name of the file, which is robots.txt all the same. */
function redirectsOf(): Serve {
  let count = 0;
  return ({ response }) => void response.writeHead(302, { location: `/robots.txt?${(count += 1)}` }).end();
}
