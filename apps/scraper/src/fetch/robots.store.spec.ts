import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASES, type TestDatabase } from '../../../../test/support/test-database.js';
import { RobotsStore, type StoredRobots } from './robots.store.js';

const ORIGIN = 'https://a.example:8443';
const FOUND: StoredRobots = { status: 'found', body: '{"rules":["-/ü"]}', errorCode: null, error: null };
const ABSENT: StoredRobots = { status: 'absent', body: null, errorCode: null, error: 'HTTP 404' };

describe.each(DATABASES)('RobotsStore on $name', ({ create }) => {
  let database: TestDatabase;
  let store: RobotsStore;
  beforeEach(async () => {
    database = await create();
    store = new RobotsStore(database.dataSource);
  });
  afterEach(() => database.drop());

  it('gives back what was saved, and how long it is good', async () => {
    await store.save(ORIGIN, FOUND, 60_000);
    const row = await store.read(ORIGIN);
    expect(row).toMatchObject(FOUND);
    expect(row?.remainingMs).toBeGreaterThan(50_000);
    expect(row?.remainingMs).toBeLessThanOrEqual(60_000);
    expect(await store.read('http://a.example:8443')).toBeNull();
  });

  it('replaces an older answer', async () => {
    await store.save(ORIGIN, FOUND, 60_000);
    await store.save(ORIGIN, ABSENT, 1_000_000);
    expect(await store.read(ORIGIN)).toMatchObject(ABSENT);
    const rows = await database.dataSource.query(
      'SELECT fetched_at AS fetchedAt, expires_at AS expiresAt FROM robots_cache',
    );
    expect(rows).toHaveLength(1);
    expect(Number(rows[0].expiresAt) - Number(rows[0].fetchedAt)).toBe(1_000_000);
  });

  it('gives nothing back that has expired', async () => {
    await store.save(ORIGIN, FOUND, 0);
    expect(await store.read(ORIGIN)).toBeNull();
  });

  it('keeps a file of 500 KiB, and does not share a larger one', async () => {
    const body = 'x'.repeat(500 * 1024);
    await store.save(ORIGIN, { ...FOUND, body }, 60_000);
    expect((await store.read(ORIGIN))?.body).toBe(body);
    await store.save('https://b.example', { ...FOUND, body: body.repeat(2) }, 60_000);
    expect(await store.read('https://b.example')).toBeNull();
  });

  it('cuts an error that is too long', async () => {
    await store.save(ORIGIN, { status: 'unreadable', body: null, errorCode: 'tls', error: 'é'.repeat(2000) }, 60_000);
    expect((await store.read(ORIGIN))?.error).toHaveLength(500);
  });

  it('lets many replicas save at the same time', async () => {
    const origins = Array.from({ length: 5 }, (_, i) => `https://${i}.example`);
    const saves = Array.from({ length: 4 }, () => origins.map((origin) => store.save(origin, ABSENT, 60_000)));
    const outcomes = await Promise.allSettled(saves.flat());
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const origin of origins) expect(await store.read(origin)).toMatchObject(ABSENT);
  });
});
