import { Injectable, Logger } from '@nestjs/common';
import { Config } from '#common/config/config.schema.js';
import { planJob } from '#common/domain/plan.js';
import { withLogContext } from '#common/observability/log-context.js';
import { type JobToPlan, PlanningStore } from './planning.store.js';

/** Sites per transaction: bounds its length and the planner's memory. */
const BATCH_SITES = 5000;
const JOBS_PER_PASS = 20;

/** Turns queued jobs into chunks: in batches, and again from where it stopped after any crash. */
@Injectable()
export class PlanningService {
  private readonly logger = new Logger(PlanningService.name);

  constructor(
    private readonly store: PlanningStore,
    private readonly config: Config,
  ) {}

  /** Plans what waits; true when it planned anything. */
  async planWaiting(isLeader: () => boolean): Promise<boolean> {
    const jobs = await this.store.listToPlan(JOBS_PER_PASS);
    for (const job of jobs) {
      if (!isLeader()) return false;
      await withLogContext({ jobId: job.id }, () =>
        // One job that cannot be planned must not keep the others from it; it is tried again.
        this.plan(job, isLeader).catch((error: unknown) => this.logger.error('job could not be planned', error)),
      );
    }
    return jobs.length > 0;
  }

  private async plan(job: JobToPlan, isLeader: () => boolean): Promise<void> {
    const startedAt = Date.now();
    const sites = await this.store.countSites(job.id);
    const plan = planJob({ target: job.target, sites, maxWorkers: this.config.MAX_WORKERS });
    await this.store.beginPlanning(job.id, { workerCount: plan.workerCount, sites });
    let added: 'more' | 'started' | 'stopped';
    do {
      if (!isLeader()) return;
      added = await this.store.addChunks(job.id, plan.sitesPerChunk, BATCH_SITES);
    } while (added === 'more');
    if (added === 'stopped') return;
    this.logger.log('job planned', { sites, ...plan, ms: Date.now() - startedAt });
  }
}
