import type { EntityManager } from 'typeorm';
import { JOB_MOVES, type JobMove } from '../domain/job-status.js';
import { dialectOf, listOf, runSql } from './dialect.js';

/**
 * Makes a move if the job's status allows it (a compare-and-set on the status) and records the lifecycle event in the same
 * transaction. `set` names further columns to write. Returns false where the move was not allowed.
 */
export async function moveJob(
  manager: EntityManager,
  jobId: string,
  move: JobMove,
  set: Record<string, string | number | null> = {},
): Promise<boolean> {
  const { from, to } = JOB_MOVES[move];
  const columns = Object.keys(set).map((column) => `, ${column} = ?`);
  const moved = await runSql(
    manager,
    `UPDATE jobs SET status = ?, version = version + 1${columns.join('')} WHERE id = ? AND status IN (${listOf(from)})`,
    [to, ...Object.values(set), jobId, ...from],
  );
  if (moved === 0) return false;
  await recordEvent(manager, jobId, 'status', { status: to, ...(set.error ? { error: set.error } : {}) });
  return true;
}

/**
 * Appends to the job's lifecycle, which SSE clients replay by id. `data` is ours: nothing from a page. The job's row is
 * locked, as a move has done already: else a later id could be committed, and read, before an earlier one.
 */
export async function recordEvent(
  manager: EntityManager,
  jobId: string,
  event: 'status' | 'job_error' | 'wave',
  data: object,
): Promise<void> {
  if (event !== 'status')
    await manager.query(`SELECT id FROM jobs WHERE id = ? ${dialectOf(manager).forUpdate}`, [jobId]);
  await runSql(manager, 'INSERT INTO job_events (job_id, event, data, at) VALUES (?, ?, ?, ?)', [
    jobId,
    event,
    JSON.stringify(data),
    Date.now(),
  ]);
}
