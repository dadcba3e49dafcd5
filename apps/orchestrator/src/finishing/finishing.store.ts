import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isFinding } from '#common/contracts/source-spec.js';
import { OPEN_CHUNK_STATES } from '#common/domain/chunk-state.js';
import {
  BUDGET_EXCEEDED,
  DEADLINE_EXCEEDED,
  isTerminal,
  JOB_MOVES,
  type JobMove,
  type JobStatus,
} from '#common/domain/job-status.js';
import { dialectOf, insertIgnore, listOf, runSql, toBuffer } from '#common/persistence/dialect.js';
import { moveJob } from '#common/persistence/job-moves.js';
import type { ProgressSnapshot } from '#common/contracts/job-progressed.contract.js';
import { buildSnapshot, type JobTotals } from '../progress/snapshot.js';
import { readTotals } from '../progress/progress.store.js';

const CONTACTS_PER_STATEMENT = 1000;

export interface FinishedJob {
  jobId: string;
  status: JobStatus;
  snapshot: ProgressSnapshot;
}

/** A job without an open chunk. */
export interface FinishableJob {
  id: string;
  accountId: string;
  status: JobStatus;
}

/** What the last move of a job depends on. */
interface LockedJob {
  status: JobStatus;
  error: string | null;
  startedAt: number | null;
  targetReachedAt: number | null;
  sitesTotal: number;
  sourceType: string;
  sourceOpen: number;
  snapshotSeq: number;
}

@Injectable()
export class FinishingStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Read first: an UPDATE over all jobs would wait for every flush that counts towards a target. */
  async markOverdue(): Promise<number> {
    const overdue = `deadline_at < ? AND error IS NULL AND target_reached_at IS NULL
        AND status IN ('queued', 'planning', 'running', 'paused')`;
    const jobs: { id: string }[] = await this.dataSource.query(`SELECT id FROM jobs WHERE ${overdue}`, [Date.now()]);
    let marked = 0;
    for (const { id } of jobs) {
      marked += await runSql(this.dataSource, `UPDATE jobs SET error = ? WHERE id = ? AND ${overdue}`, [
        DEADLINE_EXCEEDED,
        id,
        Date.now(),
      ]);
    }
    return marked;
  }

  /** Counts what is flushed: pages that are being fetched when the budget is spent come on top. */
  async markOverBudget(): Promise<number> {
    const jobs: { id: string }[] = await this.dataSource.query(
      `SELECT j.id FROM jobs j JOIN chunks c ON c.job_id = j.id
        WHERE j.status IN ('running', 'paused') AND j.error IS NULL AND j.target_reached_at IS NULL
          AND (j.max_pages IS NOT NULL OR j.max_bytes IS NOT NULL)
        GROUP BY j.id, j.max_pages, j.max_bytes
       HAVING SUM(c.pages) >= j.max_pages OR SUM(c.bytes) >= j.max_bytes`,
    );
    let marked = 0;
    for (const { id } of jobs) {
      marked += await runSql(
        this.dataSource,
        "UPDATE jobs SET error = ? WHERE id = ? AND error IS NULL AND status IN ('running', 'paused')",
        [BUDGET_EXCEEDED, id],
      );
    }
    return marked;
  }

  /** Chunks that need not run any more: of cancelled jobs, beyond a reached target, a deadline or a budget. Running ones stop themselves. */
  async cancelUnneeded(): Promise<number> {
    const { nowMs } = dialectOf(this.dataSource);
    const unneeded = `status = 'cancelling'
        OR (status IN ('running', 'paused') AND (target_reached_at IS NOT NULL OR error IS NOT NULL))`;
    const jobs: { id: string }[] = await this.dataSource.query(`SELECT id FROM jobs WHERE ${unneeded}`);
    if (jobs.length === 0) return 0;
    return runSql(
      this.dataSource,
      `UPDATE chunks SET state = 'cancelled', finished_at = ${nowMs}, lease_until = NULL
        WHERE job_id IN (${listOf(jobs)}) AND job_id IN (SELECT id FROM jobs WHERE ${unneeded})
          AND (state IN ('pending', 'dispatched') OR (state = 'running' AND lease_until < ${nowMs}))`,
      jobs.map((job) => job.id),
    );
  }

  /** Jobs without an open chunk, and to which none will be added; index ix_chunks_due. */
  listFinishable(): Promise<FinishableJob[]> {
    return this.dataSource.query(
      `SELECT id, account_id AS accountId, status FROM jobs
        WHERE status IN ('running', 'paused', 'cancelling')
          AND (source_open = 0 OR status = 'cancelling' OR target_reached_at IS NOT NULL OR error IS NOT NULL)
          AND NOT EXISTS (
          SELECT 1 FROM chunks c WHERE c.job_id = jobs.id AND c.state IN (${listOf(OPEN_CHUNK_STATES)}))`,
      [...OPEN_CHUNK_STATES],
    );
  }

  /**
   * Enters what the job counts into the account's contacts (with `dedupe: account` its flushes have done so), and dates
   * those anew that earlier jobs have entered. Idempotent: a crash before the job's last move repeats it. False when it
   * ended early.
   */
  async recordContacts(job: FinishableJob, isActive: () => boolean): Promise<boolean> {
    let after: Buffer = Buffer.alloc(0);
    while (isActive()) {
      const rows: { hash: Buffer | ArrayBuffer; seq: number; flags: string }[] = await this.dataSource.query(
        "SELECT hash, seq, flags FROM emails WHERE job_id = ? AND hash > ? AND flags IN ('', 'known') ORDER BY hash LIMIT ?",
        [job.id, after, CONTACTS_PER_STATEMENT],
      );
      const last = rows.at(-1);
      if (!last) return true;
      const counted = rows.filter(({ flags }) => flags === '');
      await insertIgnore(
        this.dataSource,
        'contacts',
        ['account_id', 'hash', 'first_job_id', 'first_seen_at', 'last_seen_at'],
        counted.map(({ hash, seq }) => [job.accountId, toBuffer(hash), job.id, seq, seq]),
      );
      const hashes = rows.map(({ hash }) => toBuffer(hash));
      await runSql(
        this.dataSource,
        `UPDATE contacts SET last_seen_at = ? WHERE account_id = ? AND hash IN (${listOf(hashes)})`,
        [Date.now(), job.accountId, ...hashes],
      );
      after = toBuffer(last.hash);
    }
    return false;
  }

  /** The last move: terminal status, last snapshot and event in one transaction. Null when the job is not finished after all. */
  finish(jobId: string): Promise<FinishedJob | null> {
    return this.dataSource.transaction(async (manager) => {
      const job = await lockJob(manager, jobId);
      if (!job || isTerminal(job.status)) return null;
      const [totals] = await readTotals(manager, [jobId]);
      if (totals && totals.pending + totals.dispatched + totals.running > 0) return null;
      if (mayFindMore(job)) return null;
      const finishedAt = Date.now();
      const { move, error } = await judge(manager, jobId, job, totals);
      const snapshot = buildSnapshot({
        totals: totals ?? emptyTotals(jobId),
        version: job.snapshotSeq + 1,
        sitesTotal: job.sitesTotal,
        percent: 100,
        emailsPerSecond: perSecond(totals?.emails ?? 0, finishedAt - (job.startedAt ?? finishedAt)),
        etaSeconds: 0,
      });
      const moved = await moveJob(manager, jobId, move, {
        error,
        finished_at: finishedAt,
        snapshot: JSON.stringify(snapshot),
        snapshot_seq: snapshot.version,
      });
      await runSql(manager, 'DELETE FROM site_waits WHERE job_id = ?', [jobId]);
      return moved ? { jobId, status: JOB_MOVES[move].to, snapshot } : null;
    });
  }
}

async function lockJob(manager: EntityManager, jobId: string): Promise<LockedJob | undefined> {
  const { forUpdate } = dialectOf(manager);
  const [job] = await manager.query(
    `SELECT status, error, started_at AS startedAt, target_reached_at AS targetReachedAt,
            sites_total AS sitesTotal, source_type AS sourceType, source_open AS sourceOpen, snapshot_seq AS snapshotSeq
       FROM jobs WHERE id = ? ${forUpdate}`,
    [jobId],
  );
  return job;
}

/** As long as nothing has ended the job: a source that was closed was opened again meanwhile, by a retry. */
function mayFindMore({ sourceOpen, status, targetReachedAt, error }: LockedJob): boolean {
  return sourceOpen === 1 && status !== 'cancelling' && targetReachedAt === null && error === null;
}

/** Page and site errors are outcomes; only failed chunks and a missed deadline are errors of the job. */
async function judge(
  manager: EntityManager,
  jobId: string,
  job: LockedJob,
  totals: JobTotals | undefined,
): Promise<{ move: JobMove; error: string | null }> {
  if (job.status === 'cancelling') return { move: 'endCancelling', error: job.error };
  const { failed = 0, cancelled = 0, total = 0 } = totals ?? {};
  // A deadline that passes when all is done has cancelled nothing. A retry that left out what an earlier one cancelled has.
  const isCutShort = job.targetReachedAt === null && (cancelled > 0 || (job.sourceOpen === 1 && job.error !== null));
  if (isCutShort) return { move: 'completeWithErrors', error: job.error ?? DEADLINE_EXCEEDED };
  if (failed === 0) return { move: 'complete', error: null };
  // Its source has led nowhere: what it said is what the job's owner needs to know.
  const isFruitless = isFinding(job.sourceType) && failed === total && totals?.sitesDone === 0;
  if (isFruitless) return { move: 'fail', error: await readChunkError(manager, jobId) };
  return { move: 'completeWithErrors', error: `${failed} of ${total} chunks failed` };
}

async function readChunkError(manager: EntityManager, jobId: string): Promise<string> {
  const [chunk] = await manager.query(
    "SELECT error FROM chunks WHERE job_id = ? AND state = 'failed' ORDER BY chunk_no LIMIT 1",
    [jobId],
  );
  return chunk.error;
}

function emptyTotals(jobId: string): JobTotals {
  return {
    jobId,
    total: 0,
    pending: 0,
    dispatched: 0,
    running: 0,
    done: 0,
    failed: 0,
    cancelled: 0,
    sitesDone: 0,
    emails: 0,
    pages: 0,
    bytes: 0,
    errors: 0,
  };
}

function perSecond(count: number, ms: number): number {
  return ms <= 0 ? 0 : Math.round((count * 10_000) / ms) / 10;
}
