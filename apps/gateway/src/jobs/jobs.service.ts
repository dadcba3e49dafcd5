import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Broker } from '#common/broker/broker.js';
import { Config } from '#common/config/config.schema.js';
import { jobChanged } from '#common/contracts/job-changed.contract.js';
import { jobSubmitted } from '#common/contracts/job-submitted.contract.js';
import type { MessageContract } from '#common/contracts/message.js';
import { describeError } from '#common/domain/errors.js';
import { countWorkers } from '#common/domain/plan.js';
import { Problem } from '#common/http/problem.js';
import { isDuplicateKey, isLockConflict } from '#common/persistence/dialect.js';
import type { CreateJob } from './create-job.schema.js';
import { type JobRow, viewJob } from './job.view.js';
import { JobsStore } from './jobs.store.js';
import { type NewJob, type RequestKey, SubmissionStore } from './submission.store.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A deadlock is tried again, a lock wait that has taken its 5 s is told to the client. */
const RETRY_WITHIN_MS = 4000;

@Injectable()
export class JobsService {
  private readonly logger = new Logger(JobsService.name);

  constructor(
    private readonly store: JobsStore,
    private readonly submissions: SubmissionStore,
    private readonly broker: Broker,
    private readonly config: Config,
  ) {}

  /** Stores a job and returns the text of the answer: with a key, the same text for every repetition of the request. */
  async create(accountId: string, request: CreateJob, key: RequestKey | null): Promise<{ id: string; answer: string }> {
    const job = toNewJob(accountId, request);
    const answer = JSON.stringify(viewJob(this.toRow(job)));
    const startedAt = Date.now();
    for (;;) {
      const earlier = key && (await this.findAnswer(accountId, key));
      if (earlier) return earlier;
      try {
        await this.submissions.insertJob(job, key, answer);
        break;
      } catch (error) {
        const isRace = isLockConflict(error) || (key !== null && isDuplicateKey(error));
        if (!isRace || Date.now() - startedAt > RETRY_WITHIN_MS) throw error;
      }
    }
    this.logger.log('job submitted', { jobId: job.id, sites: job.sites.length, target: job.target });
    this.hint(jobSubmitted, job.id);
    return { id: job.id, answer };
  }

  /** The account's job; 404 for anybody else's, as for none. */
  async get(accountId: string, jobId: string): Promise<JobRow> {
    const job = UUID.test(jobId) ? await this.store.find(accountId, jobId.toLowerCase()) : undefined;
    if (!job) throw new Problem(404, 'job_not_found', 'There is no job with this id.');
    return job;
  }

  async cancel(accountId: string, jobId: string): Promise<JobRow> {
    const { id } = await this.get(accountId, jobId);
    const moved = await this.store.startCancelling(id);
    const job = await this.get(accountId, id);
    if (moved) this.hint(jobChanged, id);
    else if (job.status !== 'cancelling') {
      throw new Problem(409, 'state_forbids', `The job is ${job.status}: it can no longer be cancelled.`);
    }
    return job;
  }

  private async findAnswer(accountId: string, key: RequestKey): Promise<{ id: string; answer: string } | null> {
    const earlier = await this.submissions.findAnswer(accountId, key.keyHash);
    if (!earlier) return null;
    if (!earlier.bodyHash.equals(key.bodyHash)) {
      throw new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key came with another body before.');
    }
    return { id: earlier.jobId, answer: earlier.answer };
  }

  /** The row is the ticket: it is found by polling, too, so neither the client nor the answer waits for the broker. */
  private hint(contract: MessageContract<{ jobId: string }>, jobId: string): void {
    this.broker.publish(contract, { jobId }).catch((error: unknown) => {
      this.logger.debug('hint not sent', { message: contract.name, jobId, error: describeError(error) });
    });
  }

  /** The new job as its row will be, with the worker count that planning will write. */
  private toRow(job: NewJob): JobRow {
    const sites = new Set(job.sites.map(({ host }) => host)).size;
    return {
      ...job,
      status: 'queued',
      sourceType: 'sites',
      workerCount: countWorkers(job.target ?? sites, this.config.MAX_WORKERS),
      targetReachedAt: null,
      error: null,
      snapshot: null,
      snapshotSeq: 0,
      startedAt: null,
      finishedAt: null,
    };
  }
}

function toNewJob(accountId: string, request: CreateJob): NewJob {
  const { source, name, target, priority, deadlineSeconds, ...spec } = request;
  const createdAt = Date.now();
  return {
    id: uuidv7(),
    accountId,
    name: name ?? null,
    // How many lines there were stands beside the JobSpec, so that no view of the job counts them again.
    spec: JSON.stringify({ ...spec, source: { type: source.type, sites: source.sites.length } }),
    priority,
    target: target ?? null,
    deadlineAt: deadlineSeconds === undefined ? null : createdAt + deadlineSeconds * 1000,
    maxPages: spec.crawl.maxPages ?? null,
    maxBytes: spec.crawl.maxBytes ?? null,
    createdAt,
    sites: source.sites,
  };
}
