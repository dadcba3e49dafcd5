import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Reopening } from '#common/contracts/reopening.js';
import type { JobMove } from '#common/domain/job-status.js';
import { listOf } from '#common/persistence/dialect.js';
import { moveJob } from '#common/persistence/job-moves.js';

@Injectable()
export class MovesStore {
  constructor(private readonly dataSource: DataSource) {}

  /** False when the job's status does not allow the move. What `check` throws leaves everything as it was. */
  move(
    jobId: string,
    move: JobMove,
    set: Record<string, string | number | null>,
    check?: (manager: EntityManager) => Promise<void>,
  ): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      await check?.(manager);
      return moveJob(manager, jobId, move, set);
    });
  }

  /** Whether nothing of the job's own budget of pages or bytes is left. */
  async isBudgetSpent(manager: EntityManager, jobId: string): Promise<boolean> {
    const [row] = await manager.query(
      `SELECT j.id FROM jobs j JOIN chunks c ON c.job_id = j.id
        WHERE j.id = ? AND (j.max_pages IS NOT NULL OR j.max_bytes IS NOT NULL)
        GROUP BY j.id, j.max_pages, j.max_bytes
       HAVING SUM(c.pages) >= j.max_pages OR SUM(c.bytes) >= j.max_bytes`,
      [jobId],
    );
    return row !== undefined;
  }

  /**
   * Whether the job has chunks in these states (index ix_chunks_due), or sites with these outcomes (by primary key); or a
   * source that was not asked for all it has, because its time or budget was over.
   */
  async hasWork(manager: EntityManager, jobId: string, { states, outcomes }: Reopening): Promise<boolean> {
    const finds = async (source: string, values: readonly string[]): Promise<boolean> => {
      if (values.length === 0) return false;
      const [row] = await manager.query(`SELECT 1 FROM ${source} IN (${listOf(values)}) LIMIT 1`, [jobId, ...values]);
      return row !== undefined;
    };
    return (
      (await finds('chunks WHERE job_id = ? AND state', states)) ||
      (await finds('sites WHERE job_id = ? AND outcome', outcomes)) ||
      (states.length > 0 && finds('jobs WHERE id = ? AND source_open', ['1']))
    );
  }
}
