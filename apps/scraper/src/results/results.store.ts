import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { dialectOf, insertIgnore, listOf, runSql, toBuffer } from '#common/persistence/dialect.js';
import type { ClaimedChunk } from '../chunks/chunk.store.js';
import type { FoundEmail, SiteResult } from '../crawl/site-result.js';
import { isCounted } from './apply-policy.js';
import { insertErrors } from './error-rows.js';
import { insertSightings, MAX_SIGHTINGS } from './sighting-rows.js';

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
  constructor(private readonly dataSource: DataSource) {}

  /**
   * One transaction under the fence: the sites' rows, addresses, evidence, errors and the chunk's counters; with
   * `isLast` the chunk is done. A site whose row exists is skipped, so that a flush whose outcome was lost with the
   * connection can simply be repeated. The chunk's row is locked first, and the job's row (only with a target) in the
   * last statement: all flushes of a job wait for each other from there to the commit.
   */
  flush(chunk: ClaimedChunk, sites: readonly SiteResult[], isLast: boolean): Promise<FlushOutcome> {
    return this.dataSource.transaction(async (manager) => {
      await assertHeld(manager, chunk);
      const fresh = await insertSites(manager, chunk, sites);
      const found = mergeEmails(fresh);
      const flush = randomInt(2 ** 47);
      const inserted = await insertEmails(manager, chunk, found, flush);
      await insertSightings(manager, chunk.jobId, found, inserted === found.length);
      await insertErrors(
        manager,
        chunk,
        chunk.worker,
        fresh.flatMap((site) => site.errors),
      );
      await addToChunk(manager, chunk, fresh, inserted, isLast);
      if (chunk.target === null || inserted === 0) return { emails: inserted, targetReached: false };
      const surplus = await clipAtTarget(manager, chunk, inserted, flush);
      return { emails: inserted - surplus, targetReached: surplus > 0 };
    });
  }
}

async function assertHeld(manager: EntityManager, chunk: ClaimedChunk): Promise<void> {
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

/** One entry per address, sorted by key: rows inserted in one order by all do not deadlock. */
function mergeEmails(sites: readonly SiteResult[]): FoundEmail[] {
  const merged = new Map<string, FoundEmail>();
  for (const email of sites.flatMap((site) => site.emails)) {
    const known = merged.get(email.address.normalised);
    if (!known) {
      merged.set(email.address.normalised, email);
      continue;
    }
    const best = isBetter(email, known) ? email : known;
    merged.set(email.address.normalised, {
      ...best,
      sightings: [...known.sightings, ...email.sightings].slice(0, MAX_SIGHTINGS),
    });
  }
  return [...merged.values()].sort((a, b) => Buffer.compare(a.address.hash, b.address.hash));
}

/** A counted sighting beats a flagged one, then the surer one wins. */
function isBetter(a: FoundEmail, b: FoundEmail): boolean {
  return isCounted(a) === isCounted(b) ? a.confidence > b.confidence : isCounted(a);
}

/** Returns how many counted addresses are new to the job, those included that it had only seen flagged. */
async function insertEmails(
  manager: EntityManager,
  chunk: ClaimedChunk,
  found: readonly FoundEmail[],
  flush: number,
): Promise<number> {
  const columns = [
    'job_id',
    'hash',
    'address',
    'normalised',
    'domain',
    'kind',
    'verdict',
    'mx',
    'disposable',
    'confidence',
    'method',
    'flags',
    'seq',
    'chunk_no',
    'flush',
  ];
  const seq = Date.now();
  const toRow = ({ address, kind, confidence, method, flags }: FoundEmail): unknown[] => [
    chunk.jobId,
    address.hash,
    address.address,
    address.normalised,
    address.domain,
    kind,
    'unknown',
    null,
    0,
    confidence,
    method,
    flags.join(','),
    seq,
    chunk.chunkNo,
    flush,
  ];
  await insertIgnore(manager, 'emails', columns, found.filter((email) => !isCounted(email)).map(toRow));
  const counted = found.filter(isCounted);
  const inserted = await insertIgnore(manager, 'emails', columns, counted.map(toRow));
  return inserted === counted.length ? inserted : inserted + (await unflag(manager, chunk.jobId, counted, flush));
}

/**
 * Addresses that stood flagged until now, and are found without a flag, count from now on. Read first, without locks:
 * an UPDATE of them all would deadlock with flushes that found the same addresses.
 */
async function unflag(
  manager: EntityManager,
  jobId: string,
  counted: readonly FoundEmail[],
  flush: number,
): Promise<number> {
  const hashes = counted.map((email) => email.address.hash);
  const flagged: { hash: Buffer | ArrayBuffer }[] = await manager.query(
    `SELECT hash FROM emails WHERE job_id = ? AND flags <> '' AND hash IN (${listOf(hashes)})`,
    [jobId, ...hashes],
  );
  if (flagged.length === 0) return 0;
  return runSql(
    manager,
    `UPDATE emails SET flags = '', flush = ?, seq = ? WHERE job_id = ? AND flags <> '' AND hash IN (${listOf(flagged)})`,
    [flush, Date.now(), jobId, ...flagged.map((row) => toBuffer(row.hash))],
  );
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
  await deleteSurplus(manager, chunk.jobId, flush, surplus);
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

async function deleteSurplus(manager: EntityManager, jobId: string, flush: number, count: number): Promise<void> {
  if (count === 0) return;
  const rows: { hash: Buffer | ArrayBuffer }[] = await manager.query(
    "SELECT hash FROM emails WHERE job_id = ? AND flush = ? AND flags = '' ORDER BY confidence, hash LIMIT ?",
    [jobId, flush, count],
  );
  const hashes = rows.map((row) => toBuffer(row.hash));
  for (const table of ['emails', 'sightings']) {
    await runSql(manager, `DELETE FROM ${table} WHERE job_id = ? AND hash IN (${listOf(hashes)})`, [jobId, ...hashes]);
  }
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
