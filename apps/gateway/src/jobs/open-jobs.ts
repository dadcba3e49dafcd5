import type { EntityManager } from 'typeorm';
import { OPEN_JOB_STATUSES } from '#common/domain/job-status.js';
import { Problem } from '#common/http/problem.js';
import { dialectOf, listOf } from '#common/persistence/dialect.js';

/** So far below the limit the requests that ten gateways take at once cannot pass it: only nearer do they queue up. */
const MARGIN = 1000;

/** Throws a Problem where the account has as many open jobs as it may have. For the transaction that opens another. */
export async function assertRoomForJob(manager: EntityManager, accountId: string, limit: number): Promise<void> {
  let open = await countOpenJobs(manager, accountId, limit);
  if (open + MARGIN >= limit) {
    await manager.query(`SELECT id FROM accounts WHERE id = ? ${dialectOf(manager).forUpdate}`, [accountId]);
    open = await countOpenJobs(manager, accountId, limit);
  }
  if (open >= limit) {
    throw new Problem(
      422,
      'limit_exceeded',
      `The account has ${limit} open jobs, the most it may have (MAX_OPEN_JOBS). Cancel some, or wait for one to end.`,
    );
  }
}

/** Index ix_jobs_queue alone; counts no further than `limit`. */
async function countOpenJobs(manager: EntityManager, accountId: string, limit: number): Promise<number> {
  const [row] = await manager.query(
    `SELECT COUNT(*) AS jobs FROM (
       SELECT 1 FROM jobs WHERE status IN (${listOf(OPEN_JOB_STATUSES)}) AND account_id = ? LIMIT ?) AS open_jobs`,
    [...OPEN_JOB_STATUSES, accountId, limit],
  );
  return Number(row.jobs);
}
