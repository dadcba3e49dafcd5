import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { MAX_URL_LENGTH } from '#common/domain/site.js';
import { insertIgnore, listOf, toBuffer } from '#common/persistence/dialect.js';
import type { FoundEmail } from '../crawl/site-result.js';

/** Places kept per address and job. */
export const MAX_SIGHTINGS = 10;

/** Evidence of every address, new to the job or not, up to ten places each. */
export async function insertSightings(
  manager: EntityManager,
  jobId: string,
  found: readonly FoundEmail[],
  areAllNew: boolean,
): Promise<void> {
  if (found.length === 0) return;
  const stored = areAllNew ? new Map<string, number>() : await countSightings(manager, jobId, found);
  const rows = found.flatMap(({ address, sightings }) =>
    sightings
      .slice(0, Math.max(0, MAX_SIGHTINGS - (stored.get(address.hash.toString('hex')) ?? 0)))
      .map(({ url, method, snippet, seenAt, httpStatus, robots, noindex, via }) => [
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
        noindex ? 1 : 0,
        via.slice(0, 80),
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
    'noindex',
    'via',
  ];
  await insertIgnore(manager, 'sightings', columns, rows);
}

async function countSightings(
  manager: EntityManager,
  jobId: string,
  found: readonly FoundEmail[],
): Promise<Map<string, number>> {
  const hashes = found.map((email) => email.address.hash);
  const rows: { hash: Buffer | ArrayBuffer; sightings: number }[] = await manager.query(
    `SELECT hash, COUNT(*) AS sightings FROM sightings WHERE job_id = ? AND hash IN (${listOf(hashes)}) GROUP BY hash`,
    [jobId, ...hashes],
  );
  return new Map(rows.map((row) => [toBuffer(row.hash).toString('hex'), Number(row.sightings)]));
}

function hashUrl(url: string): Buffer {
  return createHash('sha256').update(url).digest().subarray(0, 16);
}
