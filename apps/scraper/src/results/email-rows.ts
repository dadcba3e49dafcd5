import type { EntityManager } from 'typeorm';
import { insertIgnore, listOf, runSql, toBuffer } from '#common/persistence/dialect.js';
import type { ClaimedChunk } from '../chunks/chunk.store.js';
import { MAX_SIGHTINGS, type FoundEmail, type SiteResult } from '../crawl/site-result.js';
import type { Verification } from '../verify/judge-address.js';
import { isCounted } from './apply-policy.js';

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

/** How an address was found; `foundValues` has their order. */
const FOUND_COLUMNS = [
  'address',
  'normalised',
  'domain',
  'kind',
  'verdict',
  'mx',
  'disposable',
  'confidence',
  'method',
];

function foundValues({ address, kind, confidence, method, verification = UNVERIFIED }: FoundEmail): unknown[] {
  return [
    address.address,
    address.normalised,
    address.domain,
    kind,
    verification.verdict,
    verification.mx === null ? null : Number(verification.mx),
    Number(verification.disposable),
    confidence,
    method,
  ];
}

export async function insertEmails(
  manager: EntityManager,
  chunk: ClaimedChunk,
  found: readonly FoundEmail[],
  flush: number,
): Promise<InsertedEmails> {
  const columns = ['job_id', 'hash', ...FOUND_COLUMNS, 'flags', 'seq', 'chunk_no', 'flush'];
  const seq = Date.now();
  const toRow = (email: FoundEmail): unknown[] => [
    chunk.jobId,
    email.address.hash,
    ...foundValues(email),
    email.flags.join(','),
    seq,
    chunk.chunkNo,
    flush,
  ];
  // All in one statement, in the order of their keys: two would be two orders, and deadlock.
  const inserted = await insertIgnore(manager, 'emails', columns, found.map(toRow));
  const counted = found.filter(isCounted);
  if (inserted === found.length) return { counted: counted.length, areAllNew: true };
  const newCounted = await countOf(manager, chunk.jobId, counted, flush);
  const unflagged = newCounted === counted.length ? 0 : await unflag(manager, chunk.jobId, counted, flush);
  return { counted: newCounted + unflagged, areAllNew: false };
}

/** How many of these addresses this flush has inserted; primary key. */
async function countOf(
  manager: EntityManager,
  jobId: string,
  counted: readonly FoundEmail[],
  flush: number,
): Promise<number> {
  if (counted.length === 0) return 0;
  const hashes = counted.map((email) => email.address.hash);
  const [row] = await manager.query(
    `SELECT COUNT(*) AS inserted FROM emails WHERE job_id = ? AND flush = ? AND flags = '' AND hash IN (${listOf(hashes)})`,
    [jobId, flush, ...hashes],
  );
  return Number(row.inserted);
}

/**
 * Addresses that stood flagged until now, and are found without a flag, count from now on, as they are found now; one
 * that an earlier job has counted (`known`) never does. Read first, without locks: an UPDATE of them all would deadlock
 * with flushes that found the same addresses.
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
  const isHere = new Set(flagged.map(({ hash }) => toBuffer(hash).toString('hex')));
  let unflagged = 0;
  for (const email of counted.filter(({ address }) => isHere.has(address.hash.toString('hex')))) {
    unflagged += await runSql(
      manager,
      `UPDATE emails SET flags = '', flush = ?, seq = ?, ${FOUND_COLUMNS.map((column) => `${column} = ?`).join(', ')}
        WHERE job_id = ? AND hash = ? AND ${isFlagged}`,
      [flush, Date.now(), ...foundValues(email), jobId, email.address.hash],
    );
  }
  return unflagged;
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
