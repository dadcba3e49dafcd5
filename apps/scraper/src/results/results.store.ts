import { createHash, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { MAX_URL_LENGTH } from '#common/domain/site.js';
import { dialectOf, insertIgnore, listOf, runSql, toBuffer } from '#common/persistence/dialect.js';
import type { ClaimedChunk } from '../chunks/chunk.store.js';
import type { FoundEmail, SiteResult } from '../crawl/site-result.js';
import { isCounted } from './apply-policy.js';
import { insertErrors } from './error-rows.js';

/** Another attempt holds the chunk now: nothing was written. */
export class FencedError extends Error {
  override name = 'FencedError';
}

export interface FlushOutcome {
  /** Counted addresses that are new to the job. */
  emails: number;
  targetReached: boolean;
}

const MAX_SIGHTINGS = 10;

/** Writes finished sites. The only place that adds addresses to a job or counts them. */
@Injectable()
export class ResultsStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * One transaction under the fence: the sites' rows, addresses, evidence, errors and the chunk's counters; with
   * `isLast` the chunk is done. A site whose row exists is skipped, so that a flush whose outcome was lost with the
   * connection can simply be repeated. Locks: the chunk's row first, the job's row (only with a target) last.
   */
  flush(chunk: ClaimedChunk, sites: readonly SiteResult[], isLast: boolean): Promise<FlushOutcome> {
    return this.dataSource.transaction(async (manager) => {
      await assertHeld(manager, chunk);
      const fresh = await insertSites(manager, chunk, sites);
      const found = mergeEmails(fresh);
      const flush = randomInt(2 ** 47);
      const inserted = await insertEmails(manager, chunk, found, flush);
      const { kept, targetReached } =
        chunk.target === null
          ? { kept: inserted, targetReached: false }
          : await clipAtTarget(manager, chunk, inserted, flush);
      await insertSightings(manager, chunk.jobId, found);
      await insertErrors(
        manager,
        chunk,
        chunk.worker,
        fresh.flatMap((site) => site.errors),
      );
      await addToChunk(manager, chunk, fresh, kept, isLast);
      return { emails: kept, targetReached };
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
  const columns = ['job_id', 'host', 'chunk_no', 'outcome', 'emails', 'pages', 'bytes', 'detail', 'finished_at'];
  const toRow = (site: SiteResult): unknown[] => [
    chunk.jobId,
    site.host,
    chunk.chunkNo,
    site.outcome,
    site.emails.filter(isCounted).length,
    site.pages,
    site.bytes,
    site.detail?.slice(0, 500) ?? null,
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
    const best = email.confidence > known.confidence ? email : known;
    merged.set(email.address.normalised, {
      ...best,
      sightings: [...known.sightings, ...email.sightings].slice(0, MAX_SIGHTINGS),
    });
  }
  return [...merged.values()].sort((a, b) => Buffer.compare(a.address.hash, b.address.hash));
}

/** Returns how many counted addresses are new to the job. */
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
  return insertIgnore(manager, 'emails', columns, found.filter(isCounted).map(toRow));
}

/** Takes the surplus over the job's target out again: exactly `target` addresses stay, whoever flushes at the same time. */
async function clipAtTarget(
  manager: EntityManager,
  chunk: ClaimedChunk,
  inserted: number,
  flush: number,
): Promise<{ kept: number; targetReached: boolean }> {
  const { forUpdate } = dialectOf(manager);
  const [job] = await manager.query(`SELECT found, target FROM jobs WHERE id = ? ${forUpdate}`, [chunk.jobId]);
  const room = Math.max(0, job.target - job.found);
  const kept = Math.min(inserted, room);
  if (inserted > kept) await deleteSurplus(manager, chunk.jobId, flush, inserted - kept);
  const targetReached = kept === room;
  await runSql(
    manager,
    `UPDATE jobs SET found = found + ?, target_reached_at = COALESCE(target_reached_at, ?) WHERE id = ?`,
    [kept, targetReached ? Date.now() : null, chunk.jobId],
  );
  return { kept, targetReached };
}

async function deleteSurplus(manager: EntityManager, jobId: string, flush: number, count: number): Promise<void> {
  const rows: { hash: Buffer | ArrayBuffer }[] = await manager.query(
    "SELECT hash FROM emails WHERE job_id = ? AND flush = ? AND flags = '' ORDER BY confidence, hash LIMIT ?",
    [jobId, flush, count],
  );
  const hashes = rows.map((row) => toBuffer(row.hash));
  await runSql(manager, `DELETE FROM emails WHERE job_id = ? AND hash IN (${listOf(hashes)})`, [jobId, ...hashes]);
}

/** Evidence of every address that the job holds, new or not, up to ten places each. */
async function insertSightings(manager: EntityManager, jobId: string, found: readonly FoundEmail[]): Promise<void> {
  if (found.length === 0) return;
  const hashes = found.map((email) => email.address.hash);
  const stored: { hash: Buffer | ArrayBuffer; sightings: number }[] = await manager.query(
    `SELECT e.hash AS hash, COUNT(s.url_hash) AS sightings
       FROM emails e LEFT JOIN sightings s ON s.job_id = e.job_id AND s.hash = e.hash
      WHERE e.job_id = ? AND e.hash IN (${listOf(hashes)}) GROUP BY e.hash`,
    [jobId, ...hashes],
  );
  const room = new Map(
    stored.map((row) => [toBuffer(row.hash).toString('hex'), MAX_SIGHTINGS - Number(row.sightings)]),
  );
  const rows = found.flatMap(({ address, sightings }) =>
    sightings
      .slice(0, Math.max(0, room.get(address.hash.toString('hex')) ?? 0))
      .map(({ url, method, snippet, seenAt, httpStatus, robots }) => [
        jobId,
        address.hash,
        hashUrl(url),
        url.slice(0, MAX_URL_LENGTH),
        method,
        snippet.slice(0, 160),
        seenAt,
        seenAt,
        httpStatus,
        robots,
      ]),
  );
  const columns = [
    'job_id',
    'hash',
    'url_hash',
    'url',
    'method',
    'snippet',
    'first_seen_at',
    'last_seen_at',
    'http_status',
    'robots',
  ];
  await insertIgnore(manager, 'sightings', columns, rows);
}

function hashUrl(url: string): Buffer {
  return createHash('sha256').update(url).digest().subarray(0, 16);
}

async function addToChunk(
  manager: EntityManager,
  chunk: ClaimedChunk,
  sites: readonly SiteResult[],
  emails: number,
  isLast: boolean,
): Promise<void> {
  const sum = (count: (site: SiteResult) => number): number => sites.reduce((total, site) => total + count(site), 0);
  const done = isLast ? ", state = 'done', lease_until = NULL, error = NULL, finished_at = ?" : '';
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
      ...(isLast ? [Date.now()] : []),
      chunk.jobId,
      chunk.chunkNo,
    ],
  );
}
