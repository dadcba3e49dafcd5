import { type QueryRunner, Table, TableColumn, type TableColumnOptions } from 'typeorm';
import { isSqlite } from '../dialect.js';

export type ColumnOptions = Partial<TableColumnOptions>;
type Column = (options?: ColumnOptions) => ColumnOptions;

export const varchar =
  (length: number): Column =>
  (options) => ({ type: 'varchar', length: String(length), ...options });
export const binary =
  (length: number): Column =>
  (options) => ({ type: 'varbinary', length: String(length), ...options });
export const int: Column = (options) => ({ type: 'integer', ...options });
export const bigint: Column = (options) => ({ type: 'bigint', ...options });
export const text: Column = (options) => ({ type: 'text', ...options });
export const mediumtext: Column = (options) => ({ type: 'mediumtext', ...options });
export const double: Column = (options) => ({ type: 'double', ...options });

export const pk = { isPrimary: true };
export const nullable = { isNullable: true };
export const zero = { default: '0' };

/** Keys that are ASCII by construction compare bytewise and cost one byte a character in the index. */
export function asciiColumns(runner: QueryRunner): { id: Column; host: Column; ascii: ColumnOptions } {
  const ascii: ColumnOptions = isSqlite(runner.manager) ? {} : { charset: 'ascii', collation: 'ascii_bin' };
  return {
    ascii,
    id: (options) => ({ ...varchar(36)(ascii), ...options }),
    host: (options) => ({ ...varchar(260)(ascii), ...options }),
  };
}

/** An index whose name begins with `ux_` is unique. */
export function createTable(
  runner: QueryRunner,
  name: string,
  columns: Record<string, ColumnOptions>,
  indices: Record<string, string[]> = {},
): Promise<void> {
  return runner.createTable(
    new Table({
      name,
      columns: Object.entries(columns).map(toColumn),
      indices: Object.entries(indices).map(([indexName, columnNames]) => ({
        name: indexName,
        columnNames,
        isUnique: indexName.startsWith('ux_'),
      })),
    }),
  );
}

export function addColumns(runner: QueryRunner, table: string, columns: Record<string, ColumnOptions>): Promise<void> {
  return runner.addColumns(
    table,
    Object.entries(columns).map((entry) => new TableColumn(toColumn(entry))),
  );
}

function toColumn([name, options]: [string, ColumnOptions]): TableColumnOptions {
  return { name, type: 'integer', ...options };
}
