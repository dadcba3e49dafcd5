import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { insertIgnore, runSql } from '#common/persistence/dialect.js';
import { recordEvent } from '#common/persistence/job-moves.js';
import { addRuns, lockStatus } from './planning.store.js';

/** Result pages of one query: a provider that never says that it has no more must not be asked for ever. */
const MAX_PAGES = 100;

/** A running job whose source may have more sites. */
export interface FindingJob {
  id: string;
  sourceType: string;
  target: number | null;
  found: number;
  workerCount: number;
  wave: number;
  /** Slices that are read, and those still to be. */
  done: number;
  open: number;
}

/** A query, the page of it that is to be asked for next, and the last there may be. */
interface Cursor {
  seq: number;
  page: number;
  last: number;
}

@Injectable()
export class WavesStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Index ix_jobs_queue. */
  async listFinding(): Promise<FindingJob[]> {
    const rows: Record<string, unknown>[] = await this.dataSource.query(
      `SELECT j.id AS id, j.source_type AS sourceType, j.target AS target, j.found AS found,
              j.worker_count AS workerCount, j.wave AS wave,
              SUM(CASE WHEN c.state = 'done' THEN 1 ELSE 0 END) AS done,
              SUM(CASE WHEN c.state IN ('pending', 'dispatched', 'running') THEN 1 ELSE 0 END) AS open
         FROM jobs j LEFT JOIN chunks c ON c.job_id = j.id AND c.slice_query IS NOT NULL
        WHERE j.status = 'running' AND j.source_open = 1 AND j.target_reached_at IS NULL AND j.error IS NULL
        GROUP BY j.id, j.source_type, j.target, j.found, j.worker_count, j.wave`,
    );
    return rows.map((row) => ({
      id: String(row.id),
      sourceType: String(row.sourceType),
      target: row.target === null ? null : Number(row.target),
      found: Number(row.found),
      workerCount: Number(row.workerCount),
      wave: Number(row.wave),
      done: Number(row.done),
      open: Number(row.open),
    }));
  }

  /**
   * Adds a wave of up to `size` slices: first pages before second ones, in the order of the queries; pages beyond a known
   * last one, and those of queries that have failed, are left out. Returns how many there were; where there is none the
   * source is closed. Says `stopped` where the job does not run (paused, cancelled).
   */
  addSlices(job: Pick<FindingJob, 'id' | 'found'>, size: number): Promise<number | 'stopped'> {
    return this.dataSource.transaction(async (manager) => {
      if ((await lockStatus(manager, job.id)) !== 'running') return 'stopped';
      const slices = takeTurns(await listCursors(manager, job.id, size), size);
      if (slices.length === 0) {
        await closeSource(manager, job.id);
        return 0;
      }
      const [{ next }] = await manager.query(
        'SELECT COALESCE(MAX(chunk_no) + 1, 0) AS next FROM chunks WHERE job_id = ?',
        [job.id],
      );
      const columns = ['job_id', 'chunk_no', 'state', 'sites', 'first_host', 'last_host', 'slice_query', 'slice_page'];
      const rows = slices.map(({ seq, page }, i) => [job.id, Number(next) + i, 'pending', 0, '', '', seq, page]);
      await insertIgnore(manager, 'chunks', columns, rows);
      const nextPages = new Map(slices.map(({ seq, page }) => [seq, page + 1]));
      for (const [seq, page] of nextPages) {
        await runSql(manager, 'UPDATE job_queries SET next_page = ? WHERE job_id = ? AND seq = ?', [page, job.id, seq]);
      }
      await runSql(manager, 'UPDATE jobs SET wave = wave + 1 WHERE id = ?', [job.id]);
      const [{ wave }] = await manager.query('SELECT wave FROM jobs WHERE id = ?', [job.id]);
      await recordEvent(manager, job.id, 'wave', { wave: Number(wave), chunks: slices.length, found: job.found });
      return slices.length;
    });
  }

  /** Adds the next chunks for sites that were found; with the last ones the source is closed. */
  addRuns(jobId: string, sitesPerChunk: number, maxSites: number): Promise<'more' | 'done' | 'stopped'> {
    return this.dataSource.transaction(async (manager) => {
      if ((await lockStatus(manager, jobId)) !== 'running') return 'stopped';
      if (await addRuns(manager, jobId, sitesPerChunk, maxSites)) return 'more';
      await closeSource(manager, jobId);
      return 'done';
    });
  }

  /** Whether the last slices, so many of them, have all failed. */
  async haveFailed(jobId: string, slices: number): Promise<boolean> {
    const last: { state: string }[] = await this.dataSource.query(
      'SELECT state FROM chunks WHERE job_id = ? AND slice_query IS NOT NULL ORDER BY chunk_no DESC LIMIT ?',
      [jobId, slices],
    );
    return last.length === slices && last.every(({ state }) => state === 'failed');
  }

  /** What is known now that the list is read. */
  async setPlan(jobId: string, plan: { workerCount: number; sites: number }): Promise<void> {
    await runSql(this.dataSource, 'UPDATE jobs SET worker_count = ?, sites_total = ? WHERE id = ?', [
      plan.workerCount,
      plan.sites,
      jobId,
    ]);
  }

  /** Nothing more comes: the job ends with its last chunk. */
  async closeSource(jobId: string): Promise<void> {
    await this.dataSource.transaction((manager) => closeSource(manager, jobId));
  }
}

async function closeSource(manager: EntityManager, jobId: string): Promise<void> {
  await runSql(manager, "UPDATE jobs SET source_open = 0 WHERE id = ? AND status = 'running'", [jobId]);
}

/** Queries that may have more, those asked least first. */
async function listCursors(manager: EntityManager, jobId: string, limit: number): Promise<Cursor[]> {
  const rows: Record<string, unknown>[] = await manager.query(
    `SELECT seq, next_page AS page, COALESCE(last_page, ?) AS last FROM job_queries
      WHERE job_id = ? AND next_page <= COALESCE(last_page, ?)
        AND seq NOT IN (SELECT slice_query FROM chunks
                         WHERE job_id = ? AND state = 'failed' AND slice_query IS NOT NULL)
      ORDER BY next_page, seq LIMIT ?`,
    [MAX_PAGES - 1, jobId, MAX_PAGES - 1, jobId, limit],
  );
  return rows.map(({ seq, page, last }) => ({ seq: Number(seq), page: Number(page), last: Number(last) }));
}

/** One page of each query after the other, until there are `size`. */
function takeTurns(cursors: readonly Cursor[], size: number): { seq: number; page: number }[] {
  const slices: { seq: number; page: number }[] = [];
  for (let turn = 0; slices.length < size; turn++) {
    const due = cursors.filter(({ page, last }) => page + turn <= last);
    if (due.length === 0) break;
    slices.push(...due.map(({ seq, page }) => ({ seq, page: page + turn })));
  }
  return slices.slice(0, size);
}
