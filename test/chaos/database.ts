import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise';

export type Row = Record<string, string | number | null>;

/** The database's clock in epoch ms, which leases and claims are written by. */
export const NOW_MS = 'ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000)';

/** Reads the truth past the proxies. Rejects while the server is away. */
export class Database {
  private readonly pool: Pool;

  constructor(url: string) {
    this.pool = createPool({
      uri: url.replace(/^mariadb:/, 'mysql:'),
      connectionLimit: 3,
      connectTimeout: 3000,
      decimalNumbers: true,
      supportBigNumbers: true,
      bigNumberStrings: false,
    });
  }

  async read<T = Row>(sql: string, params: unknown[] = []): Promise<T[]> {
    const [rows] = await this.pool.query<RowDataPacket[]>({ sql, timeout: 10_000 }, params);
    return rows as T[];
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
