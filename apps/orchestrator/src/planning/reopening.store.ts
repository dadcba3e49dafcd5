import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Reopening } from '#common/contracts/reopening.js';
import { isFinding } from '#common/contracts/source-spec.js';
import { listOf, runSql } from '#common/persistence/dialect.js';
import { moveJob } from '#common/persistence/job-moves.js';
import { type JobToPlan, lockStatus } from './planning.store.js';

/** A run of chunk numbers, the last one excluded: bounds the length of a transaction. */
export interface ChunkRange {
  from: number;
  to: number;
}

/** Opens chunks of a finished job again: their sites that are to be visited once more lose their rows. */
@Injectable()
export class ReopeningStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Opens what the retry names among these chunks; behind the last one the job runs. Every step may be repeated: what is
   * open already is not named any more. Says `stopped` when the job is no longer being planned (cancelled).
   */
  reopenChunks(
    { id: jobId, sourceType }: Pick<JobToPlan, 'id' | 'sourceType'>,
    retry: Reopening,
    { from, to }: ChunkRange,
  ): Promise<'more' | 'started' | 'stopped'> {
    return this.dataSource.transaction(async (manager) => {
      if ((await lockStatus(manager, jobId)) !== 'planning') return 'stopped';
      const inRange = 'job_id = ? AND chunk_no >= ? AND chunk_no < ?';
      const range = [jobId, from, to];
      const [{ chunks }] = await manager.query(`SELECT COUNT(*) AS chunks FROM chunks WHERE ${inRange}`, range);
      if (Number(chunks) === 0) {
        await moveJob(manager, jobId, 'run', { reopening: null, source_open: isFinding(sourceType) ? 1 : 0 });
        return 'started';
      }
      const named = new Set(await list(manager, `chunks WHERE ${inRange} AND state`, range, retry.states));
      // Index ix_sites_chunk. Not of chunks that are open already: an old ticket may have begun one.
      const ended = "SELECT chunk_no FROM chunks WHERE job_id = ? AND state IN ('done', 'failed', 'cancelled')";
      const again = `sites WHERE ${inRange} AND chunk_no IN (${ended}) AND outcome`;
      const params = [...range, jobId];
      for (const no of await list(manager, again, params, retry.outcomes)) named.add(no);
      if (named.size === 0) return 'more';
      if (retry.outcomes.length > 0) {
        await runSql(manager, `DELETE FROM ${again} IN (${listOf(retry.outcomes)})`, [...params, ...retry.outcomes]);
      }
      await runSql(
        manager,
        `UPDATE chunks SET state = 'pending', failures = 0, losses = 0, error = NULL, next_at = 0, finished_at = NULL,
                sites_done = (SELECT COUNT(*) FROM sites s
                               WHERE s.job_id = chunks.job_id AND s.chunk_no = chunks.chunk_no)
          WHERE job_id = ? AND chunk_no IN (${listOf([...named])})`,
        [jobId, ...named],
      );
      return 'more';
    });
  }
}

/** The chunk numbers for which `condition` is one of `values`. */
async function list(
  manager: EntityManager,
  condition: string,
  range: unknown[],
  values: readonly string[],
): Promise<number[]> {
  if (values.length === 0) return [];
  const rows: { chunkNo: number }[] = await manager.query(
    `SELECT DISTINCT chunk_no AS chunkNo FROM ${condition} IN (${listOf(values)})`,
    [...range, ...values],
  );
  return rows.map(({ chunkNo }) => chunkNo);
}
