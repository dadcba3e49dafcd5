import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { within } from '../domain/deadline.js';
import { isDatabaseLocked, isLockConflict } from './dialect.js';

/** How long a caller waits for its turn, and a statement for a lock of another process. */
const TURN_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 3000;
const LOCK_RETRY_MS = 50;

/** A lock handed out in the order it was asked for. */
class FifoLock {
  /** The connection it guards can commit nothing any more. */
  isSpoilt = false;
  #tail: Promise<void> = Promise.resolve();

  async acquire(): Promise<() => void> {
    const before = this.#tail;
    let release!: () => void;
    this.#tail = new Promise((resolve) => (release = resolve));
    await within(TURN_TIMEOUT_MS, before, () => {
      void before.then(release);
      return Object.assign(new Error('the database was busy for too long'), { code: 'POOL_TIMEOUT' });
    });
    return release;
  }
}

/** What TypeORM's driver has, if not for everybody. */
interface ReopenableDriver {
  databaseConnection: { close(): void };
  createDatabaseConnection(): Promise<{ close(): void }>;
}

/** Set while the code of a transaction runs. */
const inTransaction = new AsyncLocalStorage<{ open: boolean }>();

/**
 * TypeORM gives all callers one SQLite connection, so overlapping transactions mix silently. This runner, one per
 * caller, holds the lock for one statement, or from BEGIN to COMMIT/ROLLBACK.
 */
class LockingQueryRunner extends BetterSqlite3QueryRunner {
  readonly #lock: FifoLock;
  #release: (() => void) | null = null;

  constructor(driver: BetterSqlite3Driver, lock: FifoLock) {
    super(driver);
    this.#lock = lock;
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- the type of the overridden method
  override async query(...args: Parameters<BetterSqlite3QueryRunner['query']>): Promise<any> {
    const release = this.#release ? null : await this.#acquire();
    try {
      return await this.#queryUnlocked(...args);
    } finally {
      release?.();
    }
  }

  /** SQLite itself would wait for another process by blocking this one. */
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  async #queryUnlocked(...args: Parameters<BetterSqlite3QueryRunner['query']>): Promise<any> {
    for (const startedAt = performance.now(); ;) {
      try {
        return await super.query(...args);
      } catch (error) {
        if (!isDatabaseLocked(error) || performance.now() - startedAt > LOCK_TIMEOUT_MS) {
          this.#lock.isSpoilt ||= isDatabaseLocked(error) || isLockConflict(error);
          throw error;
        }
        await sleep(LOCK_RETRY_MS);
      }
    }
  }

  override async startTransaction(...args: Parameters<BetterSqlite3QueryRunner['startTransaction']>): Promise<void> {
    this.#release ??= await this.#acquire();
    try {
      await super.startTransaction(...args);
    } catch (error) {
      this.#free();
      throw error;
    }
  }

  override async commitTransaction(): Promise<void> {
    await super.commitTransaction();
    if (!this.isTransactionActive) this.#free();
  }

  override async rollbackTransaction(): Promise<void> {
    const outermost = this.transactionDepth <= 1;
    try {
      await super.rollbackTransaction();
    } finally {
      if (outermost) this.#free();
    }
  }

  override async release(): Promise<void> {
    if (this.#release && this.isTransactionActive) await this.rollbackTransaction();
    this.#free();
    await super.release();
  }

  async #acquire(): Promise<() => void> {
    // Waiting for the lock inside a transaction that holds it would never end: fail where the mistake is.
    if (inTransaction.getStore()?.open) {
      throw new Error("inside a transaction use the transaction's manager, not the data source");
    }
    const release = await this.#lock.acquire();
    try {
      if (this.#lock.isSpoilt) await this.#renewConnection();
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * libsql never resets a statement that found the file locked (0.5.29): until it is collected as garbage it counts as
   * in progress, and no transaction of its connection can commit.
   */
  async #renewConnection(): Promise<void> {
    const driver = this.driver as unknown as ReopenableDriver;
    const spoilt = driver.databaseConnection;
    driver.databaseConnection = await driver.createDatabaseConnection();
    this.#lock.isSpoilt = false;
    spoilt.close();
  }

  #free(): void {
    this.#release?.();
    this.#release = null;
  }
}

/** Makes a not yet initialised better-sqlite3 data source safe for concurrent transactions. */
export function serialiseTransactions(dataSource: DataSource): void {
  const lock = new FifoLock();
  const driver = dataSource.driver as BetterSqlite3Driver;
  driver.createQueryRunner = () => new LockingQueryRunner(driver, lock);

  const { manager } = dataSource;
  const transaction = manager.transaction.bind(manager) as (...args: unknown[]) => Promise<unknown>;
  manager.transaction = async (...args: unknown[]) => {
    const scope = { open: true };
    const inScope = (arg: unknown): unknown =>
      typeof arg === 'function' ? (inner: EntityManager) => inTransaction.run(scope, () => arg(inner)) : arg;
    try {
      return await transaction(...args.map(inScope));
    } finally {
      scope.open = false;
    }
  };
}
