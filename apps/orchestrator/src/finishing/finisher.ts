import { Injectable, Logger } from '@nestjs/common';
import { Broker } from '#common/broker/broker.js';
import { jobProgressed } from '#common/contracts/job-progressed.contract.js';
import { describeError } from '#common/domain/errors.js';
import { type FinishableJob, FinishingStore } from './finishing.store.js';

/** Ends every job that has no work left. */
@Injectable()
export class Finisher {
  private readonly logger = new Logger(Finisher.name);

  constructor(
    private readonly store: FinishingStore,
    private readonly broker: Broker,
  ) {}

  async finishJobs(isActive: () => boolean): Promise<void> {
    for (const job of await this.store.listFinishable()) {
      if (!isActive()) return;
      // One job that cannot be finished must not keep the others from it.
      await this.finishJob(job, isActive).catch((error: unknown) =>
        this.logger.error('job could not be finished', { jobId: job.id }, error),
      );
    }
  }

  private async finishJob(job: FinishableJob, isActive: () => boolean): Promise<void> {
    if (!(await this.store.recordContacts(job, isActive))) return;
    const finished = await this.store.finish(job.id);
    if (!finished) return;
    this.logger.log('job finished', { jobId: job.id, status: finished.status, emails: finished.snapshot.emails });
    // A hint: gateways also look at the row.
    this.broker
      .publish(jobProgressed, finished)
      .catch((error: unknown) => this.logger.debug('progress not sent', { error: describeError(error) }));
  }
}
