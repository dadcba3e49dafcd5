import { behind, redirect } from './answers.js';
import { fails, finds, http, type Endpoint, type Exchange } from './endpoint.js';

const BLOCKED = fails('blocked_egress');
/** Spellings that one URL parser takes for an address and another for none. */
const BLOCKED_OR_NO_URL = fails('blocked_egress', 'parse', 'dns');

/** Hosts of URLs that reach this machine: a canary listens there, at the port of the web. */
const LOOPBACK: [string, string][] = [
  ['dotted', '127.0.0.1'],
  ['short', '127.1'],
  ['three-parts', '127.0.1'],
  ['decimal', '2130706433'],
  ['hexadecimal', '0x7f000001'],
  ['hexadecimal-parts', '0x7f.0x0.0x0.0x1'],
  ['hexadecimal-short', '0x7f.1'],
  ['hexadecimal-upper', '0X7F.0.0.1'],
  ['octal', '0177.0.0.1'],
  ['octal-whole', '017700000001'],
  ['octal-padded', '0000000177.0.0.01'],
  ['zeros-padded', '127.000.000.001'],
  ['mixed-bases', '0x7f.0.000.1'],
  ['trailing-dot', '127.0.0.1.'],
  ['zero', '0'],
  ['all-zeros', '0.0.0.0'],
  ['hexadecimal-zero', '0x0'],
  ['end-of-the-block', '127.255.255.254'],
  ['circled-digits', '①②⑦.⓪.⓪.①'],
  ['full-width-digits', '１２７.０.０.１'],
  ['ideographic-dots', '127。0。0。1'],
  ['half-width-dots', '127｡0｡0｡1'],
  ['percent-encoded-dots', '127%2E0%2e0%2e1'],
  ['percent-encoded', '%31%32%37.0.0.1'],
  ['soft-hyphen', '127.0.0.%C2%AD1'],
  ['zero-width', '127.0.0.1\u200b'],
  ['ipv6', '[::1]'],
  ['ipv6-whole', '[0000:0000:0000:0000:0000:0000:0000:0001]'],
  ['ipv6-unspecified', '[::]'],
  ['mapped', '[::ffff:127.0.0.1]'],
  ['mapped-hexadecimal', '[::ffff:7f00:1]'],
  ['mapped-whole', '[0:0:0:0:0:ffff:7f00:0001]'],
  ['mapped-zero', '[::ffff:0:0]'],
  ['compatible', '[::127.0.0.1]'],
  ['ipv4-translated', '[::ffff:0:127.0.0.1]'],
  ['nat64', '[64:ff9b::127.0.0.1]'],
  ['nat64-local', '[64:ff9b:1::127.0.0.1]'],
  ['6to4', '[2002:7f00:1::1]'],
  ['teredo', '[2001:0:7f00:1::80ff:fffe]'],
  ['isatap', '[2a00:1450::5efe:127.0.0.1]'],
  ['isatap-global', '[2a00:1450::200:5efe:127.0.0.1]'],
];

/** Addresses that are nobody's on the public internet. */
const SPECIAL: [string, string][] = [
  ['private-10', '10.0.0.1'],
  ['private-172', '172.16.0.1'],
  ['private-172-end', '172.31.255.254'],
  ['private-192', '192.168.1.1'],
  ['metadata', '169.254.169.254'],
  ['metadata-decimal', '2852039166'],
  ['metadata-octal', '0251.0376.0251.0376'],
  ['metadata-hexadecimal', '0xa9.0xfe.0xa9.0xfe'],
  ['metadata-mapped', '[::ffff:169.254.169.254]'],
  ['metadata-aws-ipv6', '[fd00:ec2::254]'],
  ['metadata-alibaba', '100.100.100.200'],
  ['metadata-oracle', '192.0.0.192'],
  ['carrier-nat', '100.64.0.1'],
  ['protocol-assignments', '192.0.0.8'],
  ['6to4-relay', '192.88.99.1'],
  ['documentation', '203.0.113.7'],
  ['benchmarks', '198.18.0.1'],
  ['multicast', '224.0.0.251'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['this-network', '0.1.2.3'],
  ['ipv6-link-local', '[fe80::1]'],
  ['ipv6-unique-local', '[fc00::1]'],
  ['ipv6-site-local', '[fec0::1]'],
  ['ipv6-multicast', '[ff02::1]'],
  ['ipv6-documentation', '[2001:db8::1]'],
  ['ipv6-documentation-2', '[3fff::1]'],
  ['ipv6-discard', '[100::1]'],
  ['ipv6-orchid', '[2001:20::1]'],
  ['ipv6-srv6', '[5f00::1]'],
];

/** Spellings that are no valid host by the URL standard; whoever reads them otherwise must still not connect. */
const NO_HOSTS: [string, string][] = [
  ['zone', '[fe80::1%25lo]'],
  ['zone-loopback', '[::1%lo]'],
  ['five-parts', '127.0.0.0.1'],
  ['overflow', '4294967297'],
  ['part-overflow', '127.0.0.256'],
  ['octal-nine', '0178.0.0.1'],
  ['two-trailing-dots', '127.0.0.1..'],
  ['ipv6-unclosed', '[::1'],
  ['nul-in-host', '127.0.0.1%00.hostile.test'],
];

/** URLs that disagree with themselves about their host; `A` is a host that is allowed, `C` the canary. */
const CONFUSIONS: [string, string][] = [
  ['userinfo', 'http://user:password@C/'],
  ['userinfo-on-allowed', 'http://user:password@A/'],
  ['user-only-on-allowed', 'http://user@A/'],
  ['allowed-as-user', 'http://A@C/'],
  ['backslash-before-at', 'http://C\\@A/'],
  ['hash-before-at', 'http://C#@A/'],
  ['query-before-at', 'http://C?@A/'],
  ['at-twice', 'http://A@A@C/'],
  ['three-slashes', 'http:///C/'],
  ['one-slash', 'https:/C/'],
  ['no-slash', 'https:C/'],
  ['slash-backslash', '/\\C/'],
  ['backslashes', '\\\\C\\path'],
  ['protocol-relative', '//C/'],
  ['tab-in-scheme', 'ht\ttp://C/'],
  ['tab-in-host', 'http://127.0\t.0.1:P/'],
  ['https-to-canary', 'https://C/'],
];

/** Each forbidden place as target of a redirect, some as links and as seeds. Nothing of it may be connected to. */
export const SSRF: Endpoint[] = [
  ...LOOPBACK.map(([name, host]) => toHost(`/ssrf/loopback-${name}`, host)),
  ...SPECIAL.map(([name, host]) => toHost(`/ssrf/special-${name}`, host)),
  ...NO_HOSTS.map(([name, host]) => toHost(`/ssrf/no-host-${name}`, host, BLOCKED_OR_NO_URL)),
  ...CONFUSIONS.map(([name, url]) =>
    http(
      `/ssrf/url-${name}`,
      BLOCKED,
      redirect((exchange) => fill(url, exchange)),
    ),
  ),
  http(
    '/ssrf/other-port-of-allowed-host',
    BLOCKED,
    redirect(({ web, endpoint }) => web.otherPort(endpoint.path)),
  ),
  http(
    '/ssrf/second-hop',
    BLOCKED,
    (exchange) =>
      redirect(exchange.url.pathname === '/hop' ? exchange.web.canary('/ssrf/second-hop') : '/hop')({
        ...exchange,
        url: new URL(exchange.endpoint.path, exchange.url),
      }),
    { maxRequests: 3 },
  ),
  http(
    '/ssrf/links',
    finds(),
    behind((exchange) =>
      [...LOOPBACK, ...SPECIAL, ...NO_HOSTS]
        .map(([name, host]) => `<a href="http://${host}:${exchange.web.port}/ssrf/links/${name}">Contact ${name}</a>`)
        .concat(CONFUSIONS.map(([name, url]) => `<a href="${fill(url, exchange)}">Contact ${name}</a>`))
        .join('\n'),
    ),
    { maxDepth: 2, maxRequests: 25, outcomes: ['found'] },
  ),
  seed('/ssrf/seed-loopback', '127.0.0.1'),
  seed('/ssrf/seed-ipv6', '[::1]'),
  seed('/ssrf/seed-mapped', '[::ffff:127.0.0.1]'),
  seed('/ssrf/seed-private', '10.0.0.1'),
  seed('/ssrf/seed-link-local', '169.254.169.254'),
];

function toHost(path: string, host: string, expect = BLOCKED): Endpoint {
  return http(
    path,
    expect,
    redirect(({ web }) => `http://${host}:${web.port}${path}`),
    { maxRequests: 2 },
  );
}

function fill(url: string, { web, endpoint }: Exchange): string {
  const allowed = new URL(web.urlOf('/landing/page')).host;
  return `${url.replaceAll('A', allowed).replaceAll('C', `127.0.0.1:${web.port}`).replace('P', String(web.port))}${endpoint.path.slice(1)}`;
}

function seed(path: string, host: string): Endpoint {
  const more = { seed: ({ web }: { web: { port: number } }) => `http://${host}:${web.port}${path}`, maxRequests: 0 };
  return http(path, BLOCKED, () => {}, more);
}
