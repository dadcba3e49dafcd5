import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '#common/config/config.schema.js';
import { MAX_CHUNK_LOSSES } from '#common/domain/chunk-state.js';
import { dialectOf, listOf, runSql } from '#common/persistence/dialect.js';
import { insertErrors } from '#common/persistence/job-errors.js';
import { recordEvent } from '#common/persistence/job-moves.js';
import type { JobDemand } from './share-window.js';

export interface DueChunk {
  jobId: string;
  chunkNo: number;
  attempt: number;
}

/** Statements that keep chunks moving. Each is a compare-and-set on the state, so a second leader does no harm. */
@Injectable()
export class DispatchStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  /** Slots whose heartbeat is fresh and that can take work. */
  async countLiveSlots(): Promise<number> {
    const [row] = await this.dataSource.query(
      "SELECT COUNT(*) AS n FROM workers WHERE heartbeat_at > ? AND status NOT IN ('crashed', 'gone')",
      [Date.now() - 3 * this.config.HEARTBEAT_MS],
    );
    return Number(row.n);
  }

  /** Chunks of all jobs that are with the workers or on their way; index ix_chunks_lease. */
  async countInFlight(): Promise<number> {
    const [row] = await this.dataSource.query(
      "SELECT COUNT(*) AS n FROM chunks WHERE state IN ('dispatched', 'running')",
    );
    return Number(row.n);
  }

  /** Index ix_chunks_due, read without touching rows. */
  async listDemands(): Promise<JobDemand[]> {
    const { nowMs } = dialectOf(this.dataSource);
    const rows = await this.dataSource.query(
      `SELECT j.id AS jobId, j.account_id AS accountId, j.priority AS priority, j.worker_count AS workerCount,
              SUM(CASE WHEN c.state = 'pending' THEN 0 ELSE 1 END) AS inFlight,
              SUM(CASE WHEN c.state = 'pending' AND c.next_at <= ${nowMs} THEN 1 ELSE 0 END) AS due
         FROM jobs j JOIN chunks c ON c.job_id = j.id AND c.state IN ('pending', 'dispatched', 'running')
        WHERE j.status = 'running' AND j.target_reached_at IS NULL AND j.error IS NULL
        GROUP BY j.id, j.account_id, j.priority, j.worker_count`,
    );
    return rows.map((row: Record<string, unknown>) => ({
      jobId: row.jobId,
      accountId: row.accountId,
      priority: Number(row.priority),
      inFlight: Number(row.inFlight),
      due: Number(row.due),
      limit: Number(row.workerCount),
    }));
  }

  async listDue(jobId: string, limit: number): Promise<DueChunk[]> {
    const { nowMs } = dialectOf(this.dataSource);
    return this.dataSource.query(
      `SELECT job_id AS jobId, chunk_no AS chunkNo, attempt FROM chunks
        WHERE job_id = ? AND state = 'pending' AND next_at <= ${nowMs} ORDER BY chunk_no LIMIT ?`,
      [jobId, limit],
    );
  }

  async markDispatched(jobId: string, chunks: readonly DueChunk[]): Promise<void> {
    const { nowMs } = dialectOf(this.dataSource);
    const numbers = chunks.map((chunk) => chunk.chunkNo);
    await runSql(
      this.dataSource,
      `UPDATE chunks SET state = 'dispatched', dispatched_at = ${nowMs}
        WHERE job_id = ? AND state = 'pending' AND chunk_no IN (${listOf(numbers)})`,
      [jobId, ...numbers],
    );
  }

  /** The broker did not take the message. */
  async takeBack(chunk: DueChunk): Promise<void> {
    await runSql(
      this.dataSource,
      `UPDATE chunks SET state = 'pending', dispatched_at = NULL
        WHERE job_id = ? AND chunk_no = ? AND state = 'dispatched' AND attempt = ?`,
      [chunk.jobId, chunk.chunkNo, chunk.attempt],
    );
  }

  /** Dispatched chunks: how many, and how many of them longer ago than `olderThanMs`. */
  async countDispatched(olderThanMs: number): Promise<{ total: number; old: number }> {
    const { nowMs } = dialectOf(this.dataSource);
    const [row] = await this.dataSource.query(
      `SELECT COUNT(*) AS total, SUM(CASE WHEN dispatched_at < ${nowMs} - ? THEN 1 ELSE 0 END) AS old
         FROM chunks WHERE state = 'dispatched'`,
      [olderThanMs],
    );
    return { total: Number(row.total), old: Number(row.old ?? 0) };
  }

  /** Their messages are lost: to be dispatched again. A message that turns up after all is harmless. */
  async takeBackDispatched(olderThanMs: number): Promise<number> {
    const { nowMs } = dialectOf(this.dataSource);
    return runSql(
      this.dataSource,
      `UPDATE chunks SET state = 'pending', dispatched_at = NULL
        WHERE state = 'dispatched' AND dispatched_at <= ${nowMs} - ?`,
      [olderThanMs],
    );
  }

  /**
   * All that is held was held by a process that is dead: it is free at once. No loss is counted: it may have been stopped
   * by its owner, any number of times. Chunks whose process died of a bug have no lease left, and are the reaper's.
   */
  async takeBackAll(): Promise<void> {
    await runSql(this.dataSource, 'UPDATE leases SET expires_at = 0');
    await runSql(this.dataSource, 'UPDATE host_leases SET expires_at = 0 WHERE expires_at > 0');
    await runSql(
      this.dataSource,
      "UPDATE chunks SET state = 'pending', lease_until = NULL WHERE state = 'running' AND lease_until > 0",
    );
  }

  /**
   * Chunks whose worker is gone go back, or fail when too many were lost under them; returns how many did. Read first,
   * without locks, and then written by primary key: an UPDATE over the index would wait for every flush under way.
   */
  async reapExpired(): Promise<number> {
    const { nowMs } = dialectOf(this.dataSource);
    const expired: ExpiredChunk[] = await this.dataSource.query(
      `SELECT job_id AS jobId, chunk_no AS chunkNo, attempt, losses, worker FROM chunks
        WHERE state = 'running' AND lease_until < ${nowMs}`,
    );
    let reaped = 0;
    for (const chunk of expired) if (await this.reap(chunk)) reaped++;
    return reaped;
  }

  /**
   * A worker that vanished inside a transaction still holds its chunk's row on the server: it is left until the server
   * gives it up, and keeps no other waiting.
   */
  private async reap(chunk: ExpiredChunk): Promise<boolean> {
    const { nowMs, forUpdateSkipLocked } = dialectOf(this.dataSource);
    const isFinal = chunk.losses + 1 >= MAX_CHUNK_LOSSES;
    const error = isFinal ? `${MAX_CHUNK_LOSSES} workers were lost while they ran it` : null;
    const message = 'the worker was lost while it ran the chunk';
    return this.dataSource.transaction(async (manager) => {
      const [row] = await manager.query(
        `SELECT attempt FROM chunks
          WHERE job_id = ? AND chunk_no = ? AND attempt = ? AND state = 'running' AND lease_until < ${nowMs}
          ${forUpdateSkipLocked}`,
        [chunk.jobId, chunk.chunkNo, chunk.attempt],
      );
      if (!row) return false;
      await runSql(
        manager,
        `UPDATE chunks SET state = ?, losses = losses + 1, errors = errors + 1, lease_until = NULL, error = ?,
                finished_at = ${isFinal ? nowMs : 'NULL'}
          WHERE job_id = ? AND chunk_no = ?`,
        [isFinal ? 'failed' : 'pending', error, chunk.jobId, chunk.chunkNo],
      );
      await insertErrors(manager, chunk, chunk.worker, [{ code: 'internal', url: null, message, at: Date.now() }]);
      if (isFinal) {
        await recordEvent(manager, chunk.jobId, 'job_error', { code: 'internal', chunk: chunk.chunkNo });
      }
      return true;
    });
  }
}

interface ExpiredChunk extends DueChunk {
  losses: number;
  worker: string;
}
