import { randomUUID } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import type { DataSource } from 'typeorm';
import { connect, createDataSource } from '#common/persistence/data-source.js';

/** Server on which a test makes its own database; unset = SQLite only (unit runs). */
const SERVER_URL = process.env.TEST_DATABASE_URL;

export interface TestDatabase {
  name: string;
  url: string;
  dataSource: DataSource;
  drop: () => Promise<void>;
}

/** Every store test runs on both: `describe.each(DATABASES)`. */
export const DATABASES: { name: string; create: () => Promise<TestDatabase> }[] = [
  { name: 'sqlite', create: createSqlite },
  ...(SERVER_URL ? [{ name: 'mysql', create: () => createOnServer(SERVER_URL) }] : []),
];

async function createSqlite(): Promise<TestDatabase> {
  const url = 'sqlite::memory:';
  const dataSource = await connect(createDataSource({ url }));
  await dataSource.runMigrations();
  return { name: 'sqlite', url, dataSource, drop: () => dataSource.destroy() };
}

/** A fresh, migrated database on a MySQL or MariaDB server. */
async function createOnServer(serverUrl: string): Promise<TestDatabase> {
  const { url, drop } = await createEmptyDatabase(serverUrl);
  const dataSource = await connect(createDataSource({ url }));
  await dataSource.runMigrations();
  return {
    name: new URL(url).protocol.slice(0, -1),
    url,
    dataSource,
    async drop() {
      await dataSource.destroy();
      await drop();
    },
  };
}

/** A fresh, empty database on a server; its URL is the server's with another path. */
export async function createEmptyDatabase(serverUrl: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `gleaner_test_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const onServer = async (sql: string): Promise<void> => {
    const { hostname, port, username, password } = new URL(serverUrl);
    const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
    const admin = await createConnection({ host: hostname, port: Number(port || 3306), user, password: secret });
    try {
      await admin.query(sql);
    } finally {
      await admin.end();
    }
  };
  await onServer(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name}`) };
}
