import { Injectable, Logger } from '@nestjs/common';
import { Config } from '#common/config/config.schema.js';
import { countNextWave, planJob } from '#common/domain/plan.js';
import { withLogContext } from '#common/observability/log-context.js';
import { BATCH_SITES } from './planning.service.js';
import { PlanningStore } from './planning.store.js';
import { type FindingJob, WavesStore } from './waves.store.js';

/** A source of which so many slices in a row had no answer is not asked for more. */
const MAX_FAILED_SLICES = 5;

/** Plans the chunks of jobs whose sites are found while they run, until their target is reached or their source exhausted. */
@Injectable()
export class WavesService {
  private readonly logger = new Logger(WavesService.name);

  constructor(
    private readonly store: WavesStore,
    private readonly planning: PlanningStore,
    private readonly config: Config,
  ) {}

  /** True when it planned anything. */
  async planWaves(isLeader: () => boolean): Promise<boolean> {
    let planned = 0;
    for (const job of await this.store.listFinding()) {
      if (!isLeader()) break;
      planned += await withLogContext({ jobId: job.id }, () =>
        this.planNext(job, isLeader).catch((error: unknown) => {
          this.logger.error('wave could not be planned', error);
          return 0;
        }),
      );
    }
    return planned > 0;
  }

  private async planNext(job: FindingJob, isLeader: () => boolean): Promise<number> {
    if (job.sourceType === 'sitemap' && job.wave > 0) return this.planFound(job, isLeader);
    if (job.open === 0 && (await this.store.haveFailed(job.id, MAX_FAILED_SLICES))) {
      return this.close(job, 'no more answers');
    }
    const size = job.target === null ? 1 : countNextWave({ ...job, target: job.target });
    if (size === 0) return 0;
    const added = await this.store.addSlices(job, size);
    if (added === 'stopped') return 0;
    if (added === 0) return this.noteClosed(job, 'all queries are exhausted');
    this.logger.log('wave planned', { wave: job.wave + 1, chunks: added, found: job.found, target: job.target });
    return added;
  }

  /** The sitemap is read: its sites are planned like a list's. */
  private async planFound(job: FindingJob, isLeader: () => boolean): Promise<number> {
    if (job.open > 0) return 0;
    // A retry reads it anew: nothing may have been planned from the part that was read.
    if (job.done === 0) return this.close(job, 'the sitemap could not be read');
    const sites = await this.planning.countSites(job.id);
    const { MAX_WORKERS: maxWorkers } = this.config;
    const { workerCount, sitesPerChunk, chunks } = planJob({ target: job.target, sites, maxWorkers });
    await this.store.setPlan(job.id, { workerCount, sites });
    let added: 'more' | 'done' | 'stopped';
    do {
      if (!isLeader()) return 0;
      added = await this.store.addRuns(job.id, sitesPerChunk, BATCH_SITES);
    } while (added === 'more');
    if (added === 'stopped') return 0;
    this.logger.log('wave planned', { wave: job.wave + 1, chunks, sites });
    return chunks;
  }

  private async close(job: FindingJob, reason: string): Promise<number> {
    await this.store.closeSource(job.id);
    return this.noteClosed(job, reason);
  }

  private noteClosed({ found, wave }: FindingJob, reason: string): number {
    this.logger.log('source closed', { reason, waves: wave, found });
    return 0;
  }
}
