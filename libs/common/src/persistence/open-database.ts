import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { describeError } from '../domain/errors.js';
import { connect, createDataSource, type DataSourceSettings } from './data-source.js';
import { isInfrastructure, isSqlite, isUnreachable } from './dialect.js';
import { lockSqliteFile } from './sqlite-lock.js';

const MAX_RETRY_MS = 5000;
const logger = new Logger('Database');

/** The database answers, but this configuration cannot work: no right, no such database, wrong character set. */
export class DatabaseConfigError extends Error {
  override name = 'DatabaseConfigError';
}

/** host:port/database or the file, without the password. */
export function describeDatabase(url: string): string {
  if (url.startsWith('sqlite:')) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/**
 * Connects to the database of a DATABASE_URL, waiting with backoff and a word in the log while it is unreachable.
 * SQLite files are locked for this process and migrated; a server's schema must have been migrated (`npm run
 * migrate`): until then this waits. Throws a DatabaseConfigError where waiting cannot help.
 */
export async function openDatabase(settings: DataSourceSettings, signal?: AbortSignal): Promise<DataSource> {
  if (settings.url.startsWith('sqlite:')) {
    lockSqliteFile(settings.url);
    const dataSource = await connect(createDataSource(settings));
    await dataSource.runMigrations();
    return dataSource;
  }
  const dataSource = await connectWithRetry(settings, signal);
  await retry(
    async () => {
      if (await dataSource.showMigrations()) throw new Error('the schema is not up to date: run `npm run migrate`');
    },
    () => true,
    settings.url,
    signal,
  );
  return dataSource;
}

/** Does what a process cannot start without, however often the database goes away meanwhile. `work` must bear repetition. */
export function whenReachable(url: string, work: () => Promise<void>): Promise<void> {
  return retry(work, isInfrastructure, url);
}

/** Connects, migrates, closes: `npm run migrate`. Returns the names of the migrations it ran. */
export async function migrateDatabase(url: string): Promise<string[]> {
  if (url.startsWith('sqlite:')) lockSqliteFile(url);
  const dataSource = await connectWithRetry({ url, poolSize: 2, isPatient: true });
  try {
    await assertUtf8(dataSource);
    return (await dataSource.runMigrations()).map((migration) => migration.name);
  } finally {
    await dataSource.destroy();
  }
}

async function connectWithRetry(settings: DataSourceSettings, signal?: AbortSignal): Promise<DataSource> {
  let dataSource!: DataSource;
  await retry(
    async () => {
      dataSource = createDataSource(settings);
      try {
        await connect(dataSource);
      } catch (error) {
        if (dataSource.isInitialized) await dataSource.destroy().catch(() => {});
        throw isUnreachable(error) ? error : new DatabaseConfigError(describeError(error), { cause: error });
      }
    },
    isUnreachable,
    settings.url,
    signal,
  );
  return dataSource;
}

/** One warning at the first failure and at every change of its reason, so that a long outage does not fill the log. */
async function retry(
  attempt: () => Promise<void>,
  isTransient: (error: unknown) => boolean,
  url: string,
  signal?: AbortSignal,
): Promise<void> {
  let last = '';
  for (let delayMs = 500; ; delayMs = Math.min(MAX_RETRY_MS, delayMs * 2)) {
    signal?.throwIfAborted();
    try {
      await attempt();
      if (last !== '') logger.log(`database ${describeDatabase(url)} is ready`);
      return;
    } catch (error) {
      if (!isTransient(error)) throw error;
      const reason = describeError(error);
      if (reason !== last) logger.warn(`database ${describeDatabase(url)}: ${reason}; trying again`);
      last = reason;
      await sleep(delayMs, undefined, { signal });
    }
  }
}

async function assertUtf8(dataSource: DataSource): Promise<void> {
  if (isSqlite(dataSource)) return;
  const [row] = await dataSource.query<{ charset: string; name: string }[]>(
    'SELECT @@character_set_database AS charset, DATABASE() AS name',
  );
  if (row && row.charset !== 'utf8mb4') {
    throw new DatabaseConfigError(
      `database ${row.name} stores text as ${row.charset}: run ALTER DATABASE \`${row.name}\` CHARACTER SET utf8mb4`,
    );
  }
}
