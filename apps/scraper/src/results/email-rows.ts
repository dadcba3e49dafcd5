import type { EntityManager } from 'typeorm';
import { insertIgnore, listOf, runSql, toBuffer } from '#common/persistence/dialect.js';
import type { ClaimedChunk } from '../chunks/chunk.store.js';
import type { FoundEmail, SiteResult } from '../crawl/site-result.js';
import type { Verification } from '../verify/judge-address.js';
import { isCounted } from './apply-policy.js';
import { MAX_SIGHTINGS } from './sighting-rows.js';

const UNVERIFIED: Verification = { verdict: 'unknown', mx: null, disposable: false };

/**
 * One entry per mailbox, as first spelled, with the evidence of all, sorted by key: rows inserted in one order by all do
 * not deadlock.
 */
export function mergeEmails(sites: readonly SiteResult[]): FoundEmail[] {
  const merged = new Map<string, FoundEmail>();
  for (const email of sites.flatMap((site) => site.emails)) {
    const first = merged.get(email.address.mailbox);
    if (!first) {
      merged.set(email.address.mailbox, email);
      continue;
    }
    const best = isBetter(email, first) ? email : first;
    const sightings = [...first.sightings, ...email.sightings].slice(0, MAX_SIGHTINGS);
    merged.set(email.address.mailbox, { ...best, address: first.address, sightings });
  }
  return [...merged.values()].sort((a, b) => Buffer.compare(a.address.hash, b.address.hash));
}

/** A counted sighting beats a flagged one, then the surer one wins. */
function isBetter(a: FoundEmail, b: FoundEmail): boolean {
  return isCounted(a) === isCounted(b) ? a.confidence > b.confidence : isCounted(a);
}

export interface InsertedEmails {
  /** Counted addresses that are new to the job, those included that it had only seen flagged. */
  counted: number;
  /** None of the addresses, flagged or not, had a row before. */
  areAllNew: boolean;
}

export async function insertEmails(
  manager: EntityManager,
  chunk: ClaimedChunk,
  found: readonly FoundEmail[],
  flush: number,
): Promise<InsertedEmails> {
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
  const toRow = ({ address, kind, confidence, method, flags, verification = UNVERIFIED }: FoundEmail): unknown[] => [
    chunk.jobId,
    address.hash,
    address.address,
    address.normalised,
    address.domain,
    kind,
    verification.verdict,
    verification.mx === null ? null : Number(verification.mx),
    Number(verification.disposable),
    confidence,
    method,
    flags.join(','),
    seq,
    chunk.chunkNo,
    flush,
  ];
  const counted = found.filter(isCounted);
  const flagged = found.filter((email) => !isCounted(email));
  const newFlagged = await insertIgnore(manager, 'emails', columns, flagged.map(toRow));
  const newCounted = await insertIgnore(manager, 'emails', columns, counted.map(toRow));
  const unflagged = newCounted === counted.length ? 0 : await unflag(manager, chunk.jobId, counted, flush);
  return { counted: newCounted + unflagged, areAllNew: newFlagged + newCounted === found.length };
}

/**
 * Addresses that stood flagged until now, and are found without a flag, count from now on; one that an earlier job has
 * counted (`known`) never does. Read first, without locks: an UPDATE of them all would deadlock with flushes that found
 * the same addresses.
 */
async function unflag(
  manager: EntityManager,
  jobId: string,
  counted: readonly FoundEmail[],
  flush: number,
): Promise<number> {
  const hashes = counted.map((email) => email.address.hash);
  const isFlagged = "flags NOT IN ('', 'known')";
  const flagged: { hash: Buffer | ArrayBuffer }[] = await manager.query(
    `SELECT hash FROM emails WHERE job_id = ? AND ${isFlagged} AND hash IN (${listOf(hashes)})`,
    [jobId, ...hashes],
  );
  if (flagged.length === 0) return 0;
  return runSql(
    manager,
    `UPDATE emails SET flags = '', flush = ?, seq = ? WHERE job_id = ? AND ${isFlagged} AND hash IN (${listOf(flagged)})`,
    [flush, Date.now(), jobId, ...flagged.map((row) => toBuffer(row.hash))],
  );
}

/** Takes the least sure addresses of one flush out again, with their evidence. Returns their keys. */
export async function deleteSurplus(
  manager: EntityManager,
  jobId: string,
  flush: number,
  count: number,
): Promise<Buffer[]> {
  if (count === 0) return [];
  const rows: { hash: Buffer | ArrayBuffer }[] = await manager.query(
    "SELECT hash FROM emails WHERE job_id = ? AND flush = ? AND flags = '' ORDER BY confidence, hash LIMIT ?",
    [jobId, flush, count],
  );
  const hashes = rows.map((row) => toBuffer(row.hash));
  for (const table of ['emails', 'sightings']) {
    await runSql(manager, `DELETE FROM ${table} WHERE job_id = ? AND hash IN (${listOf(hashes)})`, [jobId, ...hashes]);
  }
  return hashes;
}
