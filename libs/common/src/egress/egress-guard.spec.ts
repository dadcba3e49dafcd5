import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { parseAllowEntry } from './allow-list.js';
import { BlockedEgressError, EgressGuard } from './egress-guard.js';
import { startDnsServer, type DnsEntry, type DnsServer } from '../../../../test/support/dns-server.js';
import { GuardedAgents } from './guarded-agents.js';
import { parseDnsServer } from './host-resolver.js';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function isAllowed(url: string, allow: string[] = []): boolean {
  try {
    new EgressGuard({ allow }).checkUrl(new URL(url));
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(BlockedEgressError);
    return false;
  }
}

async function startDns(zone: Record<string, DnsEntry>): Promise<DnsServer> {
  const dns = await startDnsServer(zone);
  closers.push(() => void dns.close());
  return dns;
}

async function startServer(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server = http.createServer((_request, response) => response.end('ok'));
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

async function request(url: string, guard: EgressGuard): Promise<number> {
  const agents = new GuardedAgents(guard, { keepAlive: false });
  closers.push(() => agents.destroy());
  const [response] = (await once(http.get(url, { agent: agents.http }), 'response')) as [http.IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}

describe('EgressGuard.checkUrl', () => {
  it.each(['https://a.example/', 'http://a.example:8080/', 'http://93.184.216.34/', 'http://[2606:4700::1111]/'])(
    'lets %s pass',
    (url) => {
      expect(isAllowed(url)).toBe(true);
    },
  );

  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://①②⑦.⓪.⓪.①/',
    'http://0/',
    'http://127.0.0.1./',
    'http://0x7f000001/',
    'http://017700000001/',
    'http://127.0.0.1%2e/',
    'http://１２７.0.0.1/',
    'http://127。0。0。1/',
    'http://0.1.2.3/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://172.31.255.255/',
    'http://192.168.1.1/',
    'http://169.254.169.254/',
    'http://100.64.0.1/',
    'http://100.127.255.255/',
    'http://168.63.129.16/',
    'http://192.0.0.192/',
    'http://192.0.2.1/',
    'http://192.31.196.1/',
    'http://192.52.193.1/',
    'http://192.88.99.1/',
    'http://192.175.48.1/',
    'http://198.18.0.1/',
    'http://198.51.100.1/',
    'http://203.0.113.1/',
    'http://224.0.0.1/',
    'http://240.0.0.1/',
    'http://255.255.255.255/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:8.8.8.8]/',
    'http://[::127.0.0.1]/',
    'http://[::ffff:0:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[64:ff9b::8.8.8.8]/',
    'http://[64:ff9b:1::a00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[2001:0:1::1]/',
    'http://[2001:2::1]/',
    'http://[2001:3::1]/',
    'http://[2001:4:112::1]/',
    'http://[2001:10::1]/',
    'http://[2001:20::1]/',
    'http://[2001:30::1]/',
    'http://[2001:1ff::1]/',
    'http://[2620:4f:8000::1]/',
    'http://[3fff::1]/',
    'http://[100::1]/',
    'http://[100:0:0:1::1]/',
    'http://[5f00::1]/',
    'http://[4000::1]/',
    'http://[fec0::1]/',
    'http://[fd00:ec2::254]/',
    'http://[fe80::1]/',
    'http://[fc00::1]/',
    'http://[ff02::1]/',
    'http://[2001:db8::1]/',
    'http://[2a00::5efe:127.0.0.1]/',
  ])('refuses %s', (url) => {
    expect(isAllowed(url)).toBe(false);
  });

  it.each([
    'file:///etc/passwd',
    'data:text/html,x',
    'ftp://a.example/',
    'javascript:1',
    'http://user@a.example/',
    'http://:pw@a.example/',
    'http://a.example:22/',
    'http://a.example:6379/x:25'.replace('6379', '25'),
  ])('refuses %s', (url) => {
    expect(isAllowed(url)).toBe(false);
  });

  it.each(['http://[fe80::1%25eth0]/', 'http://[fe80::1%eth0]/', 'http://256.1.1.1/', 'http://1.2.3.4.5/'])(
    'is never asked about %s, which is no URL',
    (url) => {
      expect(URL.canParse(url)).toBe(false);
    },
  );

  it('opens a host:port for that port only', () => {
    expect(isAllowed('http://127.0.0.1:8080/', ['127.0.0.1:8080'])).toBe(true);
    expect(isAllowed('http://127.0.0.1:8081/', ['127.0.0.1:8080'])).toBe(false);
    expect(isAllowed('https://[::1]:8443/', ['[::1]:8443'])).toBe(true);
    expect(isAllowed('http://127.0.0.1/', ['127.0.0.1:80'])).toBe(true);
  });

  it('opens a host on every port, and a block of addresses', () => {
    expect(isAllowed('http://10.0.0.7:22/', ['10.0.0.7'])).toBe(true);
    expect(isAllowed('http://10.9.8.7:81/', ['10.0.0.0/8'])).toBe(true);
    expect(isAllowed('http://11.9.8.7:22/', ['10.0.0.0/8'])).toBe(false);
    expect(isAllowed('http://[fd00::7]/', ['fd00::/16'])).toBe(true);
  });

  it('says which exception it cannot read', () => {
    expect(() => new EgressGuard({ allow: ['http://a.example/'] })).toThrow(
      '"http://a.example/" is not host:port, host or CIDR',
    );
  });
});

describe('parseAllowEntry', () => {
  it.each(['a.example', 'a.example:8080', '127.0.0.1', '127.0.0.1:80', '::1', '[::1]:80', '10.0.0.0/8', 'fd00::/8'])(
    'reads %s',
    (entry) => {
      expect(() => parseAllowEntry(entry)).not.toThrow();
    },
  );

  it.each([
    '*.example',
    'a.example/x',
    'a.example:',
    'a.example:99999',
    'a b',
    'u@a.example',
    '10.0.0.0/33',
    '[::1',
    'a?',
    ':80',
  ])('refuses %s', (entry) => {
    expect(() => parseAllowEntry(entry)).toThrow('is not host:port, host or CIDR');
  });
});

describe('parseDnsServer', () => {
  it.each(['1.1.1.1', '1.1.1.1:5353', '::1', '[::1]', '[2606:4700::1111]:53'])('reads %s', (server) => {
    expect(parseDnsServer(server)).toBe(server);
  });

  it.each([
    'dns.example',
    '1.1.1',
    '1.1.1.1:0',
    '1.1.1.1:65536',
    '1.1.1.1:',
    '[1.1.1.1]',
    'udp://1.1.1.1',
    '::1:x',
    '',
  ])('refuses %j', (server) => {
    expect(() => parseDnsServer(server)).toThrow('is not the address of a DNS server');
  });
});

describe('GuardedAgents', () => {
  it('refuse a name that resolves to a private address, also beside a public one, without connecting', async () => {
    const { port, connections } = await startServer();
    const { address } = await startDns({
      'inside.test': { A: ['127.0.0.1'] },
      'mixed.test': { A: ['93.184.216.34', '127.0.0.1'] },
      'six.test': { AAAA: ['::1'] },
      'mapped.test': { AAAA: ['::ffff:127.0.0.1'] },
      'nat64.test': { AAAA: ['64:ff9b::7f00:1'] },
      'alias.test': { CNAME: 'inside.test' },
      'cloud.internal': { A: ['93.184.216.34'] },
    });
    const guard = new EgressGuard({ allow: [], dnsServers: [address] });
    for (const name of [
      'inside.test',
      'mixed.test',
      'six.test',
      'mapped.test',
      'nat64.test',
      'alias.test',
      'cloud.internal',
    ])
      await expect(request(`http://${name}:${port}/`, guard), name).rejects.toThrow('resolves to');
    expect(connections()).toBe(0);
  });

  it('refuse the names of this machine and of private networks, whatever the DNS says or does not say', async () => {
    const { port, connections } = await startServer();
    const dns = await startDns({ localhost: { A: ['93.184.216.34'] } });
    const guard = new EgressGuard({ allow: [], dnsServers: [dns.address] });
    for (const name of [
      'localhost',
      'LOCALHOST.',
      'a.localhost',
      'metadata.google.internal',
      'printer.local',
      'x.onion',
    ])
      await expect(request(`http://${name}:${port}/`, guard), name).rejects.toBeInstanceOf(BlockedEgressError);
    expect(connections()).toBe(0);
    expect(dns.queries.filter((query) => query.includes('localhost'))).toEqual([]);
  });

  it('check every dial: a name may resolve to another address the second time', async () => {
    const { port, connections } = await startServer();
    const dns = await startDns({ 'rebind.test': ({ nth }) => ({ A: [nth === 0 ? '127.0.0.1' : '127.0.0.2'] }) });
    // 127.0.0.1 plays the public address.
    const guard = new EgressGuard({ allow: ['127.0.0.1'], dnsServers: [dns.address], dnsTtlMs: 1 });
    expect(await request(`http://rebind.test:${port}/`, guard)).toBe(200);
    await expect
      .poll(() => request(`http://rebind.test:${port}/`, guard).then(String, (error: Error) => error.message))
      .toContain('resolves to 127.0.0.2');
    expect(connections()).toBeGreaterThan(0);
  });

  it('ask again after a temporary failure of the DNS, not after a final one', async () => {
    const { port } = await startServer();
    const dns = await startDns({
      'shaky.test': ({ nth }) => (nth === 0 ? { failure: 'SERVFAIL' } : { A: ['127.0.0.1'] }),
    });
    const guard = new EgressGuard({ allow: ['127.0.0.1'], dnsServers: [dns.address] });
    await expect(request(`http://shaky.test:${port}/`, guard)).rejects.toMatchObject({ code: 'ESERVFAIL' });
    expect(await request(`http://shaky.test:${port}/`, guard)).toBe(200);
    for (let time = 0; time < 2; time += 1)
      await expect(request(`http://missing.test:${port}/`, guard)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(dns.queries.filter((query) => query === 'A missing.test')).toHaveLength(1);
  });

  it('refuse a literal address that no URL check has seen', async () => {
    const { port, connections } = await startServer();
    await expect(request(`http://127.0.0.1:${port}/`, new EgressGuard({ allow: [] }))).rejects.toThrow(
      'not a public address',
    );
    expect(connections()).toBe(0);
  });

  it('connect where the name, or the address it resolves to, was opened at this port', async () => {
    const { port } = await startServer();
    const dns = await startDns({ 'inside.test': { A: ['127.0.0.1'] } });
    const open = (allow: string): Promise<number> =>
      request(`http://inside.test:${port}/`, new EgressGuard({ allow: [allow], dnsServers: [dns.address] }));
    expect(await open(`inside.test:${port}`)).toBe(200);
    expect(await open(`127.0.0.1:${port}`)).toBe(200);
    await expect(open('127.0.0.1:1')).rejects.toThrow('resolves to 127.0.0.1');
  });
});
