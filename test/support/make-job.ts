import type { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { parseAddress } from '#common/domain/address.js';
import type { JobStatus } from '#common/domain/job-status.js';
import { insertIgnore } from '#common/persistence/dialect.js';
import type { FoundEmail, SiteResult } from '../../apps/scraper/src/crawl/site-result.js';

interface JobOptions {
  hosts?: string[];
  status?: JobStatus;
  target?: number | null;
  accountId?: string;
  priority?: number;
  /** A JobSpec, or what of it is not by default. */
  spec?: object;
}

/** A job row and one input per host, as the gateway writes them. */
export async function makeJob(
  dataSource: DataSource,
  {
    hosts = ['a.example'],
    status = 'queued',
    target = null,
    accountId = uuidv7(),
    priority = 5,
    spec = {},
  }: JobOptions = {},
): Promise<string> {
  const id = uuidv7();
  await insertIgnore(
    dataSource,
    'jobs',
    ['id', 'account_id', 'status', 'source_type', 'spec', 'priority', 'target', 'created_at'],
    [[id, accountId, status, 'sites', JSON.stringify(spec), priority, target, Date.now()]],
  );
  await insertIgnore(
    dataSource,
    'job_inputs',
    ['job_id', 'seq', 'host', 'url'],
    hosts.map((host, seq) => [id, seq, host, `http://${host}/`]),
  );
  return id;
}

/** A job whose sites are found while it runs, as the gateway writes it: one query for each, the last page known or not. */
export async function makeFindingJob(
  dataSource: DataSource,
  queries: string[],
  { type = 'search', lastPage = null, ...options }: JobOptions & { type?: string; lastPage?: number | null } = {},
): Promise<string> {
  const source = { type, providers: ['searxng'], skipDomains: [] };
  const id = await makeJob(dataSource, { ...options, hosts: [], spec: { source } });
  await dataSource.query('UPDATE jobs SET source_type = ? WHERE id = ?', [type, id]);
  const rows = queries.map((query, seq) => [id, seq, query, lastPage]);
  await insertIgnore(dataSource, 'job_queries', ['job_id', 'seq', 'query', 'last_page'], rows);
  return id;
}

/** A running job with one pending chunk for each list of hosts. */
export async function makeRunningJob(
  dataSource: DataSource,
  chunks: string[][],
  options: Omit<JobOptions, 'hosts' | 'status'> & { workerCount?: number } = {},
): Promise<string> {
  const { workerCount = 1000, ...job } = options;
  const id = await makeJob(dataSource, { ...job, hosts: chunks.flat(), status: 'running' });
  await insertIgnore(
    dataSource,
    'chunks',
    ['job_id', 'chunk_no', 'state', 'sites', 'first_host', 'last_host'],
    chunks.map((hosts, no) => [id, no, 'pending', hosts.length, hosts[0], hosts.at(-1)]),
  );
  await dataSource.query('UPDATE jobs SET worker_count = ?, sites_total = ? WHERE id = ?', [
    workerCount,
    chunks.flat().length,
    id,
  ]);
  return id;
}

export function makeEmail(text: string, over: Partial<FoundEmail> = {}): FoundEmail {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is no address`);
  const sighting = {
    url: `http://a.example/${text}`,
    method: 'text',
    snippet: text,
    seenAt: 1,
    httpStatus: 200,
    robots: 'allowed' as const,
    noindex: false,
    noHarvest: false,
    via: 'seed',
  };
  return { address, kind: 'personal', method: 'text', confidence: 0.9, flags: [], sightings: [sighting], ...over };
}

export function makeSiteResult(host: string, emails: FoundEmail[], over: Partial<SiteResult> = {}): SiteResult {
  return {
    host,
    outcome: emails.length > 0 ? 'found' : 'no_address',
    detail: null,
    robots: 'allowed',
    pages: 1,
    bytes: 100,
    emails,
    errors: [],
    ...over,
  };
}
