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
  /** Slices that are read, those still to be, and how many of the last wave have not failed. */
  done: number;
  open: number;
  alive: number;
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
              SUM(CASE WHEN c.state IN ('pending', 'dispatched', 'running') THEN 1 ELSE 0 END) AS open,
              SUM(CASE WHEN c.chunk_no >= j.wave_from AND c.state <> 'failed' THEN 1 ELSE 0 END) AS alive
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
      alive: Number(row.alive),
    }));
  }

  /**
   * Adds a wave of up to `size` slices: first pages before second ones, in the order of the queries; pages beyond a known
   * last one, and those of queries that have failed, are left out. Returns how many there were.
   */
  addSlices(job: Pick<FindingJob, 'id' | 'found'>, size: number): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      if ((await lockStatus(manager, job.id)) !== 'running') return 0;
      const slices = takeTurns(await listCursors(manager, job.id, size), size);
      if (slices.length === 0) return 0;
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
      await runSql(manager, 'UPDATE jobs SET wave = wave + 1, wave_from = ? WHERE id = ?', [Number(next), job.id]);
      const [{ wave }] = await manager.query('SELECT wave FROM jobs WHERE id = ?', [job.id]);
      await recordEvent(manager, job.id, 'wave', { wave: Number(wave), chunks: slices.length, found: job.found });
      return slices.length;
    });
  }

  /** Adds the next chunks for sites that were found; true while there are more. */
  addRuns(jobId: string, sitesPerChunk: number, maxSites: number): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      if ((await lockStatus(manager, jobId)) !== 'running') return false;
      return addRuns(manager, jobId, sitesPerChunk, maxSites);
    });
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
    await runSql(this.dataSource, "UPDATE jobs SET source_open = 0 WHERE id = ? AND status = 'running'", [jobId]);
  }
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
