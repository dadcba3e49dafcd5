import type { ProgressSnapshot } from '#common/contracts/job-progressed.contract.js';
import type { ChunkState } from '#common/domain/chunk-state.js';

/** A job's chunk rows, added up. */
export type JobTotals = Record<ChunkState, number> & {
  jobId: string;
  /** Chunks. */
  total: number;
  sitesDone: number;
  emails: number;
  pages: number;
  bytes: number;
  errors: number;
};

export function buildSnapshot(input: {
  totals: JobTotals;
  version: number;
  sitesTotal: number;
  percent: number;
  emailsPerSecond: number;
  etaSeconds: number | null;
}): ProgressSnapshot {
  const { totals, version, sitesTotal, percent, emailsPerSecond, etaSeconds } = input;
  const { total, pending, dispatched, running, done, failed, cancelled } = totals;
  return {
    version,
    percent,
    emails: totals.emails,
    pages: totals.pages,
    bytes: totals.bytes,
    sites: totals.sitesDone,
    sitesTotal,
    errors: totals.errors,
    emailsPerSecond,
    etaSeconds,
    activeWorkers: running,
    chunks: { total, pending, dispatched, running, done, failed, cancelled },
  };
}

/** Share of the work done, 0 to 99 while a job runs: by sites, or by its target where that is nearer. Never falls. */
export function percentOf(job: {
  sitesDone: number;
  sitesTotal: number;
  emails: number;
  target: number | null;
  before: number;
}): number {
  const bySites = job.sitesTotal === 0 ? 0 : job.sitesDone / job.sitesTotal;
  const byTarget = job.target === null ? 0 : job.emails / job.target;
  return Math.max(job.before, Math.min(99, Math.floor(100 * Math.max(bySites, byTarget))));
}

interface Sample {
  at: number;
  emails: number;
  sites: number;
}

const WINDOW_MS = 10_000;

/** Rates over the last ten seconds of one job. */
export class RateWindow {
  private samples: Sample[] = [];

  add(sample: Sample): void {
    this.samples.push(sample);
    // The newest sample that is old enough stays as the far end of the window.
    while (this.samples[1] && sample.at - this.samples[1].at >= WINDOW_MS) this.samples.shift();
  }

  emailsPerSecond(): number {
    return Math.round(10 * this.rate('emails')) / 10;
  }

  /** Seconds until the sites are done, or the target is reached if that comes first; null until ten seconds are seen. */
  etaSeconds(job: { sitesTotal: number; target: number | null }): number | null {
    const last = this.samples.at(-1);
    if (!last || this.spanMs() < WINDOW_MS) return null;
    const times = [(job.sitesTotal - last.sites) / this.rate('sites')];
    if (job.target !== null) times.push((job.target - last.emails) / this.rate('emails'));
    const seconds = Math.min(...times.filter((time) => Number.isFinite(time) && time >= 0));
    return Number.isFinite(seconds) ? Math.ceil(seconds) : null;
  }

  private rate(field: 'emails' | 'sites'): number {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    const spanMs = this.spanMs();
    return !first || !last || spanMs === 0 ? 0 : (1000 * (last[field] - first[field])) / spanMs;
  }

  private spanMs(): number {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    return first && last ? last.at - first.at : 0;
  }
}
