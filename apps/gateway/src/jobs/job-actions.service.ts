import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '#common/config/config.schema.js';
import { jobChanged } from '#common/contracts/job-changed.contract.js';
import { jobSubmitted } from '#common/contracts/job-submitted.contract.js';
import type { MessageContract } from '#common/contracts/message.js';
import { BUDGET_EXCEEDED, canMoveJob, type JobMove, type JobStatus } from '#common/domain/job-status.js';
import { Problem } from '#common/http/problem.js';
import { InputsService } from '../inputs/inputs.service.js';
import { JobHints } from './job-hints.js';
import { type JobRow, readFacts } from './job.view.js';
import { deadlineAfter, JobsService } from './jobs.service.js';
import { MovesStore } from './moves.store.js';
import { assertRoomForJob } from './open-jobs.js';
import { type RetryRequest, toReopening } from './retry.schema.js';

interface Action {
  /** `the job cannot be …` */
  participle: string;
  /** The moves it may become. */
  moves: readonly JobMove[];
  /** What the other services are told when it is done. */
  hint: MessageContract<{ jobId: string }>;
  /** The status in which asking again changes nothing. */
  repeats?: JobStatus;
}

/** What users may ask of a job. */
const ACTIONS = {
  start: { participle: 'started', moves: ['start'], hint: jobSubmitted },
  pause: { participle: 'paused', moves: ['pause'], hint: jobChanged },
  resume: { participle: 'resumed', moves: ['resume'], hint: jobChanged },
  cancel: { participle: 'cancelled', moves: ['cancel'], hint: jobChanged, repeats: 'cancelling' },
  retry: { participle: 'retried', moves: ['retry', 'retrySites'], hint: jobSubmitted },
} as const satisfies Record<string, Action>;

export type JobAction = keyof typeof ACTIONS;

@Injectable()
export class JobActionsService {
  private readonly logger = new Logger(JobActionsService.name);

  constructor(
    private readonly jobs: JobsService,
    private readonly inputs: InputsService,
    private readonly store: MovesStore,
    private readonly hints: JobHints,
    private readonly config: Config,
  ) {}

  /** Does what is asked, and returns the job as it is then; a Problem 409 where its status forbids it. */
  async act(accountId: string, jobId: string, name: JobAction, body?: RetryRequest): Promise<JobRow> {
    const action: Action = ACTIONS[name];
    const job = await this.jobs.get(accountId, jobId);
    if (job.status === action.repeats) return job;
    const move: JobMove = name === 'retry' && body?.outcomes ? 'retrySites' : (action.moves[0] as JobMove);
    if (!canMoveJob(job.status, move)) throw forbid(name, job.status, body);
    const moved = await this.move(job, name, move, body);
    const after = await this.jobs.get(accountId, job.id);
    if (moved) {
      this.logger.log('job moved', { jobId: job.id, action: name, status: after.status });
      this.hints.send(action.hint, job.id);
    } else if (after.status !== action.repeats) throw forbid(name, after.status, body);
    return after;
  }

  private move(job: JobRow, name: JobAction, move: JobMove, body: RetryRequest): Promise<boolean> {
    if (name === 'start') {
      const set = { deadline_at: deadlineAfter(readFacts(job), Date.now()) };
      return this.inputs.seal(job, (check) => this.store.move(job.id, move, set, check));
    }
    if (name === 'retry') return this.retry(job, move, body);
    return this.store.move(job.id, move, {});
  }

  private retry(job: JobRow, move: JobMove, body: RetryRequest): Promise<boolean> {
    if (job.targetReachedAt !== null) throw nothingToRetry('its target is reached');
    const reopening = toReopening(body);
    const check = async (manager: EntityManager): Promise<void> => {
      if (job.error === BUDGET_EXCEEDED || (await this.store.isBudgetSpent(manager, job.id))) {
        throw nothingToRetry('its own budget of pages or bytes is spent');
      }
      if (!(await this.store.hasWork(manager, job.id, reopening))) {
        const { states, outcomes } = reopening;
        throw nothingToRetry(
          body?.outcomes ? `none of its sites is ${[...states, ...outcomes].join(', ')}` : 'none of its chunks failed',
        );
      }
      await assertRoomForJob(manager, job.accountId, this.config.MAX_OPEN_JOBS);
    };
    const set = {
      reopening: JSON.stringify(reopening),
      error: null,
      finished_at: null,
      deadline_at: deadlineAfter(readFacts(job), Date.now()),
    };
    return this.store.move(job.id, move, set, check);
  }
}

function nothingToRetry(why: string): Problem {
  return new Problem(409, 'nothing_to_retry', `There is nothing to retry in this job: ${why}.`);
}

function forbid(name: JobAction, status: JobStatus, body: RetryRequest): Problem {
  const { participle } = ACTIONS[name];
  const possible = Object.entries(ACTIONS)
    .filter(([, { moves }]) => moves.some((move) => canMoveJob(status, move)))
    // A completed job may be retried by outcome alone.
    .map(([other]) => (other === 'retry' && !canMoveJob(status, 'retry') ? 'retry with outcomes' : other));
  const what = name === 'retry' && body?.outcomes === undefined ? `${participle} without outcomes` : participle;
  const rest = possible.length === 0 ? 'Nothing more can be done with it.' : `Possible: ${possible.join(', ')}.`;
  return new Problem(409, 'state_forbids', `The job is ${status}: it cannot be ${what}. ${rest}`);
}
