import { z } from 'zod';
import { type ProgressSnapshot, progressSnapshot } from '#common/contracts/job-progressed.contract.js';
import { crawlSpec, jobSpec, policySpec } from '#common/contracts/job-spec.js';
import { JOB_STATUSES, type JobStatus } from '#common/domain/job-status.js';
import { pageOf } from '../http/paging.js';

const time = z.iso.datetime();

const usageView = z.object({
  provider: z.string(),
  requests: z.int().describe('Pages asked for, failed ones included.'),
  results: z.int(),
  skipped: z.int().describe('Results that are not visited: on the skip list, files, pages behind a login.'),
});
export type UsageRow = z.output<typeof usageView>;

/** A job as the API shows it. */
export const jobView = z
  .object({
    id: z.uuid(),
    name: z.string().nullable(),
    status: z.enum(JOB_STATUSES),
    workerCount: z.int().nullable().describe('The most chunks of this job in flight; null until planned.'),
    target: z.int().nullable(),
    source: z.looseObject({
      type: z.string(),
      sites: z.int().optional().describe('Lines of the site list, given or found so far.'),
      queries: z.array(z.string()).optional().describe('The first 20 of them.'),
      queriesTotal: z.int().optional(),
    }),
    crawl: crawlSpec,
    policy: policySpec,
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    error: z.string().nullable(),
    progress: progressSnapshot.meta({ id: 'Progress' }),
    usage: z
      .array(usageView)
      .optional()
      .describe('What was asked of search providers; in the answer to GET /v1/jobs/{id} only.'),
  })
  .meta({ id: 'Job' });
export type JobView = z.output<typeof jobView>;

export const jobPage = pageOf(jobView).extend({ total: z.int().describe('Jobs on all pages.') });
export type JobPage = z.output<typeof jobPage>;

/** What the gateway reads of a job's row. */
export interface JobRow {
  id: string;
  accountId: string;
  name: string | null;
  status: JobStatus;
  workerCount: number | null;
  target: number | null;
  sourceType: string;
  spec: string;
  targetReachedAt: number | null;
  /** The lines inputsFrom <= seq < inputsTo of `job_inputs`; both 0 for jobs of the first release. */
  inputsFrom: number;
  inputsTo: number;
  error: string | null;
  snapshot: string | null;
  snapshotSeq: number;
  createdAt: number;
  startedAt: number | null;
  finishedAt: number | null;
}

/** What stands in `jobs.spec` beside the JobSpec: facts of the request that no other service reads. */
export interface RequestFacts {
  source: JobView['source'];
  deadlineSeconds?: number | undefined;
}

export function readFacts(row: Pick<JobRow, 'spec'>): Partial<RequestFacts> {
  return JSON.parse(row.spec) as Partial<RequestFacts>;
}

export function viewJob(row: JobRow): JobView {
  const facts = readFacts(row);
  const { crawl, policy } = jobSpec.parse(facts);
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    workerCount: row.workerCount,
    target: row.target,
    source: {
      type: row.sourceType,
      ...facts.source,
      ...(row.inputsTo > 0 ? { sites: row.inputsTo - row.inputsFrom } : {}),
    },
    crawl,
    policy,
    createdAt: toIso(row.createdAt),
    startedAt: row.startedAt === null ? null : toIso(row.startedAt),
    finishedAt: row.finishedAt === null ? null : toIso(row.finishedAt),
    error: row.error,
    progress: readProgress(row),
  };
}

/** The stored snapshot; zeros until there is one. */
export function readProgress({ snapshot, snapshotSeq }: Pick<JobRow, 'snapshot' | 'snapshotSeq'>): ProgressSnapshot {
  const stored = snapshot === null ? NO_PROGRESS : (JSON.parse(snapshot) as ProgressSnapshot);
  return { ...stored, version: snapshotSeq };
}

export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

const NO_PROGRESS: ProgressSnapshot = {
  version: 0,
  percent: 0,
  emails: 0,
  pages: 0,
  bytes: 0,
  sites: 0,
  sitesTotal: 0,
  errors: 0,
  emailsPerSecond: 0,
  etaSeconds: null,
  activeWorkers: 0,
  chunks: { total: 0, pending: 0, dispatched: 0, running: 0, done: 0, failed: 0, cancelled: 0 },
};
