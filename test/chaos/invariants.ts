import { connect } from 'amqplib';
import { SUBSCRIPTIONS, Topology } from '#common/broker/topology.js';
import { isTerminal } from '#common/domain/job-status.js';
import { waitFor } from '../support/wait-for.js';
import { type Api, type JobView } from './api.js';
import type { Database, Row } from './database.js';
import type { ChaosJob } from './load.js';
import type { Rule, Violation } from './violation.js';

/** Leftover tickets are harmless, and taken within seconds. */
const QUEUES_EMPTY_WITHIN_MS = 20_000;

/** All that must hold for a job after the faults are over, read through the API and from the tables. */
export async function checkJob(job: ChaosJob, api: Api, database: Database): Promise<Violation[]> {
  const name = `job ${job.id} (${job.kind}, ${job.sites.length} sites)`;
  const violations: Violation[] = [];
  const expect = (rule: Rule, holds: boolean, text: string): void => {
    if (!holds) violations.push({ rule, text: `${name}: ${text}` });
  };
  const view = await api.get<JobView>(`/v1/jobs/${job.id}`);
  const truth = await readTruth(job.id, database);
  const state = `${view.status}, ${JSON.stringify(view.progress)}`;
  expect('stuck', isTerminal(view.status), `has not ended: ${state}`);
  expect('stuck', truth.open === 0, `${truth.open} chunks are open: ${truth.openChunks}`);
  if (violations.length > 0) return violations;

  const isCancelled = job.isCancelled && view.status === 'cancelled';
  expect('status', isCancelled || view.status === 'completed', `ended as ${state}, ${view.error}`);

  const listed = await api.list<{ address: string }>(`/v1/jobs/${job.id}/emails?limit=500`);
  const addresses = new Set(listed.map((row) => row.address));
  const extra = [...addresses].filter((address) => !job.planted.has(address));
  const missing = [...job.planted].filter((address) => !addresses.has(address));
  expect('duplicate', addresses.size === listed.length, `${listed.length - addresses.size} addresses are listed twice`);
  expect('extra', extra.length === 0, `${extra.length} were never planted: ${extra.slice(0, 5).join()}`);
  if (job.target !== null) {
    expect('lost', listed.length >= job.target, `found ${listed.length} of its target ${job.target}`);
    expect('extra', listed.length <= job.target, `found ${listed.length}, more than its target ${job.target}`);
    expect('counters', truth.found === listed.length, `jobs.found is ${truth.found}, rows ${listed.length}`);
  } else if (!isCancelled) {
    const clues = `errors: ${truth.errors}; least pages: ${truth.leastPages}`;
    expect('lost', missing.length === 0, `${missing.length} are missing: ${missing.slice(0, 5).join()}; ${clues}`);
    expect('counters', view.progress.sites === job.sites.length, `counts ${view.progress.sites} sites`);
    expect('lost', truth.outcomes === `found ${job.sites.length}`, `has the outcomes ${truth.outcomes}`);
  }

  const { emails, pages, sites } = view.progress;
  const equal = (what: string, ...counts: number[]): void =>
    expect('counters', new Set(counts).size === 1, `${what} differ: ${counts.join(', ')}`);
  equal('addresses (progress, listed, rows, chunks)', emails, listed.length, truth.rows, truth.chunkEmails);
  equal('pages (progress, chunks, sites)', pages, truth.chunkPages, truth.sitePages);
  equal('sites (progress, chunks, rows)', sites, truth.chunkSites, truth.siteRows);
  expect(
    'counters',
    truth.unevenChunks === '',
    `chunks count other sites or pages than they have: ${truth.unevenChunks}`,
  );
  expect('lost', truth.withoutContact === 0, `${truth.withoutContact} addresses are not among the contacts`);
  return violations;
}

async function readTruth(jobId: string, database: Database): Promise<Counts & Texts> {
  const [chunks] = await database.read(
    `SELECT COALESCE(SUM(state IN ('pending', 'dispatched', 'running')), 0) AS open, COALESCE(SUM(emails), 0) AS chunkEmails,
            COALESCE(SUM(pages), 0) AS chunkPages, COALESCE(SUM(sites_done), 0) AS chunkSites
       FROM chunks WHERE job_id = ?`,
    [jobId],
  );
  const [sites] = await database.read(
    'SELECT COUNT(*) AS siteRows, COALESCE(SUM(pages), 0) AS sitePages FROM sites WHERE job_id = ?',
    [jobId],
  );
  const [emails] = await database.read(
    `SELECT COUNT(*) AS \`rows\`, COALESCE(SUM(c.hash IS NULL), 0) AS withoutContact
       FROM emails e JOIN jobs j ON j.id = e.job_id
       LEFT JOIN contacts c ON c.account_id = j.account_id AND c.hash = e.hash
      WHERE e.job_id = ? AND e.flags = ''`,
    [jobId],
  );
  const [job] = await database.read('SELECT found FROM jobs WHERE id = ?', [jobId]);
  const counts = { ...chunks, ...sites, ...emails, ...job } as unknown as Counts;
  return { ...counts, ...(await readTexts(jobId, database)) };
}

/** Of one job: open chunks, what the chunks count, what rows there are, and `jobs.found`. */
type Counts = Record<
  'open' | 'chunkEmails' | 'chunkPages' | 'chunkSites' | 'siteRows' | 'sitePages' | 'rows' | 'withoutContact' | 'found',
  number
>;

interface Texts {
  errors: string;
  leastPages: string;
  openChunks: string;
  outcomes: string;
  unevenChunks: string;
}

async function readTexts(jobId: string, database: Database): Promise<Texts> {
  const describe = (rows: Row[]): string => rows.map((row) => Object.values(row).join(' ')).join(', ');
  return {
    errors: describe(
      await database.read(
        'SELECT COUNT(*), code, message FROM job_errors WHERE job_id = ? GROUP BY code, message LIMIT 5',
        [jobId],
      ),
    ),
    leastPages: describe(
      await database.read(
        `SELECT s.host, s.pages, s.outcome, s.detail, c.attempt FROM sites s
           JOIN chunks c ON c.job_id = s.job_id AND c.chunk_no = s.chunk_no
          WHERE s.job_id = ? ORDER BY s.pages LIMIT 5`,
        [jobId],
      ),
    ),
    openChunks: describe(
      await database.read(
        `SELECT chunk_no, state, attempt, failures, losses, worker, lease_until FROM chunks
          WHERE job_id = ? AND state IN ('pending', 'dispatched', 'running') LIMIT 5`,
        [jobId],
      ),
    ),
    outcomes: describe(
      await database.read('SELECT outcome, COUNT(*) FROM sites WHERE job_id = ? GROUP BY outcome', [jobId]),
    ),
    unevenChunks: describe(
      await database.read(
        `SELECT c.chunk_no FROM chunks c
           LEFT JOIN (SELECT chunk_no, COUNT(*) AS n, SUM(pages) AS pages FROM sites WHERE job_id = ? GROUP BY chunk_no) s
             ON s.chunk_no = c.chunk_no
          WHERE c.job_id = ? AND (c.sites_done <> COALESCE(s.n, 0) OR c.pages <> COALESCE(s.pages, 0))`,
        [jobId, jobId],
      ),
    ),
  };
}

/** No job came from nowhere. */
export async function checkJobs(jobs: readonly ChaosJob[], database: Database): Promise<Violation[]> {
  const [row] = await database.read<{ n: number }>('SELECT COUNT(*) AS n FROM jobs');
  if (row!.n === jobs.length) return [];
  return [{ rule: 'submission', text: `${jobs.length} jobs were submitted, ${row!.n} are there` }];
}

/** No ticket is left over, and nothing was given up: no message of ours is one that nobody can handle. */
export async function checkQueues(brokerUrl: string): Promise<Violation[]> {
  const url = new URL(brokerUrl);
  const topology = new Topology(url.searchParams.get('prefix') ?? '');
  url.searchParams.delete('prefix');
  const connection = await connect(url.href);
  const violations: Violation[] = [];
  try {
    const channel = await connection.createChannel();
    for (const subscription of SUBSCRIPTIONS.filter(({ kind }) => kind === 'queue')) {
      const queue = topology.queueOf(subscription);
      const isEmpty = async (): Promise<boolean> => (await channel.checkQueue(queue)).messageCount === 0;
      await waitFor(isEmpty, { timeoutMs: QUEUES_EMPTY_WITHIN_MS, intervalMs: 200 }).catch(() =>
        violations.push({ rule: 'messages', text: `${queue} is not empty` }),
      );
    }
    for (;;) {
      const dead = await channel.get(topology.deadLetters, { noAck: true });
      if (!dead) return violations;
      const reason = JSON.stringify(dead.properties.headers?.['x-death'] ?? null);
      violations.push({ rule: 'messages', text: `dead letter ${dead.content.toString().slice(0, 200)}: ${reason}` });
    }
  } finally {
    await connection.close();
  }
}
