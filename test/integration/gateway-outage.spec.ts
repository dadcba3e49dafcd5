import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect as connectDatabase, createDataSource } from '#common/persistence/data-source.js';
import type { JobView } from '../../apps/gateway/src/jobs/job.view.js';
import { EventReader } from '../support/event-reader.js';
import { GatewayApp } from '../support/gateway-app.js';
import { DATABASES, type TestDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

/** A TCP proxy before the database that can break, and that can fall silent as a hanging server or network does. */
class DatabaseProxy {
  private server?: Server;
  private readonly pairs = new Set<[Socket, Socket]>();
  private isSilent = false;
  readonly port = 20_000 + Math.floor(Math.random() * 10_000);

  constructor(private readonly target: { host: string; port: number }) {}

  async open(): Promise<void> {
    this.server = createServer((client) => {
      const pair: [Socket, Socket] = [client, connect(this.target)];
      this.pairs.add(pair);
      for (const socket of pair) socket.on('error', () => undefined).on('close', () => this.pairs.delete(pair));
      if (!this.isSilent) pair[0].pipe(pair[1]).pipe(pair[0]);
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve));
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    await closed;
  }

  silence(): void {
    this.isSilent = true;
    for (const [client, server] of this.pairs) {
      client.unpipe(server);
      server.unpipe(client);
    }
  }

  speak(): void {
    this.isSilent = false;
    for (const [client, server] of this.pairs) client.pipe(server).pipe(client);
  }
}

const onServer = DATABASES.filter(({ name }) => name !== 'sqlite');

describe.skipIf(onServer.length === 0).each(onServer)('gateway: outages of $name', ({ create }) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let proxy: DatabaseProxy;
  let gateway: GatewayApp;
  let job: JobView;
  const body = { source: { type: 'sites', sites: ['a.example'] } };

  beforeAll(async () => {
    database = await create();
    const url = new URL(database.url);
    proxy = new DatabaseProxy({ host: url.hostname, port: Number(url.port || 3306) });
    await proxy.open();
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    dataSource = await connectDatabase(createDataSource({ url: url.href, poolSize: 5 }));
    gateway = await GatewayApp.start(dataSource);
    job = (await gateway.post<JobView>('/v1/jobs', body)).body;
  });
  afterAll(async () => {
    proxy?.speak();
    await gateway?.close();
    await dataSource?.destroy();
    await proxy?.cut();
    await database?.drop();
  });

  const expectOutage = async (): Promise<void> => {
    const startedAt = Date.now();
    const answers = await Promise.all([
      gateway.post('/v1/jobs', body),
      gateway.post('/v1/jobs', body, { 'idempotency-key': `k${startedAt}` }),
      gateway.get('/v1/jobs'),
      gateway.get(`/v1/jobs/${job.id}`),
      gateway.get(`/v1/jobs/${job.id}/emails?format=csv`),
      gateway.get(`/v1/jobs/${job.id}/events`),
      gateway.get('/v1/stats', { authorization: 'Bearer a-key-that-is-not-cached' }),
    ]);
    expect(Date.now() - startedAt).toBeLessThan(5000);
    for (const { status, headers, body: problem } of answers) {
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toBe('5');
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(problem).toMatchObject({ code: 'database_unavailable', traceId: headers.get('x-request-id') });
    }
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
  };
  const expectRecovery = (): Promise<unknown> =>
    waitFor(async () => (await gateway.post('/v1/jobs', body)).status === 202);

  it('answers 503 within 5 s while it refuses connections, and recovers', async () => {
    await proxy.cut();
    await expectOutage();
    await proxy.open();
    await expectRecovery();
  }, 30_000);

  it('answers 503 within 5 s while it hangs, and recovers', async () => {
    proxy.silence();
    await expectOutage();
    proxy.speak();
    await expectRecovery();
  }, 30_000);

  it('keeps event streams open through an outage', async () => {
    const { reader } = await EventReader.open(`${gateway.url}/v1/jobs/${job.id}/events`, {
      authorization: `Bearer ${gateway.key}`,
    });
    await reader.waitForEvent('progress');
    await proxy.cut();
    await proxy.open();
    await database.dataSource.query("UPDATE jobs SET status = 'cancelled', finished_at = 1 WHERE id = ?", [job.id]);
    await reader.waitForEvent('complete');
  }, 30_000);
});
