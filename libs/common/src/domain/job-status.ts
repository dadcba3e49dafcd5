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

/** Every allowed move; anything else is a conflict (HTTP 409). Terminal states have none. */
const MOVES: Record<JobStatus, readonly JobStatus[]> = {
  held: ['queued', 'cancelling'],
  queued: ['planning', 'cancelling'],
  planning: ['running', 'failed', 'cancelling'],
  running: ['paused', 'completed', 'completed_with_errors', 'cancelling'],
  paused: ['running', 'completed', 'completed_with_errors', 'cancelling'],
  cancelling: ['cancelled'],
  completed: [],
  completed_with_errors: [],
  failed: [],
  cancelled: [],
};

export const OPEN_JOB_STATUSES: readonly JobStatus[] = JOB_STATUSES.filter((status) => MOVES[status].length > 0);

/** `jobs.error` of a job whose deadline has passed, or whose budget of pages or bytes is spent. */
export const DEADLINE_EXCEEDED = 'deadline_exceeded';
export const BUDGET_EXCEEDED = 'budget_exceeded';

export function isTerminal(status: JobStatus): boolean {
  return MOVES[status].length === 0;
}

export function canMoveJob(from: JobStatus, to: JobStatus): boolean {
  return MOVES[from].includes(to);
}

/** The statuses a job may come from to enter `to`: what a compare-and-set writes into its WHERE. */
export function sourcesOf(to: JobStatus): JobStatus[] {
  return JOB_STATUSES.filter((from) => MOVES[from].includes(to));
}
