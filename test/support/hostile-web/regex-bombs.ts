import { randomBytes } from 'node:crypto';
import { behind, body } from './answers.js';
import { addressOf, finds, http, reads, type Endpoint } from './endpoint.js';

const MIB = 1024 * 1024;

/** Texts on which a pattern for addresses runs for seconds or for ever; the address behind them is still read. */
export const REGEX_BOMBS: Endpoint[] = [
  bomb('at-chain', () => 'a@'.repeat(500_000)),
  bomb('at-run', () => '@'.repeat(MIB)),
  bomb('letters-then-at', () => `${'a'.repeat(MIB)}@`),
  bomb('letters-of-4-mb', () => 'a'.repeat(4 * MIB)),
  bomb('at-then-letters', () => `@${'a'.repeat(MIB)}`),
  bomb('letters-at-letters', () => `${'a'.repeat(500_000)}@${'a'.repeat(500_000)}`),
  bomb('dots', () => '.'.repeat(MIB)),
  bomb('dots-at-dots', () => `${'.'.repeat(500_000)}@${'.'.repeat(500_000)}`),
  bomb('dot-at-dot', () => '.@.'.repeat(300_000)),
  bomb('labels-without-end', () => `x@${'a.'.repeat(500_000)}`),
  bomb('labels-before-at', () => `${'a.'.repeat(500_000)}@x`),
  bomb('hyphens', () => `x@${'a-'.repeat(500_000)}`),
  bomb('hyphens-only', () => `x@${'-'.repeat(MIB)}.de`),
  bomb('plus-tags', () => `${'a+'.repeat(500_000)}@`),
  bomb('underscores', () => `${'_'.repeat(MIB)}@${'_'.repeat(100)}`),
  bomb('percents', () => '%'.repeat(MIB)),
  bomb('percent-40', () => '%40'.repeat(300_000)),
  bomb('percent-twice', () => `x%${'25'.repeat(500_000)}40y`),
  bomb('base64-of-240-kb', () => randomBytes(180_000).toString('base64')),
  bomb('base64-with-at', () => `${randomBytes(180_000).toString('base64').replaceAll(/[+/]/g, 'x')}@`),
  bomb('data-url', () => `<img src="data:image/png;base64,${randomBytes(750_000).toString('base64')}">`),
  bomb('quoted-local-parts', () => `"${'\\"'.repeat(300_000)}@x`),
  bomb('quotes', () => '"@"'.repeat(300_000)),
  bomb('comments-in-address', () => `x@${'('.repeat(500_000)}`),
  bomb('brackets-at', () => 'a[at]'.repeat(200_000)),
  bomb('brackets-at-dot', () => 'a[at]b[dot]'.repeat(100_000)),
  bomb('brackets-nested', () => `${'['.repeat(300_000)}at${']'.repeat(300_000)}`),
  bomb('brackets-blanks', () => `a [${' '.repeat(500_000)}at`),
  bomb('parentheses-at', () => '(at)(dot)'.repeat(100_000)),
  bomb('words-at-dot', () => 'a at b dot '.repeat(100_000)),
  bomb('blanks', () => `x${' '.repeat(MIB)}@${' '.repeat(MIB)}`),
  bomb('line-feeds', () => `x${'\n'.repeat(MIB)}@`),
  bomb('mailto-run', () => `<a href="${'mailto:'.repeat(150_000)}">x</a>`),
  bomb('mailto-list', () => `<a href="mailto:${'a,'.repeat(500_000)}">x</a>`),
  bomb('mailto-queries', () => `<a href="mailto:?${'cc=&bcc=&'.repeat(100_000)}">x</a>`),
  bomb('mailto-percents', () => `<a href="mailto:${'%25'.repeat(300_000)}40">x</a>`),
  bomb('mailto-names', () => `<a href='mailto:${'"x" <'.repeat(200_000)}'>x</a>`),
  bomb('100000-mailtos', () => '<a href="mailto:?subject=x">x</a>'.repeat(100_000)),
  bomb('cloudflare-of-1-mb', () => `<a data-cfemail="${'7f'.repeat(500_000)}">x</a>`),
  bomb('cloudflare-broken', () =>
    '<a data-cfemail="zz0"></a><a href="/cdn-cgi/l/email-protection#f">x</a>'.repeat(20_000),
  ),
  bomb('entities-for-at', () => 'a&#64;'.repeat(150_000)),
  bomb('entities-for-letters', () => '&#97;'.repeat(500_000)),
  bomb('full-width', () => 'ａ＠'.repeat(200_000)),
  bomb('letters-outside-ascii', () => `${'ä'.repeat(500_000)}@${'ö'.repeat(500_000)}`),
  bomb('surrogate-pairs', () => `${'😀'.repeat(200_000)}@${'😀'.repeat(200_000)}`),
  bomb('combining-in-domain', () => `x@${'a\u0301'.repeat(300_000)}.de`),
  bomb('zero-width-between', () => `x${'\u200b'.repeat(500_000)}@\u200b`),
  bomb('punycode', () => `x@${'xn--'.repeat(200_000)}`),
  bomb('numbers', () => '1@1.'.repeat(250_000)),
  bomb('tags-between-letters', () => 'a<b></b>'.repeat(200_000)),
  bomb('tags-between-ats', () => 'a<b>@</b>'.repeat(150_000)),
  bomb('no-tld-candidates', () => Array.from({ length: 60_000 }, (_, i) => `u${i}@h${i}.notatld`).join(' ')),
  bomb('meta-charset-search', () => '<meta '.repeat(150_000)),
  bomb('content-type-search', () => `<!--${' '.repeat(500)}`.repeat(2000) + '-->'),
  bomb('image-names', () => 'logo@2x.png '.repeat(80_000)),
  bomb('url-credentials', () => 'https://a:b@'.repeat(90_000)),
  http(
    '/regex/plain-text',
    finds(),
    plain('text/plain', (own) => `${'a@'.repeat(300_000)}\n${own}\n`),
  ),
  http(
    '/regex/plain-text-one-word',
    finds(),
    plain('text/plain', (own) => `${'a'.repeat(4 * MIB)} ${own}`),
  ),
  http(
    '/regex/json',
    finds(),
    plain('application/json', (own) => JSON.stringify(['a@'.repeat(300_000), own])),
  ),
  http(
    '/regex/json-deep',
    [finds(), reads()],
    plain('application/json', (own) => `${'['.repeat(100_000)}"${own}"${']'.repeat(100_000)}`),
  ),
  http(
    '/regex/json-broken',
    finds(),
    plain('application/json', (own) => `{"a": "${'\\u0040'.repeat(100_000)}", "b": "${own}"`),
  ),
];

/** The page behind a run in a paragraph of its own. */
function bomb(name: string, make: () => string): Endpoint {
  return http(
    `/regex/${name}`,
    finds(),
    behind(() => `<p>${make()}</p><p>and</p>`),
  );
}

function plain(type: string, make: (own: string) => string): Endpoint['serve'] & {} {
  return body(({ endpoint }) => make(addressOf(endpoint.path)), { 'content-type': type });
}
