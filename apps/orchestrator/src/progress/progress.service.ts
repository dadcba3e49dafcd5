import { Injectable, Logger } from '@nestjs/common';
import { Broker } from '#common/broker/broker.js';
import { jobProgressed, type ProgressSnapshot } from '#common/contracts/job-progressed.contract.js';
import { describeError } from '#common/domain/errors.js';
import { type ActiveJob, ProgressStore } from './progress.store.js';
import { buildSnapshot, type JobTotals, percentOf, RateWindow } from './snapshot.js';

/** Once a second: adds up each active job, writes the snapshot that polling serves, and fans it out for SSE. */
@Injectable()
export class ProgressService {
  private readonly logger = new Logger(ProgressService.name);
  private rates = new Map<string, RateWindow>();

  constructor(
    private readonly store: ProgressStore,
    private readonly broker: Broker,
  ) {}

  async publishProgress(): Promise<void> {
    const jobs = await this.store.listActive();
    const totals = new Map((await this.store.readTotals(jobs.map((job) => job.id))).map((row) => [row.jobId, row]));
    const rates = new Map<string, RateWindow>();
    for (const job of jobs) {
      rates.set(job.id, this.rates.get(job.id) ?? new RateWindow());
    }
    this.rates = rates;
    for (const job of jobs) {
      const sums = totals.get(job.id);
      if (sums) await this.publish(job, sums);
    }
  }

  private async publish(job: ActiveJob, totals: JobTotals): Promise<void> {
    const before = job.snapshot === null ? null : (JSON.parse(job.snapshot) as ProgressSnapshot);
    const rate = this.rates.get(job.id) ?? new RateWindow();
    rate.add({ at: Date.now(), emails: totals.emails, sites: totals.sitesDone });
    // While more sites are being found, only the target says how far it is.
    const { target } = job;
    const sitesTotal = job.sourceOpen === 1 ? Number.POSITIVE_INFINITY : job.sitesTotal;
    const snapshot = buildSnapshot({
      totals,
      version: job.snapshotSeq + 1,
      sitesTotal: job.sitesTotal,
      percent: percentOf({ ...totals, sitesTotal, target, before: percentBefore(before) }),
      emailsPerSecond: rate.emailsPerSecond(),
      etaSeconds: rate.etaSeconds({ sitesTotal, target }),
    });
    if (before && isSame(before, snapshot)) return;
    if (!(await this.store.writeSnapshot(job.id, snapshot))) return;
    this.broker
      .publish(jobProgressed, { jobId: job.id, status: job.status, snapshot })
      .catch((error: unknown) => this.logger.debug('progress not sent', { error: describeError(error) }));
  }
}

/** An open job that has been at 100 has ended once and was opened again: it starts anew. */
function percentBefore(snapshot: ProgressSnapshot | null): number {
  return snapshot === null || snapshot.percent === 100 ? 0 : snapshot.percent;
}

/** A job in which nothing moves is not written again every second. */
function isSame(before: ProgressSnapshot, after: ProgressSnapshot): boolean {
  return JSON.stringify({ ...before, version: 0 }) === JSON.stringify({ ...after, version: 0 });
}
