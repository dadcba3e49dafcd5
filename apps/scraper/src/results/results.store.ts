import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { dialectOf, insertIgnore, runSql } from '#common/persistence/dialect.js';
import { insertErrors } from '#common/persistence/job-errors.js';
import type { ClaimedChunk } from '../chunks/chunk.store.js';
import { MAX_SIGHTINGS, type FoundEmail, type SiteResult } from '../crawl/site-result.js';
import { flagKnown, forgetContacts } from './account-contacts.js';
import { isCounted } from './apply-policy.js';
import { deleteSurplus, insertEmails, mergeEmails } from './email-rows.js';
import { upsertSightings } from './sighting-rows.js';
import { StoredAddresses, type StoredInJob } from './stored-addresses.js';

/** Another attempt holds the chunk now: nothing was written. */
export class FencedError extends Error {
  override name = 'FencedError';
}

export interface FlushOutcome {
  /** Counted addresses that are new to the job. */
  emails: number;
  targetReached: boolean;
}

/** Writes finished sites. The only place that adds addresses to a job or counts them. */
@Injectable()
export class ResultsStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly stored: StoredAddresses,
  ) {}

  /**
   * One transaction under the fence: the sites' rows, addresses, evidence, errors and the chunk's counters; with
   * `isLast` the chunk is done. A site whose row exists is skipped, so that a flush whose outcome was lost with the
   * connection can simply be repeated. The chunk's row is locked first, and the job's row (only with a target) in the
   * last statement: all flushes of a job wait for each other from there to the commit. What is known to be stored is
   * left out, and learned only from the commit.
   */
  async flush(chunk: ClaimedChunk, sites: readonly SiteResult[], isLast: boolean): Promise<FlushOutcome> {
    const stored = this.stored.ofJob(chunk.jobId);
    const { written, ...outcome } = await this.dataSource.transaction((manager) =>
      write(manager, { chunk, sites, isLast, stored }),
    );
    if (outcome.targetReached) this.stored.drop(chunk.jobId);
    else for (const { hash, places } of written) stored.note(hash, places);
    return outcome;
  }
}

interface Flush {
  chunk: ClaimedChunk;
  sites: readonly SiteResult[];
  isLast: boolean;
  stored: StoredInJob;
}

/** An address that the job has stored and counts, and how many of its places are stored. */
interface Written {
  hash: Buffer;
  places: number;
}

async function write(
  manager: EntityManager,
  { chunk, sites, isLast, stored }: Flush,
): Promise<FlushOutcome & { written: Written[] }> {
  const placesOf = ({ address }: FoundEmail): number => stored.placesOf(address.hash);
  await assertHeld(manager, chunk);
  const judged = await flagKnown(manager, chunk, sites, (email) => placesOf(email) > 0);
  const fresh = await insertSites(manager, chunk, judged);
  // An address that has all the evidence it may have need not be sent, one that is stored only for its evidence.
  const found = mergeEmails(fresh).filter((email) => placesOf(email) < MAX_SIGHTINGS);
  const unstored = found.filter((email) => placesOf(email) === 0);
  const flush = randomInt(2 ** 47);
  const { counted, areAllNew } = await insertEmails(manager, chunk, unstored, flush);
  const placesNow = await upsertSightings(manager, chunk.jobId, found, areAllNew && unstored.length === found.length);
  const errors = fresh.flatMap((site) => site.errors);
  await insertErrors(manager, chunk, chunk.worker, errors);
  await addToChunk(manager, chunk, fresh, counted, isLast);
  const written = found
    .filter(isCounted)
    .map((email): Written => ({ hash: email.address.hash, places: placesNow(email) }));
  if (chunk.target === null || counted === 0) return { emails: counted, targetReached: false, written };
  const surplus = await clipAtTarget(manager, chunk, counted, flush);
  return { emails: counted - surplus, targetReached: surplus > 0, written };
}

export async function assertHeld(manager: EntityManager, chunk: ClaimedChunk): Promise<void> {
  const { forUpdate } = dialectOf(manager);
  const [row] = await manager.query(
    `SELECT attempt FROM chunks WHERE job_id = ? AND chunk_no = ? AND attempt = ? AND state = 'running' ${forUpdate}`,
    [chunk.jobId, chunk.chunkNo, chunk.attempt],
  );
  if (!row) throw new FencedError(`chunk ${chunk.chunkNo} is no longer held`);
}

/** Returns the sites that had no row yet. */
async function insertSites(
  manager: EntityManager,
  chunk: ClaimedChunk,
  sites: readonly SiteResult[],
): Promise<SiteResult[]> {
  const columns = [
    'job_id',
    'host',
    'chunk_no',
    'outcome',
    'emails',
    'pages',
    'bytes',
    'detail',
    'robots',
    'finished_at',
  ];
  const toRow = (site: SiteResult): unknown[] => [
    chunk.jobId,
    site.host,
    chunk.chunkNo,
    site.outcome,
    site.emails.filter(isCounted).length,
    site.pages,
    site.bytes,
    site.detail?.slice(0, 500) ?? null,
    site.robots,
    Date.now(),
  ];
  const rows = sites.map(toRow);
  const inserted = await insertIgnore(manager, 'sites', columns, rows);
  if (inserted === sites.length) return [...sites];
  // A repeat of a flush that had been committed after all: a transaction is all or nothing, so none of these is new.
  if (inserted === 0) return [];
  throw new Error(`${sites.length - inserted} of ${sites.length} sites of chunk ${chunk.chunkNo} were stored before`);
}

/**
 * Counts what was inserted towards the job's target, and takes the surplus out again: exactly `target` addresses stay,
 * whoever flushes at the same time. Returns the surplus.
 */
async function clipAtTarget(
  manager: EntityManager,
  chunk: ClaimedChunk,
  inserted: number,
  flush: number,
): Promise<number> {
  if (await countTowardsTarget(manager, chunk.jobId, inserted)) return 0;
  const { forUpdate } = dialectOf(manager);
  const [job] = await manager.query(`SELECT found, target FROM jobs WHERE id = ? ${forUpdate}`, [chunk.jobId]);
  const room = Math.max(0, job.target - job.found);
  const surplus = Math.max(0, inserted - room);
  await countTowardsTarget(manager, chunk.jobId, inserted - surplus);
  await forgetContacts(manager, chunk, await deleteSurplus(manager, chunk.jobId, flush, surplus));
  await runSql(manager, 'UPDATE chunks SET emails = emails - ? WHERE job_id = ? AND chunk_no = ?', [
    surplus,
    chunk.jobId,
    chunk.chunkNo,
  ]);
  return surplus;
}

/** False, and nothing changed, when the target has no room for so many. MySQL assigns from left to right. */
async function countTowardsTarget(manager: EntityManager, jobId: string, count: number): Promise<boolean> {
  const counted = await runSql(
    manager,
    `UPDATE jobs SET target_reached_at = CASE WHEN found + ? >= target THEN COALESCE(target_reached_at, ?) END,
            found = found + ?
      WHERE id = ? AND found + ? <= target`,
    [count, Date.now(), count, jobId, count],
  );
  return counted > 0;
}

async function addToChunk(
  manager: EntityManager,
  chunk: ClaimedChunk,
  sites: readonly SiteResult[],
  emails: number,
  isLast: boolean,
): Promise<void> {
  const sum = (count: (site: SiteResult) => number): number => sites.reduce((total, site) => total + count(site), 0);
  const { nowMs } = dialectOf(manager);
  const done = isLast ? `, state = 'done', lease_until = NULL, error = NULL, finished_at = ${nowMs}` : '';
  await runSql(
    manager,
    `UPDATE chunks SET sites_done = sites_done + ?, emails = emails + ?, pages = pages + ?, bytes = bytes + ?,
            errors = errors + ?${done}
      WHERE job_id = ? AND chunk_no = ?`,
    [
      sites.length,
      emails,
      sum((site) => site.pages),
      sum((site) => site.bytes),
      sum((site) => site.errors.length),
      chunk.jobId,
      chunk.chunkNo,
    ],
  );
}
