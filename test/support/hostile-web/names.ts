import { answer, behind, pageOf, redirect } from './answers.js';
import type { DnsEntry, DnsRecords } from '../dns-server.js';
import { addressOf, fails, finds, http, type Endpoint, type Verdict } from './endpoint.js';

const BLOCKED = fails('blocked_egress');
const UNKNOWN = fails('dns');
/** Whether the first address is kept or the second one refused, both are safe; `.next` may therefore be missing. */
const KEPT_OR_BLOCKED = [finds(), finds({ notes: ['blocked_egress'] }), BLOCKED];
const loopback: DnsRecords = { A: ['127.0.0.1'] };

/** Names: what they resolve to is decided by strangers, and decided anew each time. */
export const NAMES: Endpoint[] = [
  name('/names/allowed', [finds()], (host) => ({ A: [host] })),
  name('/names/allowed-after-cname', [finds()], (host) => ({
    '': { CNAME: 'a.cname-ok.hostile.test' },
    'a.cname-ok.hostile.test': { CNAME: 'b.cname-ok.hostile.test' },
    'b.cname-ok.hostile.test': { A: [host] },
  })),
  name('/names/private-10', [BLOCKED], () => ({ A: ['10.0.0.1'] })),
  name('/names/loopback', [BLOCKED], () => loopback),
  name('/names/zero', [BLOCKED], () => ({ A: ['0.0.0.0'] })),
  name('/names/metadata', [BLOCKED], () => ({ A: ['169.254.169.254'] })),
  name('/names/carrier-nat', [BLOCKED], () => ({ A: ['100.64.0.1'] })),
  name('/names/ipv6-loopback', [BLOCKED], () => ({ AAAA: ['::1'] })),
  name('/names/ipv6-unspecified', [BLOCKED], () => ({ AAAA: ['::'] })),
  name('/names/ipv6-mapped', [BLOCKED], () => ({ AAAA: ['::ffff:127.0.0.1'] })),
  name('/names/ipv6-unique-local', [BLOCKED], () => ({ AAAA: ['fd00:ec2::254'] })),
  name('/names/ipv6-nat64', [BLOCKED], () => ({ AAAA: ['64:ff9b::127.0.0.1'] })),
  name('/names/ipv6-6to4', [BLOCKED], () => ({ AAAA: ['2002:7f00:1::1'] })),
  name('/names/mixed-answers', [BLOCKED], (host) => ({ A: [host, '127.0.0.1'] })),
  name('/names/mixed-answers-private-first', [BLOCKED], (host) => ({ A: ['127.0.0.1', host] })),
  name('/names/mixed-families', [BLOCKED], (host) => ({ A: [host], AAAA: ['::1'] })),
  name('/names/hundred-answers', [BLOCKED], (host) => ({
    A: [...Array.from({ length: 99 }, () => host), '127.0.0.1'],
  })),
  name('/names/cname-to-private', [BLOCKED], () => ({
    '': { CNAME: 'a.cname-bad.hostile.test' },
    'a.cname-bad.hostile.test': { CNAME: 'b.cname-bad.hostile.test' },
    'b.cname-bad.hostile.test': loopback,
  })),
  name('/names/cname-to-localhost', [BLOCKED, UNKNOWN], () => ({ CNAME: 'localhost', A: ['127.0.0.1'] })),
  name('/names/cname-circle', [UNKNOWN], () => ({ CNAME: 'cname-circle.hostile.test' })),
  name('/names/cname-to-nothing', [UNKNOWN], () => ({ CNAME: 'nothing.hostile.test' })),
  name('/names/does-not-exist', [UNKNOWN], () => ({ failure: 'NXDOMAIN' })),
  name('/names/server-failure', [UNKNOWN], () => ({ failure: 'SERVFAIL' })),
  name('/names/refused', [UNKNOWN], () => ({ failure: 'REFUSED' })),
  name('/names/no-records', [UNKNOWN], () => ({})),
  ...(['silent', 'wrong-id', 'garbage', 'truncated'] as const).map((fault) =>
    name(`/names/answer-${fault}`, [fails('dns', 'timeout')], () => ({ fault }), { slow: true }),
  ),
  name('/names/rebinding', KEPT_OR_BLOCKED, (host) => ({ '': rebind({ A: [host], ttlSeconds: 0 }, loopback) })),
  name('/names/rebinding-to-ipv6', KEPT_OR_BLOCKED, (host) => ({
    '': rebind({ A: [host], ttlSeconds: 0 }, { AAAA: ['::1'], ttlSeconds: 0 }),
  })),
  name('/names/rebinding-backwards', [BLOCKED, finds()], (host) => ({
    '': rebind(loopback, { A: [host], ttlSeconds: 0 }),
  })),
  rebindingBetweenPages(),
  name('/names/localhost', [BLOCKED], () => ({ localhost: loopback }), seedAt('localhost')),
  name('/names/localhost-below', [BLOCKED], () => ({ '*.localhost': loopback }), seedAt('app.localhost')),
  name('/names/localhost-circled', [BLOCKED], () => ({ localhost: loopback }), seedAt('circled.ⓛⓞⒸⓐⓛⓗⓞⓢⓣ')),
  name('/names/trailing-dot', [BLOCKED], () => ({ '': loopback }), seedAt('trailing-dot.hostile.test.')),
  name('/names/address-in-name', [BLOCKED], () => ({ '*.nip.hostile.test': loopback }), {
    seed: ({ web }) => `http://127.0.0.1.nip.hostile.test:${web.port}/`,
  }),
  name('/names/metadata-google', [BLOCKED], () => ({ 'metadata.google.internal': { A: ['169.254.169.254'] } }), {
    seed: () => 'http://metadata.google.internal/computeMetadata/v1/',
  }),
  http(
    '/names/redirect-to-private-name',
    BLOCKED,
    redirect(({ web }) => `http://inside.hostile.test:${web.port}/`),
    { names: () => ({ 'inside.hostile.test': loopback }), maxRequests: 2 },
  ),
  ...badPorts(),
];

type Names = DnsRecords | Record<string, DnsEntry>;

/** An endpoint whose seed is `http://<last part of the path>.hostile.test`; the key '' stands for that name. */
function name(path: string, expect: Verdict[], names: (host: string) => Names, more: Partial<Endpoint> = {}): Endpoint {
  const own = `${path.split('/').at(-1)}.hostile.test`;
  const serve: Endpoint['serve'] = (exchange) => {
    // The next request must come by another connection, hence by another look at the name.
    exchange.response.setHeader('connection', 'close');
    answer(200)(exchange);
  };
  return {
    ...http(path, expect, serve),
    seed: ({ web }) => `http://${own}:${web.port}${path}`,
    names: (host) => {
      const given = names(host);
      const entries = isRecords(given) ? { [own]: given } : given;
      return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key === '' ? own : key, entry]));
    },
    ...more,
  };
}

function isRecords(names: Names): names is DnsRecords {
  const fields = ['A', 'AAAA', 'CNAME', 'MX', 'failure', 'fault', 'ttlSeconds'];
  return Object.keys(names).every((key) => fields.includes(key));
}

function seedAt(host: string): Partial<Endpoint> {
  return { seed: ({ web }) => `http://${host}:${web.port}/` };
}

function rebind(first: DnsRecords, then: DnsRecords): DnsEntry {
  return ({ nth }) => (nth === 0 ? first : then);
}

/** The first page comes from a public address, the next one would from this machine. */
function rebindingBetweenPages(): Endpoint {
  const path = '/names/rebinding-between-pages';
  const both = finds({ addresses: [addressOf(path), addressOf(path, '.next')] });
  return {
    ...name(path, [both, ...KEPT_OR_BLOCKED], (host) => ({ '': rebind({ A: [host], ttlSeconds: 0 }, loopback) })),
    serve: (exchange) => {
      exchange.response.setHeader('connection', 'close');
      if (exchange.url.pathname === path) behind(() => '<a href="/next">Contact</a>')(exchange);
      else exchange.response.end(pageOf(exchange.endpoint, '', '', '.next'));
    },
    maxDepth: 1,
  };
}

/** Ports of other protocols, at a name that is otherwise allowed. */
function badPorts(): Endpoint[] {
  return [0, 1, 7, 19, 22, 23, 25, 53, 110, 111, 143, 389, 465, 587, 2049, 5060, 6000, 6667, 10_080].map((port) =>
    http(`/ports/${port}`, BLOCKED, redirect(`http://ports.hostile.test:${port}/`), {
      names: (host) => ({ 'ports.hostile.test': { A: [host] } }),
      maxRequests: 2,
    }),
  );
}
