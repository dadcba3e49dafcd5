import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Config } from '#common/config/config.schema.js';
import { PROVIDER_KEYS } from '#common/config/provider-keys.js';
import { jobSubmitted } from '#common/contracts/job-submitted.contract.js';
import { isFinding } from '#common/contracts/source-spec.js';
import { countWorkers } from '#common/domain/plan.js';
import { Problem } from '#common/http/problem.js';
import { isDuplicateKey, isLockConflict } from '#common/persistence/dialect.js';
import type { CreateJob } from './create-job.schema.js';
import { JobHints } from './job-hints.js';
import { type JobRow, type RequestFacts, viewJob } from './job.view.js';
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
    private readonly hints: JobHints,
    private readonly config: Config,
  ) {}

  /** Stores a job and returns the text of the answer: with a key, the same text for every repetition of the request. */
  async create(accountId: string, request: CreateJob, key: RequestKey | null): Promise<{ id: string; answer: string }> {
    this.assertConfigured(request);
    const job = toNewJob(accountId, request);
    const answer = JSON.stringify(viewJob(this.toRow(job)));
    const startedAt = Date.now();
    for (;;) {
      const earlier = key && (await this.findAnswer(accountId, key));
      if (earlier) return earlier;
      this.assertWithinLimits(job);
      try {
        await this.submissions.insertJob(job, key, answer, this.config.MAX_OPEN_JOBS);
        break;
      } catch (error) {
        const isRace = isLockConflict(error) || (key !== null && isDuplicateKey(error));
        if (!isRace || Date.now() - startedAt > RETRY_WITHIN_MS) throw error;
      }
    }
    this.logger.log('job submitted', {
      jobId: job.id,
      status: job.status,
      source: job.sourceType,
      sites: job.sites.length,
      target: job.target,
    });
    if (job.status === 'queued') this.hints.send(jobSubmitted, job.id);
    return { id: job.id, answer };
  }

  /** The account's job; 404 for anybody else's, as for none. */
  async get(accountId: string, jobId: string): Promise<JobRow> {
    const job = UUID.test(jobId) ? await this.store.find(accountId, jobId.toLowerCase()) : undefined;
    if (!job) throw new Problem(404, 'job_not_found', 'There is no job with this id.');
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

  /** Embedded, what is not configured here is not configured at all; otherwise only the scrapers know. */
  private assertConfigured({ source: { spec } }: CreateJob): void {
    if (this.config.isDistributed || spec.type !== 'search') return;
    const missing = spec.providers.map((name) => PROVIDER_KEYS[name]);
    if (missing.some((key) => this.config[key] !== undefined)) return;
    const errors = [{ pointer: '/source/provider', detail: `is not configured: set ${missing.join(' or ')}` }];
    throw new Problem(422, 'invalid_request', 'No search provider of the job is configured.', { errors });
  }

  private assertWithinLimits({ sites, target }: NewJob): void {
    const { MAX_SITES_PER_JOB, MAX_TARGET } = this.config;
    const errors = [
      { pointer: '/source/sites', value: sites.length, limit: MAX_SITES_PER_JOB, name: 'MAX_SITES_PER_JOB' },
      { pointer: '/target', value: target ?? 0, limit: MAX_TARGET, name: 'MAX_TARGET' },
    ]
      .filter(({ value, limit }) => value > limit)
      .map(({ pointer, limit, name }) => ({ pointer, detail: `is more than ${limit} (${name})` }));
    if (errors.length === 0) return;
    throw new Problem(422, 'limit_exceeded', 'The job asks for more than this server allows.', { errors });
  }

  /** As planning will; null where only it will know the sites. */
  private countWorkers({ status, target, sourceType, sites }: NewJob): number | null {
    if (status === 'held' || (target === null && isFinding(sourceType))) return null;
    const wanted = target ?? new Set(sites.map(({ host }) => host)).size;
    return countWorkers(wanted, this.config.MAX_WORKERS);
  }

  /** The new job as its row will be, with the worker count that planning will write. */
  private toRow(job: NewJob): JobRow {
    return {
      ...job,
      workerCount: this.countWorkers(job),
      targetReachedAt: null,
      inputsFrom: 0,
      inputsTo: job.sites.length,
      error: null,
      snapshot: null,
      snapshotSeq: 0,
      startedAt: null,
      finishedAt: null,
    };
  }
}

function toNewJob(accountId: string, request: CreateJob): NewJob {
  const { source, name, hold, target, priority, deadlineSeconds, ...spec } = request;
  const { spec: sourceSpec, sites, queries } = source;
  const facts: RequestFacts = { source: sourceSpec, deadlineSeconds };
  const createdAt = Date.now();
  return {
    id: uuidv7(),
    accountId,
    name: name ?? null,
    status: hold ? 'held' : 'queued',
    spec: JSON.stringify({ ...spec, ...facts }),
    priority,
    target: target ?? null,
    deadlineAt: hold ? null : deadlineAfter(facts, createdAt),
    maxPages: spec.crawl.maxPages ?? null,
    maxBytes: spec.crawl.maxBytes ?? null,
    createdAt,
    sourceType: sourceSpec.type,
    sites,
    queries,
  };
}

/** When a job that begins now, or begins anew, must be done. */
export function deadlineAfter({ deadlineSeconds }: Partial<RequestFacts>, now: number): number | null {
  return deadlineSeconds === undefined ? null : now + deadlineSeconds * 1000;
}
