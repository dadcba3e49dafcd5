import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RabbitBroker } from '#common/broker/rabbit-broker.js';
import { HEARTBEATS } from '#common/broker/topology.js';
import { workerHeartbeat } from '#common/contracts/worker-heartbeat.contract.js';
import { connect, createDataSource } from '#common/persistence/data-source.js';
import { isLockConflict, isUnreachable } from '#common/persistence/dialect.js';
import { startConsumer } from '../support/broker-app.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { createEmptyDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

const DATABASE = process.env.TEST_DATABASE_URL ?? 'mariadb://root@127.0.0.1:3306/';
const BROKER = process.env.TEST_BROKER_URL ?? 'amqp://guest:guest@127.0.0.1:5672';
/** Longer than any time-out here. */
const PATIENCE_MS = 40_000;

describe('a database server that falls silent', () => {
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let proxy: FaultProxy;
  let behind: DataSource;

  beforeEach(async () => {
    database = await createEmptyDatabase(DATABASE);
    proxy = FaultProxy.before(database.url, 3306);
    await proxy.open();
    behind = await connect(createDataSource({ url: proxy.urlOf(database.url), poolSize: 3 }));
    await behind.query('CREATE TABLE things (id INT PRIMARY KEY, n INT)');
    await behind.query('INSERT INTO things VALUES (1, 0)');
  });
  afterEach(async () => {
    await proxy.heal();
    if (behind.isInitialized) await behind.destroy();
    await proxy.close();
    await database.drop();
  });

  it('ends every statement, those that wait behind others or for a connection too, and serves all once it answers', async () => {
    const ends: unknown[] = [];
    const tell = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => ends.push(error));
    // Two statements at once in one transaction: the clock of the second would never start.
    let isSilent = false;
    const inTransaction = behind.transaction(async (manager) => {
      await manager.query('UPDATE things SET n = 1');
      proxy.blackHole();
      isSilent = true;
      await Promise.all([manager.query('SELECT 1'), manager.query('SELECT 2')]);
    });
    await waitFor(() => isSilent);
    const others = Array.from({ length: 10 }, () => tell(behind.query('SELECT 1')));
    await Promise.all([tell(inTransaction), ...others]);
    expect(ends).toHaveLength(11);
    expect(ends.filter((error) => !isUnreachable(error))).toEqual([]);
    await proxy.heal();
    const rows = await Promise.all(Array.from({ length: 10 }, () => behind.query('SELECT n FROM things')));
    expect(rows.flat()).toEqual(Array.from({ length: 10 }, () => ({ n: 0 })));
  });

  it('lets go of the locks of a client that has vanished in a transaction', async () => {
    const direct = await connect(createDataSource({ url: database.url, poolSize: 1 }));
    try {
      let isSilent = false;
      const vanished = behind
        .transaction(async (manager) => {
          await manager.query('UPDATE things SET n = 1');
          proxy.blackHole();
          isSilent = true;
          await manager.query('SELECT 1');
        })
        .catch(() => undefined);
      await waitFor(() => isSilent);
      await expect(direct.query('UPDATE things SET n = 2')).rejects.toSatisfy(isLockConflict);
      await waitFor(() => direct.query('UPDATE things SET n = 2').then(() => true), { timeoutMs: PATIENCE_MS });
      await vanished;
    } finally {
      await direct.destroy();
    }
  });

  it('does not keep a process that stops', async () => {
    let isSilent = false;
    const hanging = behind.transaction(async (manager) => {
      proxy.blackHole();
      isSilent = true;
      await manager.query('SELECT 1');
    });
    const ended = hanging.then(
      () => 'answered',
      () => 'failed',
    );
    await waitFor(() => isSilent);
    await behind.destroy();
    expect(await ended).toBe('failed');
  });
});

describe('a broker that falls silent', () => {
  it('is noticed, fails what is published in time, and serves its consumers again when it answers', async () => {
    Logger.overrideLogger(false);
    const proxy = FaultProxy.before(BROKER, 5672);
    await proxy.open();
    const url = new URL(proxy.urlOf(BROKER));
    url.searchParams.set('prefix', `t${proxy.port}hole`);
    const broker = new RabbitBroker(url.href, 1000);
    let seen = 0;
    const { app, server } = await startConsumer(broker, HEARTBEATS, () => seen++);
    const beat = (): Promise<void> => broker.publish(workerHeartbeat, { replica: 'r', host: 'h', at: 1, slots: [] });
    try {
      await waitFor(() => beat().then(() => true));
      await waitFor(() => seen > 0);
      proxy.blackHole();
      await expect(beat()).rejects.toMatchObject({ code: 'unconfirmed' });
      await waitFor(() => !broker.isConnected() && !server.isReady(), { timeoutMs: PATIENCE_MS });
      await expect(beat()).rejects.toMatchObject({ code: 'disconnected' });
      await proxy.heal();
      await waitFor(() => broker.isConnected() && server.isReady(), { timeoutMs: PATIENCE_MS });
      const before = seen;
      await beat();
      await waitFor(() => seen > before);
      proxy.blackHole();
    } finally {
      // Silent again: closing must not wait for an answer.
      await app.close();
      await broker.close();
      await proxy.close();
    }
  });
});
