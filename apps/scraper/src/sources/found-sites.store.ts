import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { parseSite, type SiteInput } from '#common/domain/site.js';
import { dialectOf, insertIgnore, listOf, runSql } from '#common/persistence/dialect.js';
import { insertErrors } from '#common/persistence/job-errors.js';
import type { ClaimedChunk } from '../chunks/chunk.store.js';
import { assertHeld } from '../results/results.store.js';
import type { FoundPage, SourceAnswer, Usage } from './source.js';

const ROWS_PER_DELETE = 10_000;

/** Writes what a job's source leads to. Every statement stands under the fence of the chunk that asks. */
@Injectable()
export class FoundSitesStore {
  constructor(private readonly dataSource: DataSource) {}

  async readQuery(jobId: string, seq: number): Promise<{ query: string; lastPage: number | null }> {
    const [row] = await this.dataSource.query(
      'SELECT query, last_page AS lastPage FROM job_queries WHERE job_id = ? AND seq = ?',
      [jobId, seq],
    );
    return row;
  }

  /**
   * Makes the sites of these pages the asking chunk's, but for hosts that the job knows already: one site is visited by one
   * chunk. The job's row is locked, so that chunks which find the same host at the same time do not both take it. Returns
   * how many sites there are.
   */
  addOwn(chunk: ClaimedChunk, pages: readonly FoundPage[]): Promise<number> {
    const found = pages.map(toInput);
    return this.dataSource.transaction(async (manager) => {
      const seq = await lockInputs(manager, chunk);
      const known = await listKnown(manager, chunk.jobId, found);
      const added = found.filter(({ host }) => !known.has(host));
      const sites = new Set(added.map(({ host }) => host)).size;
      await insertInputs(manager, chunk, added, { seq, chunkNo: chunk.chunkNo });
      await runSql(manager, 'UPDATE jobs SET sites_total = sites_total + ? WHERE id = ?', [sites, chunk.jobId]);
      await runSql(manager, 'UPDATE chunks SET sites = sites + ? WHERE job_id = ? AND chunk_no = ?', [
        sites,
        chunk.jobId,
        chunk.chunkNo,
      ]);
      return sites;
    });
  }

  /** Adds pages to the list of the job, to be planned like a given one. */
  async addListed(chunk: ClaimedChunk, pages: readonly FoundPage[]): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const seq = await lockInputs(manager, chunk);
      await insertInputs(manager, chunk, pages.map(toInput), { seq, chunkNo: null });
    });
  }

  /** The source has answered: it is not asked for this slice again. */
  async recordAnswer(chunk: ClaimedChunk, { results, isLast, errors = [] }: SourceAnswer): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await assertHeld(manager, chunk);
      await insertErrors(manager, chunk, chunk.worker, errors);
      await runSql(manager, 'UPDATE chunks SET results = ?, errors = errors + ? WHERE job_id = ? AND chunk_no = ?', [
        results,
        errors.length,
        chunk.jobId,
        chunk.chunkNo,
      ]);
      if (!isLast || chunk.slice === null) return;
      const { query, page } = chunk.slice;
      await runSql(
        manager,
        `UPDATE job_queries SET last_page = ?
          WHERE job_id = ? AND seq = ? AND (last_page IS NULL OR last_page > ?)`,
        [page, chunk.jobId, query, page],
      );
    });
  }

  /** Begins anew with a list that an earlier attempt read in part; nothing has been planned from it yet. */
  async clear(chunk: ClaimedChunk): Promise<void> {
    const { jobId } = chunk;
    const clearPart = (to: number): Promise<boolean> =>
      this.dataSource.transaction(async (manager) => {
        await assertHeld(manager, chunk);
        await runSql(manager, 'DELETE FROM job_inputs WHERE job_id = ? AND seq < ?', [jobId, to]);
        const [{ rest }] = await manager.query('SELECT COUNT(*) AS rest FROM job_inputs WHERE job_id = ?', [jobId]);
        if (Number(rest) > 0) return false;
        await runSql(manager, 'UPDATE jobs SET inputs_to = 0 WHERE id = ?', [jobId]);
        return true;
      });
    for (let to = ROWS_PER_DELETE; !(await clearPart(to)); to += ROWS_PER_DELETE);
  }

  /** Adds to what the job has cost at this provider. */
  async countUsage(jobId: string, provider: string, { requests = 0, results = 0, skipped = 0 }: Usage): Promise<void> {
    const { onDuplicate, incoming } = dialectOf(this.dataSource);
    const add = (column: string): string => `${column} = provider_usage.${column} + ${incoming(column)}`;
    await runSql(
      this.dataSource,
      `INSERT INTO provider_usage (job_id, provider, requests, results, skipped) VALUES (?, ?, ?, ?, ?)
       ${onDuplicate('job_id, provider')} ${add('requests')}, ${add('results')}, ${add('skipped')}`,
      [jobId, provider, requests, results, skipped],
    );
  }
}

interface FoundInput extends SiteInput {
  origin: FoundPage['origin'];
}

function toInput({ url, origin }: FoundPage): FoundInput {
  return { ...parseSite(url), origin };
}

/** Locks the chunk, which must be held, and the job; returns the number of the job's next input. */
async function lockInputs(manager: EntityManager, chunk: ClaimedChunk): Promise<number> {
  await assertHeld(manager, chunk);
  const { forUpdate } = dialectOf(manager);
  const [job] = await manager.query(`SELECT inputs_to AS inputsTo FROM jobs WHERE id = ? ${forUpdate}`, [chunk.jobId]);
  return Number(job.inputsTo);
}

async function insertInputs(
  manager: EntityManager,
  { jobId }: ClaimedChunk,
  inputs: readonly FoundInput[],
  { seq, chunkNo }: { seq: number; chunkNo: number | null },
): Promise<void> {
  const rows = inputs.map(({ host, url, origin }, i) => [
    jobId,
    seq + i,
    host,
    url,
    chunkNo,
    origin === null ? null : JSON.stringify(origin),
  ]);
  await insertIgnore(manager, 'job_inputs', ['job_id', 'seq', 'host', 'url', 'chunk_no', 'origin'], rows);
  await runSql(manager, 'UPDATE jobs SET inputs_to = inputs_to + ? WHERE id = ?', [inputs.length, jobId]);
}

/** Those of these hosts that are sites of the job; index ix_job_inputs_host. */
async function listKnown(manager: EntityManager, jobId: string, found: readonly SiteInput[]): Promise<Set<string>> {
  const hosts = [...new Set(found.map(({ host }) => host))];
  if (hosts.length === 0) return new Set();
  const rows: { host: string }[] = await manager.query(
    `SELECT DISTINCT host FROM job_inputs WHERE job_id = ? AND host IN (${listOf(hosts)})`,
    [jobId, ...hosts],
  );
  return new Set(rows.map(({ host }) => host));
}
