import { Injectable, Logger } from '@nestjs/common';
import { Config } from '#common/config/config.schema.js';
import { reopening } from '#common/contracts/reopening.js';
import { isFinding } from '#common/contracts/source-spec.js';
import { countWorkers, planJob } from '#common/domain/plan.js';
import { withLogContext } from '#common/observability/log-context.js';
import { shareWindow } from '../dispatch/share-window.js';
import { type JobToPlan, PlanningStore, type WaitingJobs } from './planning.store.js';
import { ReopeningStore } from './reopening.store.js';

/** Sites per transaction: bounds its length and the planner's memory. */
export const BATCH_SITES = 5000;
/** Chunks per transaction that are looked at for a retry. */
const BATCH_CHUNKS = 200;
const JOBS_PER_PASS = 20;
/** Jobs of one account that are planned ahead of their dispatch; those of lower priority do not count. */
const MAX_PLANNED_AHEAD = 100;

/** Turns queued jobs into chunks: in batches, and again from where it stopped after any crash. */
@Injectable()
export class PlanningService {
  private readonly logger = new Logger(PlanningService.name);
  private isBacklogged = false;

  constructor(
    private readonly store: PlanningStore,
    private readonly reopeningStore: ReopeningStore,
    private readonly config: Config,
  ) {}

  /** Queued jobs are waiting for planned ones to be dispatched: worth another pass as soon as chunks were. */
  hasBacklog(): boolean {
    return this.isBacklogged;
  }

  /** Plans what waits, some jobs a pass; true when it planned anything. */
  async planWaiting(isLeader: () => boolean): Promise<boolean> {
    const jobs = await this.listNext();
    for (const job of jobs) {
      if (!isLeader()) return false;
      await withLogContext({ jobId: job.id }, () =>
        // One job that cannot be planned must not keep the others from it; it is tried again.
        this.plan(job, isLeader).catch((error: unknown) => this.logger.error('job could not be planned', error)),
      );
    }
    return jobs.length > 0;
  }

  /**
   * What is being planned already, then queued jobs, only so far ahead: every planned job costs each dispatch. Each account
   * has a window of its own, so that its 10,000 jobs delay nobody else's.
   */
  private async listNext(): Promise<JobToPlan[]> {
    const jobs = await this.store.listInPlanning(JOBS_PER_PASS);
    const queued = await this.store.countQueued();
    this.isBacklogged = queued.length > 0;
    if (queued.length === 0) return jobs;
    const planned = await this.store.countPlanned();
    const demands = queued.map((group, i) => ({
      jobId: String(i),
      accountId: group.accountId,
      priority: group.priority,
      due: group.jobs,
      inFlight: countAhead(group, planned),
      limit: MAX_PLANNED_AHEAD,
    }));
    for (const [i, count] of shareWindow(JOBS_PER_PASS, demands)) {
      jobs.push(...(await this.store.listQueued(queued[Number(i)] as WaitingJobs, count)));
    }
    return jobs;
  }

  private async plan(job: JobToPlan, isLeader: () => boolean): Promise<void> {
    if (job.reopening !== null) return this.reopen(job, job.reopening, isLeader);
    if (isFinding(job.sourceType)) return this.openSource(job);
    const startedAt = Date.now();
    const sites = await this.store.countSites(job.id);
    const plan = planJob({ target: job.target, sites, maxWorkers: this.config.MAX_WORKERS });
    await this.store.beginPlanning(job.id, { workerCount: plan.workerCount, sites });
    if (sites === 0) return this.store.failPlanning(job.id, 'there is no site to visit');
    let added: 'more' | 'started' | 'stopped';
    do {
      if (!isLeader()) return;
      added = await this.store.addChunks(job.id, plan.sitesPerChunk, BATCH_SITES);
    } while (added === 'more');
    if (added === 'stopped') return;
    this.logger.log('job planned', { sites, ...plan, ms: Date.now() - startedAt });
  }

  /** Its chunks are planned in waves. Until its sites are known one worker asks for them. */
  private async openSource({ id, target }: JobToPlan): Promise<void> {
    const workerCount = target === null ? 1 : countWorkers(target, this.config.MAX_WORKERS);
    await this.store.beginPlanning(id, { workerCount, sites: 0 });
    await this.store.openSource(id);
  }

  private async reopen(job: JobToPlan, spec: string, isLeader: () => boolean): Promise<void> {
    const retry = reopening.parse(JSON.parse(spec));
    let opened: 'more' | 'started' | 'stopped' = 'more';
    for (let from = 0; opened === 'more'; from += BATCH_CHUNKS) {
      if (!isLeader()) return;
      opened = await this.reopeningStore.reopenChunks(job, retry, { from, to: from + BATCH_CHUNKS });
    }
    this.logger.log('job opened again', { ...retry, result: opened });
  }
}

/** Planned jobs that go before those of this account and priority. */
function countAhead({ accountId, priority }: WaitingJobs, planned: readonly WaitingJobs[]): number {
  const before = planned.filter((group) => group.accountId === accountId && group.priority >= priority);
  return before.reduce((sum, group) => sum + group.jobs, 0);
}
