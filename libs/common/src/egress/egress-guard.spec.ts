import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { BlockedEgressError, EgressGuard } from './egress-guard.js';
import { GuardedAgents } from './guarded-agents.js';

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

/** A DNS server that answers every A query from a table (and AAAA with nothing). */
async function startDns(table: Record<string, string[]>): Promise<string> {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (query, from) => socket.send(answerQuery(query, table), from.port, from.address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  closers.push(() => socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

function answerQuery(query: Buffer, table: Record<string, string[]>): Buffer {
  const labels: string[] = [];
  let offset = 12;
  for (let length = query[offset] ?? 0; length > 0; length = query[offset] ?? 0) {
    labels.push(query.subarray(offset + 1, offset + 1 + length).toString());
    offset += length + 1;
  }
  const isA = query.readUInt16BE(offset + 1) === 1;
  const addresses = isA ? (table[labels.join('.')] ?? []) : [];
  const answers = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]),
  );
  const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, addresses.length, 0, 0, 0, 0]);
  return Buffer.concat([header, query.subarray(12, offset + 5), ...answers]);
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
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/',
    'http://100.64.0.1/',
    'http://192.0.2.1/',
    'http://198.18.0.1/',
    'http://224.0.0.1/',
    'http://240.0.0.1/',
    'http://255.255.255.255/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:8.8.8.8]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[64:ff9b:1::a00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[2001:0:1::1]/',
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

describe('GuardedAgents', () => {
  it('refuse a name that resolves to a private address, also beside a public one, without connecting', async () => {
    const { port, connections } = await startServer();
    const dns = await startDns({ 'inside.test': ['127.0.0.1'], 'mixed.test': ['93.184.216.34', '127.0.0.1'] });
    const guard = new EgressGuard({ allow: [], dnsServers: [dns] });
    await expect(request(`http://inside.test:${port}/`, guard)).rejects.toThrow('resolves to 127.0.0.1');
    await expect(request(`http://mixed.test:${port}/`, guard)).rejects.toThrow('resolves to 127.0.0.1');
    expect(connections()).toBe(0);
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
    const dns = await startDns({ 'inside.test': ['127.0.0.1'] });
    const open = (allow: string): Promise<number> =>
      request(`http://inside.test:${port}/`, new EgressGuard({ allow: [allow], dnsServers: [dns] }));
    expect(await open(`inside.test:${port}`)).toBe(200);
    expect(await open(`127.0.0.1:${port}`)).toBe(200);
    await expect(open('127.0.0.1:1')).rejects.toThrow('resolves to 127.0.0.1');
  });
});
