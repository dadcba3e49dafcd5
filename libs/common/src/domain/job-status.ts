export const JOB_STATUSES = [
  'held',
  'queued',
  'planning',
  'running',
  'paused',
  'cancelling',
  'completed',
  'completed_with_errors',
  'failed',
  'cancelled',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** Statuses in which nothing runs and nothing will by itself. */
const TERMINAL: readonly JobStatus[] = ['completed', 'completed_with_errors', 'failed', 'cancelled'];

export const OPEN_JOB_STATUSES: readonly JobStatus[] = JOB_STATUSES.filter((status) => !TERMINAL.includes(status));

/**
 * Every move there is, each with the statuses it may come from: a compare-and-set writes these into its WHERE. The first
 * six are asked for by users (anything else is a conflict, HTTP 409), the others are the orchestrator's.
 */
export const JOB_MOVES = {
  start: { from: ['held'], to: 'queued' },
  cancel: { from: ['held', 'queued', 'planning', 'running', 'paused'], to: 'cancelling' },
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  /** What failed, or was cancelled by a deadline, is opened again by the planner. */
  retry: { from: ['completed_with_errors', 'failed'], to: 'planning' },
  /** The same for sites of chosen outcomes; a job may be complete although some of its sites did not answer. */
  retrySites: { from: ['completed', 'completed_with_errors', 'failed'], to: 'planning' },
  plan: { from: ['queued'], to: 'planning' },
  run: { from: ['planning'], to: 'running' },
  complete: { from: ['running', 'paused'], to: 'completed' },
  completeWithErrors: { from: ['running', 'paused'], to: 'completed_with_errors' },
  /** Nothing could be planned; a source that is asked while the job runs may tell so only then. */
  fail: { from: ['planning', 'running', 'paused'], to: 'failed' },
  endCancelling: { from: ['cancelling'], to: 'cancelled' },
} as const satisfies Record<string, { from: readonly JobStatus[]; to: JobStatus }>;

export type JobMove = keyof typeof JOB_MOVES;

/** `jobs.error` of a job whose deadline has passed, or whose budget of pages or bytes is spent. */
export const DEADLINE_EXCEEDED = 'deadline_exceeded';
export const BUDGET_EXCEEDED = 'budget_exceeded';

export function isTerminal(status: JobStatus): boolean {
  return TERMINAL.includes(status);
}

export function canMoveJob(status: JobStatus, move: JobMove): boolean {
  const from: readonly JobStatus[] = JOB_MOVES[move].from;
  return from.includes(status);
}
