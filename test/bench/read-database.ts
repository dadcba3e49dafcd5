import Sqlite from 'libsql';
import { createConnection } from 'mysql2/promise';

export interface Reader {
  query(sql: string, params: unknown[]): Promise<Record<string, number>[]>;
  close(): Promise<void>;
}

/** Reads the rows of a running system from outside. */
export async function openForReading(databaseUrl: string): Promise<Reader> {
  if (databaseUrl.startsWith('sqlite:')) {
    const database = new Sqlite(databaseUrl.slice('sqlite:'.length), { readonly: true });
    return {
      query: async (sql, params) => database.prepare(sql).all(...params) as Record<string, number>[],
      close: async () => void database.close(),
    };
  }
  const connection = await createConnection({
    uri: databaseUrl.replace(/^mariadb:/, 'mysql:'),
    supportBigNumbers: true,
    bigNumberStrings: false,
    decimalNumbers: true,
  });
  return {
    query: async (sql, params) => (await connection.query(sql, params))[0] as Record<string, number>[],
    close: () => connection.end(),
  };
}
