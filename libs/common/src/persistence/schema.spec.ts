import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASES, type TestDatabase } from '../../../../test/support/test-database.js';
import { insertIgnore, runSql, toBuffer } from './dialect.js';

describe.each(DATABASES)('schema on $name', ({ create }) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await create();
  });
  afterEach(() => database.drop());

  it('shows no difference between entities and migrated tables', async () => {
    const log = await database.dataSource.driver.createSchemaBuilder().log();
    expect(log.upQueries.map((query) => query.query)).toEqual([]);
  });

  it('goes down and up again', async () => {
    await database.dataSource.undoLastMigration();
    expect(await database.dataSource.runMigrations()).toHaveLength(1);
  });

  it('counts exactly the new rows of an INSERT IGNORE, over several statements', async () => {
    const rows = Array.from({ length: 450 }, (_, i) => ['job', `host-${i % 300}`, 0, 'found', 0, 0, 0, 1]);
    const columns = ['job_id', 'host', 'chunk_no', 'outcome', 'emails', 'pages', 'bytes', 'finished_at'];
    expect(await insertIgnore(database.dataSource, 'sites', columns, rows)).toBe(300);
    expect(await insertIgnore(database.dataSource, 'sites', columns, rows)).toBe(0);
  });

  it('gives numbers for bigints and sums, and bytes for binary columns', async () => {
    const hash = Buffer.from('00ff102030405060708090a0b0c0d0e0', 'hex');
    const { dataSource } = database;
    await runSql(dataSource, 'INSERT INTO contacts VALUES (?, ?, ?, ?, ?)', ['a', hash, 'j', 1_790_000_000_123, 2]);
    const [row] = await dataSource.query(
      'SELECT hash, first_seen_at AS at, (SELECT SUM(last_seen_at) FROM contacts) AS total FROM contacts',
    );
    expect(row.at).toBe(1_790_000_000_123);
    expect(row.total).toBe(2);
    expect(toBuffer(row.hash)).toEqual(hash);
  });

  it('takes a Buffer or null as the only parameter of a statement', async () => {
    const hash = Buffer.from('00ff102030405060708090a0b0c0d0e0', 'hex');
    const { dataSource } = database;
    expect(await dataSource.query('SELECT 1 FROM contacts WHERE hash = ?', [hash])).toEqual([]);
    expect(await dataSource.query('SELECT 1 FROM contacts WHERE hash = ?', [null])).toEqual([]);
    expect(await runSql(dataSource, 'DELETE FROM contacts WHERE hash = ?', [hash])).toBe(0);
  });
});
