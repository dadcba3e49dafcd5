// Preloaded into a service (planted-bug.ts): changes statements on their way to the database.
import 'reflect-metadata';
import { DataSource, type QueryRunner } from 'typeorm';
import { BUG_VARIABLE, type PlantedBug } from './planted-bug.js';

type Query = (sql: string, params?: unknown[], structured?: boolean) => Promise<unknown>;

const SABOTAGE: Record<PlantedBug, (query: Query) => Query> = {
  fence: (query) => (sql, params, structured) => {
    // The flush: whatever attempt holds the chunk, in whatever state.
    if (/^SELECT attempt FROM chunks .* FOR UPDATE$/s.test(sql))
      return query(sql.replace(" AND attempt = ? AND state = 'running'", ''), params?.slice(0, 2), structured);
    // The renewal: no chunk is ever somebody else's, and no job ever ends.
    const keys = /c\.lease_until IS NOT NULL AND \(c\.job_id, c\.chunk_no, c\.attempt\) IN \((.*)\)/s.exec(sql);
    if (!keys) return query(sql, params, structured);
    const unfenced = `(c.job_id, c.chunk_no) IN (${keys[1]!.replaceAll('(?, ?, ?)', '(?, ?)')})`;
    const held = sql.replace(keys[0], unfenced).replace('j.status AS status', "'running' AS status");
    return query(
      held,
      params?.filter((_, i) => i % 3 < 2),
      structured,
    );
  },
  reaper: (query) => (sql, params, structured) =>
    /FROM chunks\s+WHERE state = 'running' AND lease_until </.test(sql)
      ? Promise.resolve([])
      : query(sql, params, structured),
  skip: (query) => async (sql, params, structured) => {
    if (sql === 'SELECT host FROM sites WHERE job_id = ? AND chunk_no = ?') return [];
    const result = await query(sql, params, structured);
    const columns = /^INSERT IGNORE INTO sites \(([^)]*)\)/.exec(sql)?.[1]?.split(',').length;
    if (columns) (result as { affected: number }).affected = (params?.length ?? 0) / columns;
    return result;
  },
};

const bug = process.env[BUG_VARIABLE] as PlantedBug;
const { createQueryRunner } = DataSource.prototype;
DataSource.prototype.createQueryRunner = function (this: DataSource, ...args): QueryRunner {
  const runner = createQueryRunner.apply(this, args);
  runner.query = SABOTAGE[bug](runner.query.bind(runner) as Query) as QueryRunner['query'];
  return runner;
};
