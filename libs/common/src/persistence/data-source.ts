import type { PoolOptions } from 'mysql2';
import { Logger } from '@nestjs/common';
import { DataSource, type DataSourceOptions, type Logger as StatementLogger } from 'typeorm';
import { Account, ApiKey, IdempotencyKey } from './account.entity.js';
import { Chunk, Site } from './chunk.entity.js';
import { Contact, Email, EmailSighting } from './email.entity.js';
import { HostLease, RobotsEntry, SiteWait } from './host.entity.js';
import { Job, JobError, JobEvent, JobInput, JobQuery, ProviderUsage } from './job.entity.js';
import { Initial0001 } from './migrations/0001-initial.js';
import { Politeness0002 } from './migrations/0002-politeness.js';
import { Evidence0003 } from './migrations/0003-evidence.js';
import { Reliability0004 } from './migrations/0004-reliability.js';
import { Sources0005 } from './migrations/0005-sources.js';
import { createBoundedPool } from './mysql-pool.js';
import { SqliteDatabase } from './sqlite-driver.js';
import { serialiseTransactions } from './sqlite-runner.js';
import { Lease, Worker } from './worker.entity.js';

const logger = new Logger('Database');

/** TypeORM's own prints statements with their values, which are people's addresses. */
const SLOW_STATEMENTS: StatementLogger = {
  logQuerySlow: (ms, sql) => logger.warn('slow statement', { ms, sql: sql.slice(0, 200) }),
  logQuery() {},
  logQueryError() {},
  logSchemaBuild() {},
  logMigration() {},
  log() {},
};

const SHARED = {
  logger: SLOW_STATEMENTS,
  entities: [
    Account,
    ApiKey,
    IdempotencyKey,
    Job,
    JobInput,
    JobQuery,
    ProviderUsage,
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
  migrations: [Initial0001, Politeness0002, Evidence0003, Reliability0004, Sources0005],
  migrationsTransactionMode: 'each',
  synchronize: false,
} as const satisfies Partial<DataSourceOptions>;

/**
 * No statement of ours takes this long (a million sites are counted in one), and a worker is as good as dead while it
 * waits for one; mysql2 itself would wait for ever.
 */
const STATEMENT_TIMEOUT_MS = 10_000;
/** How long SQLite blocks the event loop for a lock that another process holds; the runner waits on, without blocking. */
const SQLITE_BUSY_MS = 50;

export interface DataSourceSettings {
  /** `sqlite:<file>`, `sqlite::memory:`, `mysql://…`, `mariadb://…`. */
  url: string;
  /** Connections of the pool (MySQL/MariaDB only). */
  poolSize?: number;
  /** For migrations: statements take as long as they need. */
  isPatient?: boolean;
}

/** An uninitialised data source for a DATABASE_URL. */
export function createDataSource(settings: DataSourceSettings): DataSource {
  const { url } = settings;
  return url.startsWith('sqlite:') ? createSqlite(url.slice('sqlite:'.length)) : createMysql(settings);
}

function createSqlite(database: string): DataSource {
  const dataSource = new DataSource({
    ...SHARED,
    type: 'better-sqlite3',
    driver: SqliteDatabase,
    database,
    timeout: SQLITE_BUSY_MS,
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

function createMysql({ url, poolSize = 10, isPatient = false }: DataSourceSettings): DataSource {
  const statementMs = isPatient ? null : STATEMENT_TIMEOUT_MS;
  return new DataSource({
    ...SHARED,
    type: url.startsWith('mariadb:') ? 'mariadb' : 'mysql',
    driver: { createPool: (options: PoolOptions) => createBoundedPool(options, statementMs) },
    url,
    charset: 'utf8mb4',
    poolSize,
    connectTimeout: 5000,
    supportBigNumbers: true,
    bigNumberStrings: false,
    ...(statementMs === null ? {} : { maxQueryExecutionTime: statementMs, enableQueryTimeout: true }),
    // A connection that is lost while it is idle, or that a firewall forgets, is noticed within 20 s.
    extra: { decimalNumbers: true, enableKeepAlive: true, keepAliveInitialDelay: 10_000 },
  });
}

/** Connects. On MySQL/MariaDB every connection of the pool runs READ COMMITTED in strict mode with a 5 s lock wait. */
export async function connect(dataSource: DataSource): Promise<DataSource> {
  await dataSource.initialize();
  const { poolSize = 0 } = dataSource.options as { poolSize?: number };
  // Opened here for the burst of work that waits for a process to start, where each would cost four round trips.
  await Promise.all(Array.from({ length: poolSize }, () => openConnection(dataSource)));
  return dataSource;
}

async function openConnection(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.connect();
  } finally {
    await runner.release();
  }
}
