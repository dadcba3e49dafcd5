import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultProxy } from './fault-proxy.js';
import { waitFor } from './wait-for.js';

/** Long enough that what passes at all has passed. */
const QUIET_MS = 150;

describe('FaultProxy before an echo server', () => {
  let server: Server;
  let proxy: FaultProxy;
  /** What reached the server, over all connections. */
  let received: string;
  let accepted: Socket[];
  const clients: Client[] = [];

  beforeEach(async () => {
    received = '';
    accepted = [];
    server = createServer((socket) => {
      accepted.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (data) => (received += data));
      socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = new FaultProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    await proxy.open();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.destroy();
    await proxy.close();
    for (const socket of accepted) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  const open = async (): Promise<Client> => {
    const client = new Client(proxy.port);
    clients.push(client);
    await once(client.socket, 'connect');
    return client;
  };
  const echo = async (client: Client, text: string): Promise<void> => {
    client.socket.write(text);
    await waitFor(() => client.answer.endsWith(text), { message: `the echo of ${text}` });
  };

  it('passes both directions and the end of each side', async () => {
    const client = await open();
    await echo(client, 'hello');
    client.socket.end('bye');
    await waitFor(() => client.hasClosed);
    expect(client.answer).toBe('hellobye');
    await waitFor(() => proxy.connections === 0);
    expect(accepted[0]!.readableEnded).toBe(true);
  });

  it('keeps its port below the ephemeral ones, and puts itself into a URL', () => {
    expect(proxy.port).toBeGreaterThanOrEqual(20_000);
    expect(proxy.port).toBeLessThan(32_768);
    const url = proxy.urlOf('amqp://guest:secret@broker.example:5672/v?prefix=a');
    expect(url).toBe(`amqp://guest:secret@127.0.0.1:${proxy.port}/v?prefix=a`);
  });

  it('cut: ends every connection and refuses new ones until healed', async () => {
    const client = await open();
    await echo(client, 'a');
    await proxy.cut();
    await waitFor(() => client.hasClosed && accepted[0]!.destroyed);
    await expect(open()).rejects.toThrow('ECONNREFUSED');
    const { port } = proxy;
    await proxy.heal();
    expect(proxy.port).toBe(port);
    await echo(await open(), 'b');
  });

  it('reset: ends every connection with a RST, and new ones pass', async () => {
    const client = await open();
    await echo(client, 'a');
    const serverSide = once(accepted[0]!, 'error');
    proxy.reset();
    await waitFor(() => client.error !== undefined);
    expect(client.error).toMatchObject({ code: 'ECONNRESET' });
    expect((await serverSide)[0]).toMatchObject({ code: 'ECONNRESET' });
    await echo(await open(), 'b');
  });

  it('blackHole: keeps connections, passes nothing, and resumes when healed', async () => {
    const client = await open();
    await echo(client, 'a');
    proxy.blackHole();
    client.socket.write('b');
    accepted[0]!.write('c');
    const late = await open();
    late.socket.write('d');
    await sleep(QUIET_MS);
    expect(received).toBe('a');
    expect(client.answer).toBe('a');
    expect(accepted).toHaveLength(1);
    expect(client.hasClosed || late.hasClosed).toBe(false);
    await proxy.heal();
    await waitFor(() => client.answer.length === 3 && late.answer === 'd');
    expect(received.split('').toSorted().join('')).toBe('abd');
    await echo(client, 'e');
  });

  it('blackHole: the server learns of a death only when healed, after all that was sent before it', async () => {
    const client = await open();
    await echo(client, 'a');
    proxy.blackHole();
    client.socket.write('last words');
    client.socket.end();
    client.socket.destroySoon();
    await sleep(QUIET_MS);
    expect(accepted[0]!.readableEnded).toBe(false);
    await proxy.heal();
    await waitFor(() => received === 'alast words' && accepted[0]!.readableEnded);
  });

  it('halfOpen: what is sent arrives, answers come when healed', async () => {
    const client = await open();
    await echo(client, 'a');
    proxy.halfOpen();
    client.socket.write('b');
    const late = await open();
    late.socket.write('c');
    await waitFor(() => received === 'abc');
    await sleep(QUIET_MS);
    expect(client.answer).toBe('a');
    expect(late.answer).toBe('');
    await proxy.heal();
    await waitFor(() => client.answer === 'ab' && late.answer === 'c');
  });

  it('delay: makes each direction late without slowing it, until healed', async () => {
    const client = await open();
    await echo(client, 'a');
    proxy.delay(200);
    const before = performance.now();
    for (let i = 0; i < 10; i++) {
      client.socket.write('x');
      await sleep(10);
    }
    await waitFor(() => client.answer === 'axxxxxxxxxx');
    const took = performance.now() - before;
    expect(took).toBeGreaterThan(390);
    // One after the other they would take 4 s.
    expect(took).toBeLessThan(2500);
    proxy.delay(60_000);
    await proxy.heal();
    await echo(client, 'b');
  });

  it('throttle: passes so many bytes a second, and makes a fast sender wait', async () => {
    const client = await open();
    proxy.throttle(1_000_000);
    const before = performance.now();
    client.socket.write(Buffer.alloc(500_000, 'x'));
    await waitFor(() => received.length === 500_000);
    expect(performance.now() - before).toBeGreaterThan(400);

    proxy.throttle(1000);
    const total = 64 * 1024 * 1024;
    client.socket.write(Buffer.alloc(total, 'y'));
    await sleep(QUIET_MS);
    // Most of it is still with the sender: neither here nor in the sockets' buffers.
    expect(client.socket.writableLength).toBeGreaterThan(total / 2);
    await proxy.heal();
    await waitFor(() => received.length === 500_000 + total, { timeoutMs: 20_000 });
  });

  it('ends the client when the server does, and refuses it when there is no server', async () => {
    const client = await open();
    await echo(client, 'a');
    accepted[0]!.resetAndDestroy();
    await waitFor(() => client.hasClosed);
    await new Promise((resolve) => server.close(resolve));
    const late = new Client(proxy.port);
    clients.push(late);
    await waitFor(() => late.hasClosed);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
});

class Client {
  readonly socket: Socket;
  answer = '';
  error?: Error;
  hasClosed = false;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1' });
    this.socket.on('data', (data) => (this.answer += data));
    this.socket.on('error', (error) => (this.error = error));
    this.socket.on('close', () => (this.hasClosed = true));
  }
}
