import type { EntityManager } from 'typeorm';
import { insertIgnore, listOf, runSql, toBuffer } from '#common/persistence/dialect.js';
import type { ClaimedChunk } from '../chunks/chunk.store.js';
import type { FoundEmail, SiteResult } from '../crawl/site-result.js';
import { isCounted } from './apply-policy.js';
import { mergeEmails } from './email-rows.js';

const KNOWN: FoundEmail['flags'] = ['known'];

/**
 * `dedupe: account`: an address belongs to the one job that has entered it into the account's contacts; in all others it
 * is flagged `known`. Enters those of these sites that count, in the transaction of their flush, and flags the others.
 *
 * Exact, because the insert of a key waits for every transaction that has inserted it and not ended: what is read
 * afterwards is final. Without deadlocks, because all flushes of all jobs take their locks in one order: their own chunk,
 * contacts by key, their own sites, emails and sightings by key, the job's row last.
 */
export async function flagKnown(
  manager: EntityManager,
  chunk: ClaimedChunk,
  sites: readonly SiteResult[],
  isStored: (email: FoundEmail) => boolean,
): Promise<readonly SiteResult[]> {
  // A repeated flush must not enter again what its first run has taken out at the target.
  if (chunk.spec.policy.dedupe === 'job' || (await isRepeated(manager, chunk, sites))) return sites;
  const found = mergeEmails(sites).filter((email) => isCounted(email) && !isStored(email));
  const known = await readKnown(manager, chunk.jobId, found);
  const unknown = found.filter(({ address }) => !known.has(address.hash.toString('hex')));
  const now = Date.now();
  const entered = await insertIgnore(
    manager,
    'contacts',
    ['account_id', 'hash', 'first_job_id', 'first_seen_at', 'last_seen_at'],
    unknown.map(({ address }) => [chunk.accountId, address.hash, chunk.jobId, now, now]),
  );
  if (entered < unknown.length) for (const hash of await readOthers(manager, chunk, unknown)) known.add(hash);
  return known.size === 0 ? sites : sites.map((site) => flagSite(site, known));
}

/**
 * Those that stand `known` in this job, also where their contact has gone since: they never count here, so the job must
 * not own them. Primary key.
 */
async function readKnown(manager: EntityManager, jobId: string, found: readonly FoundEmail[]): Promise<Set<string>> {
  if (found.length === 0) return new Set();
  const hashes = found.map(({ address }) => address.hash);
  const rows: HashRow[] = await manager.query(
    `SELECT hash FROM emails WHERE job_id = ? AND flags = 'known' AND hash IN (${listOf(hashes)})`,
    [jobId, ...hashes],
  );
  return new Set(rows.map(toHex));
}

/** Those that another job has entered; primary key. */
async function readOthers(
  manager: EntityManager,
  chunk: ClaimedChunk,
  found: readonly FoundEmail[],
): Promise<string[]> {
  const hashes = found.map(({ address }) => address.hash);
  const rows: HashRow[] = await manager.query(
    `SELECT hash FROM contacts WHERE account_id = ? AND first_job_id <> ? AND hash IN (${listOf(hashes)})`,
    [chunk.accountId, chunk.jobId, ...hashes],
  );
  return rows.map(toHex);
}

interface HashRow {
  hash: Buffer | ArrayBuffer;
}

function toHex({ hash }: HashRow): string {
  return toBuffer(hash).toString('hex');
}

/** The sites of a flush are stored together or not at all, and nobody else writes those of a chunk that is held. */
async function isRepeated(manager: EntityManager, chunk: ClaimedChunk, sites: readonly SiteResult[]): Promise<boolean> {
  const stored = await manager.query('SELECT 1 FROM sites WHERE job_id = ? AND host = ?', [
    chunk.jobId,
    sites[0]?.host ?? '',
  ]);
  return stored.length > 0;
}

/** A site all of whose addresses are known stays `found`: it has addresses, only no new ones. */
function flagSite(site: SiteResult, known: ReadonlySet<string>): SiteResult {
  const emails = site.emails.map((email) =>
    isCounted(email) && known.has(email.address.hash.toString('hex')) ? { ...email, flags: KNOWN } : email,
  );
  const flagged = emails.filter(({ flags }) => flags === KNOWN).length;
  if (flagged === 0 || emails.some(isCounted)) return { ...site, emails };
  const detail = flagged === 1 ? 'its address is' : `all ${flagged} addresses are`;
  return { ...site, emails, detail: `${detail} known from earlier jobs` };
}

/**
 * Addresses that were entered in this very transaction and are taken out at the target: another job may count them. What
 * this job entered earlier it has counted earlier, so it is not among them.
 */
export async function forgetContacts(
  manager: EntityManager,
  chunk: ClaimedChunk,
  hashes: readonly Buffer[],
): Promise<void> {
  if (chunk.spec.policy.dedupe === 'job' || hashes.length === 0) return;
  await runSql(
    manager,
    `DELETE FROM contacts WHERE account_id = ? AND first_job_id = ? AND hash IN (${listOf(hashes)})`,
    [chunk.accountId, chunk.jobId, ...hashes],
  );
}
