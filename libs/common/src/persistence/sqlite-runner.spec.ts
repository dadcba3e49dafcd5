import type { DataSource, EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, createDataSource } from './data-source.js';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('SQLite under concurrent transactions', () => {
  let db: DataSource;
  beforeEach(async () => {
    db = await connect(createDataSource({ url: 'sqlite::memory:' }));
    await db.query('CREATE TABLE t (n INTEGER PRIMARY KEY, who TEXT)');
  });
  afterEach(() => db.destroy());

  const insertSlowly = async (manager: EntityManager, who: string, from: number): Promise<void> => {
    for (let n = from; n < from + 5; n++) {
      await manager.query('INSERT INTO t VALUES (?, ?)', [n, who]);
      await tick();
    }
  };
  const rowsOf = async (who: string): Promise<number> =>
    (await db.query('SELECT COUNT(*) AS n FROM t WHERE who = ?', [who]))[0].n;

  it('rolls back one of two overlapping transactions and keeps the other whole', async () => {
    const [bad, good] = await Promise.allSettled([
      db.transaction(async (manager) => {
        await insertSlowly(manager, 'bad', 0);
        throw new Error('no');
      }),
      db.transaction((manager) => insertSlowly(manager, 'good', 100)),
    ]);
    expect(bad.status).toBe('rejected');
    expect(good.status).toBe('fulfilled');
    expect(await rowsOf('bad')).toBe(0);
    expect(await rowsOf('good')).toBe(5);
  });

  it('keeps a statement beside a transaction out of its rollback', async () => {
    const transaction = db.transaction(async (manager) => {
      await insertSlowly(manager, 'bad', 0);
      throw new Error('no');
    });
    await Promise.allSettled([transaction, db.query('INSERT INTO t VALUES (100, ?)', ['good'])]);
    expect(await rowsOf('bad')).toBe(0);
    expect(await rowsOf('good')).toBe(1);
  });

  it('runs many transactions with random rollbacks exactly, in the order they were asked for', async () => {
    const started: number[] = [];
    await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) =>
        db.transaction(async (manager) => {
          started.push(i);
          await insertSlowly(manager, i % 3 === 0 ? 'bad' : 'good', i * 10);
          if (i % 3 === 0) throw new Error('no');
        }),
      ),
    );
    expect(started).toEqual([...started].sort((a, b) => a - b));
    expect(await rowsOf('bad')).toBe(0);
    expect(await rowsOf('good')).toBe(26 * 5);
  });

  it('frees the connection after a failed statement, commit or release', async () => {
    await expect(db.transaction((manager) => manager.query('INSERT INTO nowhere VALUES (1)'))).rejects.toThrow();
    const runner = db.createQueryRunner();
    await runner.startTransaction();
    await runner.query('INSERT INTO t VALUES (1, ?)', ['left open']);
    await runner.release();
    expect(await rowsOf('left open')).toBe(0);
  });

  it('throws at once when code inside a transaction uses the data source', async () => {
    await expect(db.transaction(() => db.query('SELECT 1'))).rejects.toThrow("use the transaction's manager");
    await expect(db.transaction(() => db.transaction(async () => {}))).rejects.toThrow("use the transaction's manager");
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('lets work that a finished transaction started use the data source', async () => {
    let later!: Promise<unknown>;
    let go!: () => void;
    const gate = new Promise<void>((resolve) => (go = resolve));
    await db.transaction(async () => {
      later = gate.then(() => db.query('SELECT 1 AS one'));
    });
    go();
    expect(await later).toEqual([{ one: 1 }]);
  });

  it('nests transactions of one manager as savepoints', async () => {
    await db.transaction(async (manager) => {
      await insertSlowly(manager, 'outer', 0);
      await manager
        .transaction(async (inner) => {
          await insertSlowly(inner, 'inner', 100);
          throw new Error('no');
        })
        .catch(() => {});
    });
    expect(await rowsOf('outer')).toBe(5);
    expect(await rowsOf('inner')).toBe(0);
  });
});
