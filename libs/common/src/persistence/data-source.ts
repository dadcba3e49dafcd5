import { SqliteDatabase } from './sqlite-driver.js';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Account, ApiKey, IdempotencyKey } from './account.entity.js';
import { Chunk, Site } from './chunk.entity.js';
import { Contact, Email, EmailSighting } from './email.entity.js';
import { HostLease, RobotsEntry, SiteWait } from './host.entity.js';
import { Job, JobError, JobEvent, JobInput } from './job.entity.js';
import { Initial0001 } from './migrations/0001-initial.js';
import { Politeness0002 } from './migrations/0002-politeness.js';
import { Evidence0003 } from './migrations/0003-evidence.js';
import { Reliability0004 } from './migrations/0004-reliability.js';
import { serialiseTransactions } from './sqlite-runner.js';
import { Lease, Worker } from './worker.entity.js';

const SHARED = {
  entities: [
    Account,
    ApiKey,
    IdempotencyKey,
    Job,
    JobInput,
    JobEvent,
    JobError,
    Chunk,
    Site,
    Email,
    EmailSighting,
    Contact,
    Worker,
    Lease,
    HostLease,
    RobotsEntry,
    SiteWait,
  ],
  migrations: [Initial0001, Politeness0002, Evidence0003, Reliability0004],
  migrationsTransactionMode: 'each',
  synchronize: false,
} as const satisfies Partial<DataSourceOptions>;

/** No statement of ours takes this long; mysql2 itself would wait for ever. */
const QUERY_TIMEOUT_MS = 20_000;

export interface DataSourceSettings {
  /** `sqlite:<file>`, `sqlite::memory:`, `mysql://…`, `mariadb://…`. */
  url: string;
  /** Connections of the pool (MySQL/MariaDB only). */
  poolSize?: number;
}

/** An uninitialised data source for a DATABASE_URL. */
export function createDataSource({ url, poolSize = 10 }: DataSourceSettings): DataSource {
  return url.startsWith('sqlite:') ? createSqlite(url.slice('sqlite:'.length)) : createMysql(url, poolSize);
}

function createSqlite(database: string): DataSource {
  const dataSource = new DataSource({
    ...SHARED,
    type: 'better-sqlite3',
    driver: SqliteDatabase,
    database,
    enableWAL: database !== ':memory:',
    // With WAL a commit survives SIGKILL without a sync; only the loss of power may take the last ones.
    prepareDatabase: (connection: { pragma(text: string): void }) => connection.pragma('synchronous = NORMAL'),
  });
  // SQLite takes any type name; TypeORM has a list.
  dataSource.driver.supportedDataTypes.push('varbinary', 'mediumtext');
  dataSource.driver.withLengthColumnTypes.push('varbinary');
  serialiseTransactions(dataSource);
  return dataSource;
}

function createMysql(url: string, poolSize: number): DataSource {
  return new DataSource({
    ...SHARED,
    type: url.startsWith('mariadb:') ? 'mariadb' : 'mysql',
    url,
    charset: 'utf8mb4',
    poolSize,
    connectTimeout: 5000,
    supportBigNumbers: true,
    bigNumberStrings: false,
    maxQueryExecutionTime: QUERY_TIMEOUT_MS,
    enableQueryTimeout: true,
    extra: { decimalNumbers: true, enableKeepAlive: true, maxIdle: poolSize },
  });
}

/** What each new pooled connection is told once, instead of one round trip before every transaction. */
const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  'SET SESSION innodb_lock_wait_timeout = 5',
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
];

interface PoolConnection {
  query: (...args: unknown[]) => unknown;
  destroy(): void;
}

/**
 * mysql2 reports a timed-out statement and leaves it on the connection, where all later ones wait behind it for ever: a
 * connection that did not answer in time is not used again.
 */
function destroyOnTimeout(connection: PoolConnection): void {
  const query = connection.query.bind(connection);
  connection.query = (...args) => {
    const done = args.at(-1);
    if (typeof done !== 'function') return query(...args);
    return query(...args.slice(0, -1), (error: { code?: string } | null, ...results: unknown[]) => {
      if (error?.code === 'PROTOCOL_SEQUENCE_TIMEOUT') connection.destroy();
      done(error, ...results);
    });
  };
}

/** Connects. On MySQL/MariaDB every connection of the pool runs READ COMMITTED in strict mode with a 5 s lock wait. */
export async function connect(dataSource: DataSource): Promise<DataSource> {
  await dataSource.initialize();
  const { pool } = dataSource.driver as unknown as { pool?: NodeJS.EventEmitter };
  if (!pool) return dataSource;
  // A statement queued here runs before any that the pool's user queues after it. A failure breaks the connection
  // itself, which the user's own statement reports.
  pool.on('connection', (connection: PoolConnection) => {
    destroyOnTimeout(connection);
    for (const sql of SESSION) connection.query(sql, () => {});
  });
  // The connection that initialize() opened is older than the listener. The others are opened here and not in the
  // first burst of work, where each would cost four round trips.
  const { poolSize = 1 } = dataSource.options as { poolSize?: number };
  await Promise.all(Array.from({ length: poolSize }, () => prepareConnection(dataSource)));
  return dataSource;
}

async function prepareConnection(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    destroyOnTimeout(await runner.connect());
    for (const sql of SESSION) await runner.query(sql);
  } finally {
    await runner.release();
  }
}
