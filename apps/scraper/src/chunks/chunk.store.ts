import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { Config } from '#common/config/config.schema.js';
import type { JobSpec } from '#common/contracts/job-spec.js';
import { MAX_CHUNK_FAILURES, MAX_CHUNK_LOSSES } from '#common/domain/chunk-state.js';
import { retryDelayMs } from '#common/domain/backoff.js';
import { isTerminal, type JobStatus } from '#common/domain/job-status.js';
import type { ErrorCode } from '#common/domain/site-outcome.js';
import { dialectOf, runSql } from '#common/persistence/dialect.js';
import { insertErrors } from '#common/persistence/job-errors.js';
import { recordEvent } from '#common/persistence/job-moves.js';
import type { SiteTask } from '../crawl/site-result.js';

/** Identifies one run of one chunk: writes with another attempt than the row's touch nothing. */
export interface ChunkKey {
  jobId: string;
  chunkNo: number;
  attempt: number;
}

/** A claimed chunk with all that running it needs. */
export interface ClaimedChunk extends ChunkKey {
  worker: string;
  accountId: string;
  target: number | null;
  spec: JobSpec;
  /** Whether it is to be run at all: its ticket may be older than the job's pause or end. */
  news: LeaseNews;
  /** What is to be asked of the job's source before there are sites; null when it has answered, or sites were given. */
  slice: Slice | null;
  /** Sites still to be done: those finished in an earlier attempt are not among them. */
  sites: SiteTask[];
}

/** One page (from 0) of what the job asks its source. */
export interface Slice {
  query: number;
  page: number;
}

export interface ClaimRequest {
  jobId: string;
  chunkNo: number;
  /** Unique over all replicas, and running nothing else. */
  worker: string;
}

/** A claimed chunk before its sites are read. */
export interface Claim extends ChunkKey {
  worker: string;
  accountId: string;
  target: number | null;
  /** JobSpec as JSON. */
  spec: string;
  news: LeaseNews;
  firstHost: string;
  lastHost: string;
  sliceQuery: number | null;
  slicePage: number | null;
  results: number | null;
  sitesDone: number;
}

/** An error of the chunk itself. */
export interface ChunkFailure {
  code: ErrorCode;
  message: string;
  /** Another try would end in the same way. */
  isFinal?: boolean;
  /** It is not tried again before, whatever the backoff says. */
  delayMs?: number;
}

/** Why, and for how long, a site of a chunk must wait. */
export interface SiteWaiting {
  host: string;
  waitMs: number;
  /** How often the host itself has asked for it: that is borne a few times only. */
  times: number;
  reason: string;
}

/** What a renewal tells of a chunk: fenced when another attempt holds it now. */
export type LeaseNews = 'held' | 'fenced' | 'cancelled' | 'paused' | 'not_needed';

/** The chunk protocol: every statement is guarded by the attempt, so each may run twice, late, or not at all. */
@Injectable()
export class ChunkStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  /**
   * Takes chunks for workers, each in a new attempt, all in one statement; null in the place of one that is not to be
   * had (a duplicate or late message). Who finds its worker gone counts the loss, as the reaper would, and leaves the last
   * one to it. The update commits by itself and the reading is tied to the workers' unique
   * names: what is read as a worker's is that worker's.
   */
  async claim(requests: readonly ClaimRequest[]): Promise<(Claim | null)[]> {
    const { nowMs, tuples, byPrimaryKey } = dialectOf(this.dataSource);
    const keys = requests.flatMap(({ jobId, chunkNo }) => [jobId, chunkNo]);
    const workers = requests.flatMap(({ jobId, chunkNo, worker }) => [jobId, chunkNo, worker]);
    await runSql(
      this.dataSource,
      `UPDATE chunks ${byPrimaryKey} SET losses = losses + CASE WHEN state = 'running' THEN 1 ELSE 0 END,
              state = 'running', attempt = attempt + 1, lease_until = ${nowMs} + ?, started_at = ${nowMs},
              worker = CASE ${requests.map(() => 'WHEN job_id = ? AND chunk_no = ? THEN ?').join(' ')} END
        WHERE (job_id, chunk_no) IN ${tuples(requests.length, 2)}
          AND (state IN ('pending', 'dispatched')
               OR (state = 'running' AND lease_until < ${nowMs} AND losses + 1 < ${MAX_CHUNK_LOSSES}))`,
      [this.config.LEASE_MS, ...workers, ...keys],
    );
    const rows: (Claim & JobNews)[] = await this.dataSource.query(
      `SELECT c.job_id AS jobId, c.chunk_no AS chunkNo, c.worker AS worker, c.attempt AS attempt,
              c.first_host AS firstHost, c.last_host AS lastHost, c.slice_query AS sliceQuery,
              c.slice_page AS slicePage, c.results AS results, c.sites_done AS sitesDone,
              j.account_id AS accountId, j.target AS target, j.spec AS spec, ${JOB_NEWS}
         FROM chunks c JOIN jobs j ON j.id = c.job_id
        WHERE (c.job_id, c.chunk_no) IN ${tuples(requests.length, 2)} AND c.state = 'running'`,
      keys,
    );
    return requests.map(({ jobId, chunkNo, worker }) => {
      const row = rows.find((found) => found.worker === worker && found.jobId === jobId && found.chunkNo === chunkNo);
      return row ? { ...row, news: readNews(row) } : null;
    });
  }

  /**
   * A message came again while the lease lives: perhaps its worker is dead. The lease ends soon unless a living worker
   * renews it.
   */
  async shortenLease(jobId: string, chunkNo: number): Promise<void> {
    const { nowMs } = dialectOf(this.dataSource);
    const soon = Math.ceil(1.5 * this.config.HEARTBEAT_MS);
    await runSql(
      this.dataSource,
      `UPDATE chunks SET lease_until = ${nowMs} + ?
        WHERE job_id = ? AND chunk_no = ? AND state = 'running' AND lease_until > ${nowMs} + ?`,
      [soon, jobId, chunkNo, soon],
    );
  }

  /** Renews all these leases in one statement and reads back what became of each, in the order given. */
  async renew(runner: QueryRunner, keys: readonly ChunkKey[]): Promise<LeaseNews[]> {
    const { nowMs, tuples, byPrimaryKey } = dialectOf(this.dataSource);
    const params = keys.flatMap((key) => [key.jobId, key.chunkNo, key.attempt]);
    // `lease_until` is set exactly while a chunk runs.
    const held = `c.lease_until IS NOT NULL AND (c.job_id, c.chunk_no, c.attempt) IN ${tuples(keys.length, 3)}`;
    await runner.query(
      `UPDATE chunks ${byPrimaryKey} SET lease_until = ${nowMs} + ? WHERE ${held.replaceAll('c.', '')}`,
      [this.config.LEASE_MS, ...params],
    );
    const rows = await runner.query(
      `SELECT c.job_id AS jobId, c.chunk_no AS chunkNo, ${JOB_NEWS}
         FROM chunks c JOIN jobs j ON j.id = c.job_id WHERE ${held}`,
      params,
    );
    const news = new Map(rows.map((row: JobNews & ChunkKey) => [`${row.jobId}/${row.chunkNo}`, readNews(row)]));
    return keys.map((key) => (news.get(`${key.jobId}/${key.chunkNo}`) as LeaseNews | undefined) ?? 'fenced');
  }

  /** Gives the chunk back because these sites must wait; it is due again when the first of them is. */
  async postpone(key: ChunkKey, waits: readonly SiteWaiting[]): Promise<void> {
    const { nowMs, onDuplicate, incoming } = dialectOf(this.dataSource);
    const sorted = waits.toSorted((a, b) => (a.host < b.host ? -1 : 1));
    const delayMs = Math.min(...waits.map(({ waitMs }) => waitMs));
    await this.dataSource.transaction(async (manager) => {
      if ((await handBack(manager, key, delayMs)) === 0) return;
      await runSql(
        manager,
        `INSERT INTO site_waits (job_id, host, until, times, reason)
         VALUES ${sorted.map(() => `(?, ?, ${nowMs} + ?, ?, ?)`).join(', ')}
         ${onDuplicate('job_id, host')} until = ${incoming('until')}, times = ${incoming('times')},
           reason = ${incoming('reason')}`,
        sorted.flatMap(({ host, waitMs, times, reason }) => [
          key.jobId,
          host,
          Math.ceil(waitMs),
          times,
          reason.slice(0, 200),
        ]),
      );
    });
  }

  /** Gives the chunk back unfinished, counting neither a failure nor a loss. */
  async handBack(key: ChunkKey, delayMs = 0): Promise<void> {
    await handBack(this.dataSource, key, delayMs);
  }

  async settleCancelled(key: ChunkKey): Promise<void> {
    const { nowMs } = dialectOf(this.dataSource);
    await runSql(
      this.dataSource,
      `UPDATE chunks SET state = 'cancelled', lease_until = NULL, finished_at = ${nowMs} WHERE ${FENCE}`,
      fenceOf(key),
    );
  }

  /** Nothing was left to do, or everything had been flushed before. */
  async settleDone(key: ChunkKey): Promise<void> {
    const { nowMs } = dialectOf(this.dataSource);
    await runSql(
      this.dataSource,
      `UPDATE chunks SET state = 'done', lease_until = NULL, finished_at = ${nowMs}, error = NULL WHERE ${FENCE}`,
      fenceOf(key),
    );
  }

  /** Ends the leases of a process that is dying, each with an error row; the reaper counts the losses. */
  async abandon(keys: readonly ChunkKey[], worker: string, message: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      for (const key of keys) {
        const sql = `UPDATE chunks SET lease_until = 0, errors = errors + 1 WHERE ${FENCE}`;
        if ((await runSql(manager, sql, fenceOf(key))) === 0) continue;
        await insertErrors(manager, key, worker, [{ code: 'internal', url: null, message, at: Date.now() }]);
      }
    });
  }

  /** Counts a failure of the chunk itself: it runs again after a backoff, or is failed for good at the fifth. */
  async fail(
    key: ChunkKey,
    worker: string,
    { code, message, isFinal: isHopeless, delayMs = 0 }: ChunkFailure,
  ): Promise<void> {
    const { nowMs, forUpdate } = dialectOf(this.dataSource);
    await this.dataSource.transaction(async (manager) => {
      const [row] = await manager.query(`SELECT failures FROM chunks WHERE ${FENCE} ${forUpdate}`, fenceOf(key));
      if (!row) return;
      const failures = row.failures + 1;
      const isFinal = isHopeless === true || failures >= MAX_CHUNK_FAILURES;
      const waitMs = Math.max(delayMs, retryDelayMs(failures));
      await runSql(
        manager,
        `UPDATE chunks SET state = ?, failures = ?, errors = errors + 1, error = ?, lease_until = NULL,
                next_at = ${nowMs} + ?, finished_at = ${isFinal ? nowMs : 'NULL'}
          WHERE ${FENCE}`,
        [isFinal ? 'failed' : 'pending', failures, message.slice(0, 500), waitMs, ...fenceOf(key)],
      );
      await insertErrors(manager, key, worker, [{ code, message, url: null, at: Date.now() }]);
      if (isFinal) await recordEvent(manager, key.jobId, 'job_error', { code, chunk: key.chunkNo });
    });
  }
}

interface JobNews {
  status: JobStatus;
  error: string | null;
  targetReachedAt: number | null;
}

const JOB_NEWS = 'j.status AS status, j.error AS error, j.target_reached_at AS targetReachedAt';

function readNews({ status, error, targetReachedAt }: JobNews): LeaseNews {
  if (isTerminal(status) || status === 'cancelling' || error !== null) return 'cancelled';
  if (targetReachedAt !== null) return 'not_needed';
  return status === 'paused' ? 'paused' : 'held';
}

/** Returns how many chunks went back: none where the attempt is over. */
function handBack(source: DataSource | EntityManager, key: ChunkKey, delayMs: number): Promise<number> {
  const { nowMs } = dialectOf(source);
  return runSql(
    source,
    `UPDATE chunks SET state = 'pending', lease_until = NULL, next_at = ${nowMs} + ? WHERE ${FENCE}`,
    [Math.ceil(delayMs), ...fenceOf(key)],
  );
}

const FENCE = "job_id = ? AND chunk_no = ? AND attempt = ? AND state = 'running'";

function fenceOf(key: ChunkKey): unknown[] {
  return [key.jobId, key.chunkNo, key.attempt];
}
