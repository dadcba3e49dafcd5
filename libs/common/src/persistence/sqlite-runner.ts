import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager } from 'typeorm';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';

/** A lock handed out in the order it was asked for. */
class FifoLock {
  #tail: Promise<void> = Promise.resolve();

  async acquire(): Promise<() => void> {
    const before = this.#tail;
    let release!: () => void;
    this.#tail = new Promise((resolve) => (release = resolve));
    await before;
    return release;
  }
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
    if (this.#release) return super.query(...args);
    const release = await this.#acquire();
    try {
      return await super.query(...args);
    } finally {
      release();
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

  #acquire(): Promise<() => void> {
    // Waiting for the lock inside a transaction that holds it would never end: fail where the mistake is.
    if (inTransaction.getStore()?.open) {
      throw new Error("inside a transaction use the transaction's manager, not the data source");
    }
    return this.#lock.acquire();
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
