import { createPool, type Pool, type PoolConnection, type PoolOptions } from 'mysql2';

/** How long a caller waits for a connection, be it new or another caller's, before the database counts as unreachable. */
const ACQUIRE_TIMEOUT_MS = 10_000;
const END_TIMEOUT_MS = 2000;
/** Well under the server's `wait_timeout`: a connection is never closed under a statement that is just being sent. */
const IDLE_MS = 10_000;

type Release = (error: NodeJS.ErrnoException | null, connection: PoolConnection) => void;

const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
];

/**
 * Bounds that the server keeps, which does not notice that a client has given up: of waiting for the lock of a row or a
 * table (a backup holds those for minutes), of a statement, and of how long the locks of a host live that has vanished
 * from the network in a transaction (MariaDB 10 s, MySQL 20 s).
 */
const boundsOf = (statementMs: number): string =>
  `SET SESSION innodb_lock_wait_timeout = 5, lock_wait_timeout = 5, wait_timeout = 20
     /*M!100300 , idle_transaction_timeout = 10, max_statement_time = ${statementMs / 1000 - 1} */
     /*!80000 , max_execution_time = ${statementMs - 1000} */`;

/**
 * mysql2's pool, in which every wait has an end. On its own it lets callers queue for ever, closes only when every
 * server answers, and after a timed-out statement goes on to use a connection on which all later ones wait behind it.
 * `statementMs` bounds a statement; null for migrations, which may take and wait for as long as they need.
 */
export function createBoundedPool(options: PoolOptions, statementMs: number | null): Pool {
  const session = statementMs === null ? SESSION : [...SESSION, boundsOf(statementMs)];
  const pool = createPool({ ...options, idleTimeout: IDLE_MS, maxIdle: (options.connectionLimit ?? 10) - 1 });
  const connections = new Set<PoolConnection>();
  pool.on('connection', (connection: PoolConnection) => {
    connections.add(connection);
    // mysql2 emits `end` or `error`, whichever way it goes; with a listener, an error is nobody's crash.
    for (const event of ['end', 'error'] as const) connection.on(event, () => connections.delete(connection));
    breakOnTimeout(connection);
    // Queued here they run before any statement of the pool's user. Where one is refused the others still hold.
    for (const sql of session) connection.query({ sql, timeout: ACQUIRE_TIMEOUT_MS }, () => {});
  });
  boundAcquiring(pool);
  boundEnding(pool, connections);
  return pool;
}

/**
 * A connection that did not answer in time is broken off: that ends all statements which wait on it, those behind the
 * timed-out one included (their own clocks have not started), and tells the server to roll back.
 */
function breakOnTimeout(connection: PoolConnection): void {
  const query = connection.query.bind(connection) as (...args: unknown[]) => unknown;
  const bounded = (...args: unknown[]): unknown => {
    const done = args.at(-1);
    if (typeof done !== 'function') return query(...args);
    return query(...args.slice(0, -1), (error: NodeJS.ErrnoException | null, ...results: unknown[]) => {
      if (error?.code === 'PROTOCOL_SEQUENCE_TIMEOUT') streamOf(connection).destroy(error);
      done(error, ...results);
    });
  };
  connection.query = bounded as PoolConnection['query'];
}

/** A caller whose connection comes too late is told so; the connection goes back. */
function boundAcquiring(pool: Pool): void {
  const acquire = pool.getConnection.bind(pool);
  pool.getConnection = (done: Release) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      done(poolError('POOL_TIMEOUT', 'no connection to the database in time'), undefined as never);
    }, ACQUIRE_TIMEOUT_MS);
    acquire((error, connection) => {
      clearTimeout(timer);
      if (isLate) connection?.release();
      else if (error?.message === 'Pool is closed.') done(poolError('POOL_CLOSED', error.message), connection);
      else done(error, connection);
    });
  };
}

function boundEnding(pool: Pool, connections: ReadonlySet<PoolConnection>): void {
  const end = pool.end.bind(pool) as (done: (error?: NodeJS.ErrnoException | null) => void) => void;
  const bounded = (done: (error?: NodeJS.ErrnoException | null) => void): void => {
    let isOver = false;
    const finish = (error?: NodeJS.ErrnoException | null): void => {
      clearTimeout(timer);
      if (!isOver) done(error);
      isOver = true;
    };
    const timer = setTimeout(() => {
      for (const connection of connections) streamOf(connection).destroy();
      finish();
    }, END_TIMEOUT_MS);
    end(finish);
  };
  pool.end = bounded as Pool['end'];
}

/** `destroy()` of mysql2 only says goodbye, to a server that may never hear it, and leaves waiting statements waiting. */
function streamOf(connection: PoolConnection): { destroy(error?: Error): void } {
  return (connection as unknown as { stream: { destroy(error?: Error): void } }).stream;
}

function poolError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
