import { z } from 'zod';
import type { ChunkState } from '#common/domain/chunk-state.js';
import { BUDGET_EXCEEDED, isTerminal } from '#common/domain/job-status.js';
import { OPEN_SITE_STATES, SITE_OUTCOMES, type SiteOutcome, type SiteState } from '#common/domain/site-outcome.js';
import { pageOf } from '../http/paging.js';
import { type JobRow, toIso } from '../jobs/job.view.js';

export const SITE_STATES = [...SITE_OUTCOMES, ...OPEN_SITE_STATES] as const;

/** One site of a job and why it ended as it did. */
export const siteView = z
  .object({
    host: z.string(),
    outcome: z.enum(SITE_STATES),
    emails: z.int(),
    pages: z.int(),
    detail: z.string().nullable(),
    robots: z
      .enum(['allowed', 'disallowed', 'unavailable', 'ignored', 'archived'])
      .nullable()
      .describe(
        'What robots.txt said about the first page; unavailable = there is none; archived = the archive asked; null = nobody did.',
      ),
    waitingUntil: z.iso.datetime().nullable().describe('When a waiting site is tried again.'),
  })
  .meta({ id: 'Site' });
export type SiteView = z.output<typeof siteView>;

export const sitePage = pageOf(siteView);
export type SitePage = z.output<typeof sitePage>;

/** A planned site, with its finished row and the chunk that holds it where there are. */
export interface SiteRow {
  host: string;
  outcome: SiteOutcome | null;
  emails: number | null;
  pages: number | null;
  detail: string | null;
  robots: SiteView['robots'];
  /** Epoch ms and reason where the site waits. */
  waitingUntil: number | null;
  waitReason: string | null;
  chunkState: ChunkState | null;
  chunkError: string | null;
}

export function viewSite(job: JobRow, row: SiteRow): SiteView {
  const state = row.outcome ?? outcomeOf(job, row.chunkState);
  const isWaiting = state === 'pending' && row.waitingUntil !== null;
  const outcome = isWaiting ? 'waiting' : state;
  return {
    host: row.host,
    outcome,
    emails: row.emails ?? 0,
    pages: row.pages ?? 0,
    detail: row.detail ?? detailOf(job, row, outcome),
    robots: row.robots,
    waitingUntil: isWaiting && row.waitingUntil !== null ? toIso(row.waitingUntil) : null,
  };
}

function detailOf(job: JobRow, row: SiteRow, outcome: SiteState): string | null {
  if (row.outcome !== null) return null;
  if (outcome === 'waiting') return row.waitReason;
  if (outcome === 'budget') return 'the page or byte budget of the job was spent first';
  return outcome === 'failed' ? (row.chunkError ?? job.error) : null;
}

/** What a site without a row of its own shows: derived from its chunk, and without one from the job. */
export function outcomeOf(
  job: Pick<JobRow, 'status' | 'targetReachedAt' | 'error'>,
  chunkState: ChunkState | null,
): SiteState {
  switch (chunkState) {
    case 'running':
      return 'working';
    case 'cancelled':
      if (job.targetReachedAt !== null) return 'not_needed';
      return job.error === BUDGET_EXCEEDED ? 'budget' : 'cancelled';
    case 'failed':
    // A chunk that is done has a row for every site; one without was abandoned.
    case 'done':
      return 'failed';
    case 'pending':
    case 'dispatched':
      return 'pending';
    case null:
      if (!isTerminal(job.status)) return 'pending';
      return job.status === 'cancelled' ? 'cancelled' : 'failed';
  }
}
