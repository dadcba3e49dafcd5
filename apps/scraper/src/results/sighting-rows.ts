import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { MAX_URL_LENGTH } from '#common/domain/site.js';
import { dialectOf, listOf, runSql, toBuffer } from '#common/persistence/dialect.js';
import { MAX_SIGHTINGS, type FoundEmail, type Sighting } from '../crawl/site-result.js';

const COLUMNS = [
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
  'no_harvest',
  'via',
  'origin',
];

/** SQLite must not hold its one connection for long. */
const ROWS_PER_STATEMENT = 200;

/**
 * Evidence of every address, new to the job or not, up to ten places each; a place that is seen again is dated anew.
 * Flushes at the same moment do not see each other's rows, so an address may come to more places than ten, by what each
 * of them adds: whoever lists them takes ten. Returns how many places of each address are stored now.
 */
export async function upsertSightings(
  manager: EntityManager,
  jobId: string,
  found: readonly FoundEmail[],
  areAllNew: boolean,
): Promise<(email: FoundEmail) => number> {
  const places =
    areAllNew || found.length === 0 ? new Map<string, Set<string>>() : await readPlaces(manager, jobId, found);
  const rows: SightingRow[] = [];
  for (const { address, sightings } of found) {
    const known = places.get(address.hash.toString('hex')) ?? new Set();
    places.set(address.hash.toString('hex'), known);
    for (const sighting of sightings) {
      const urlHash = hashUrl(sighting.url);
      const place = urlHash.toString('hex');
      if (!known.has(place) && known.size >= MAX_SIGHTINGS) continue;
      known.add(place);
      rows.push(toRow([jobId, address.hash, urlHash], sighting));
    }
  }
  // In the order of the key, as all do: addresses are sorted, their places are not yet.
  await upsert(manager, rows.sort(byKey));
  return ({ address }) => places.get(address.hash.toString('hex'))?.size ?? 0;
}

type SightingRow = [jobId: string, hash: Buffer, urlHash: Buffer, ...rest: unknown[]];

function byKey(a: SightingRow, b: SightingRow): number {
  return Buffer.compare(a[1], b[1]) || Buffer.compare(a[2], b[2]);
}

async function upsert(manager: EntityManager, rows: readonly SightingRow[]): Promise<void> {
  const { insertIgnore, onDuplicate, incoming } = dialectOf(manager);
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const part = rows.slice(start, start + ROWS_PER_STATEMENT);
    await runSql(
      manager,
      `${insertIgnore} sightings (${COLUMNS.join(', ')}) VALUES ${part.map(() => `(${listOf(COLUMNS)})`).join(', ')}
       ${onDuplicate('job_id, hash, url_hash')} last_seen_at = ${incoming('last_seen_at')}`,
      part.flat(),
    );
  }
}

function toRow(key: [jobId: string, hash: Buffer, urlHash: Buffer], sighting: Sighting): SightingRow {
  const { url, method, snippet, seenAt, httpStatus, robots, noindex, noHarvest, via, origin } = sighting;
  return [
    ...key,
    url.slice(0, MAX_URL_LENGTH),
    method,
    snippet.slice(0, 160),
    seenAt,
    seenAt,
    httpStatus,
    robots,
    noindex ? 1 : 0,
    noHarvest ? 1 : 0,
    via.slice(0, 80),
    origin ? JSON.stringify(origin) : null,
  ];
}

/** By address, the pages on which it was seen. */
async function readPlaces(
  manager: EntityManager,
  jobId: string,
  found: readonly FoundEmail[],
): Promise<Map<string, Set<string>>> {
  const hashes = found.map((email) => email.address.hash);
  const rows: { hash: Buffer | ArrayBuffer; urlHash: Buffer | ArrayBuffer }[] = await manager.query(
    `SELECT hash, url_hash AS urlHash FROM sightings WHERE job_id = ? AND hash IN (${listOf(hashes)})`,
    [jobId, ...hashes],
  );
  const places = new Map<string, Set<string>>();
  for (const row of rows) {
    const hash = toBuffer(row.hash).toString('hex');
    places.set(hash, (places.get(hash) ?? new Set()).add(toBuffer(row.urlHash).toString('hex')));
  }
  return places;
}

function hashUrl(url: string): Buffer {
  return createHash('sha256').update(url).digest().subarray(0, 16);
}
