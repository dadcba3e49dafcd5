/** What one running job has and wants. */
export interface JobDemand {
  jobId: string;
  accountId: string;
  /** 9 first. */
  priority: number;
  /** Chunks dispatched or running. */
  inFlight: number;
  /** Chunks that may be dispatched now. */
  due: number;
  /** The job's worker count: the most chunks of it in flight. */
  limit: number;
}

/**
 * Shares `free` places among jobs: highest priority first, then the account with the least in flight, then its job with
 * the least in flight. One place at a time, so that a small job starts at once beside a big one.
 */
export function shareWindow(free: number, demands: readonly JobDemand[]): Map<string, number> {
  const share = new Map<string, number>();
  const jobs = demands.map((demand) => ({ ...demand }));
  const perAccount = new Map<string, number>();
  for (const job of jobs) perAccount.set(job.accountId, (perAccount.get(job.accountId) ?? 0) + job.inFlight);
  const load = (job: JobDemand): number => perAccount.get(job.accountId) ?? 0;

  for (let place = 0; place < free; place++) {
    let next: (typeof jobs)[number] | undefined;
    for (const job of jobs) {
      if (job.due === 0 || job.inFlight >= job.limit) continue;
      if (!next || compare(job, next, load) < 0) next = job;
    }
    if (!next) break;
    next.due--;
    next.inFlight++;
    perAccount.set(next.accountId, load(next) + 1);
    share.set(next.jobId, (share.get(next.jobId) ?? 0) + 1);
  }
  return share;
}

function compare(a: JobDemand, b: JobDemand, load: (job: JobDemand) => number): number {
  return b.priority - a.priority || load(a) - load(b) || a.inFlight - b.inFlight;
}
