import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect as connectDatabase, createDataSource } from '#common/persistence/data-source.js';
import type { JobView } from '../../apps/gateway/src/jobs/job.view.js';
import { EventReader } from '../support/event-reader.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { GatewayApp } from '../support/gateway-app.js';
import { DATABASES, type TestDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

const body = { source: { type: 'sites', sites: ['a.example'] } };

const onServer = DATABASES.filter(({ name }) => name !== 'sqlite');

describe.skipIf(onServer.length === 0).each(onServer)('gateway: outages of $name', ({ create }) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let proxy: FaultProxy;
  let gateway: GatewayApp;
  let job: JobView;

  beforeAll(async () => {
    database = await create();
    proxy = FaultProxy.before(database.url, 3306);
    await proxy.open();
    dataSource = await connectDatabase(createDataSource({ url: proxy.urlOf(database.url), poolSize: 5 }));
    gateway = await GatewayApp.start(dataSource);
    job = (await gateway.post<JobView>('/v1/jobs', body)).body;
  });
  afterAll(async () => {
    await proxy?.heal();
    await gateway?.close();
    await dataSource?.destroy();
    await proxy?.close();
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
    await proxy.heal();
    await expectRecovery();
  }, 30_000);

  it('answers 503 within 5 s while it hangs, and recovers', async () => {
    proxy.blackHole();
    await expectOutage();
    await proxy.heal();
    await expectRecovery();
  }, 30_000);

  it('keeps event streams open through an outage', async () => {
    const { reader } = await EventReader.open(`${gateway.url}/v1/jobs/${job.id}/events`, {
      authorization: `Bearer ${gateway.key}`,
    });
    await reader.waitForEvent('progress');
    await proxy.cut();
    await proxy.heal();
    await database.dataSource.query("UPDATE jobs SET status = 'cancelled', finished_at = 1 WHERE id = ?", [job.id]);
    await reader.waitForEvent('complete');
  }, 30_000);
});

describe('gateway: faults of SQLite', () => {
  let folder: string;
  let dataSource: DataSource;
  let gateway: GatewayApp;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gleaner-sqlite-'));
    dataSource = await connectDatabase(createDataSource({ url: `sqlite:${join(folder, 'gleaner.db')}` }));
    await dataSource.runMigrations();
    gateway = await GatewayApp.start(dataSource);
  });
  afterAll(async () => {
    await gateway?.close();
    await dataSource?.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says that the file is locked by another program, is there for others meanwhile, and recovers', async () => {
    const other = new Libsql(join(folder, 'gleaner.db'));
    other.exec('BEGIN IMMEDIATE');
    const refused = gateway.post('/v1/jobs', body);
    const answered = waitFor(async () => (await fetch(`${gateway.url}/health/live`)).ok);
    const first = await Promise.race([refused.then(() => 'refused'), answered.then(() => 'answered')]);
    expect(first).toBe('answered');
    expect(await refused).toMatchObject({ status: 503, body: { code: 'database_locked' } });
    expect((await refused).headers.get('retry-after')).toBe('5');
    // One that is let go in time is only waited for.
    const late = gateway.post('/v1/jobs', body);
    setTimeout(() => other.exec('COMMIT'), 300);
    expect((await late).status).toBe(202);
    other.close();
  });

  it('says that the disk is full, stores nothing of the request, and recovers', async () => {
    const [{ page_count: pages }] = await dataSource.query('PRAGMA page_count');
    const list = await gateway.get<{ total: number }>('/v1/jobs');
    await dataSource.query(`PRAGMA max_page_count = ${pages}`);
    const sites = Array.from({ length: 2000 }, (_, i) => `https://a${i}.example/some/path`);
    const refused = await gateway.post('/v1/jobs', { source: { type: 'sites', sites } });
    expect(refused).toMatchObject({ status: 507, body: { code: 'storage_full' } });
    await dataSource.query('PRAGMA max_page_count = 1000000');
    expect((await gateway.get<{ total: number }>('/v1/jobs')).body.total).toBe(list.body.total);
    expect((await gateway.post('/v1/jobs', body)).status).toBe(202);
  });
});
