import Libsql from 'libsql';

/**
 * libsql behind the interface of better-sqlite3, with one correction. A statement whose only parameter is a Buffer or
 * null would take it for named parameters and abort the whole process (libsql 0.5.29, `convert_params_object`): given
 * as one array they are always positional.
 */
export class SqliteDatabase extends Libsql {
  override prepare = ((sql: string) => {
    const statement = super.prepare(sql);
    const all = statement.all.bind(statement);
    const run = statement.run.bind(statement);
    statement.all = (...params: unknown[]) => all(params);
    statement.run = (...params: unknown[]) => run(params);
    return statement;
  }) as Libsql.Database['prepare'];
}
