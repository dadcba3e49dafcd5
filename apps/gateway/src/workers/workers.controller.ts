import { Get, HttpCode, Logger, Param, Post, Req } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { z } from 'zod';
import { Broker } from '#common/broker/broker.js';
import { Config } from '#common/config/config.schema.js';
import { WORKER_STATUSES } from '#common/contracts/worker-heartbeat.contract.js';
import { workerRestarted } from '#common/contracts/worker-restarted.contract.js';
import { describeError } from '#common/domain/errors.js';
import { Problem } from '#common/http/problem.js';
import { AccountId, type AuthenticatedRequest } from '../auth/caller.js';
import { Answers, Problems, V1Controller } from '../http/v1.controller.js';
import { toIso } from '../jobs/job.view.js';
import { type WorkerRow, WorkersStore } from './workers.store.js';

/** A worker that is gone stays listed so long. */
const LISTED_MS = 10 * 60_000;

const workerView = z
  .object({
    name: z.string(),
    replica: z.string(),
    host: z.string(),
    status: z.enum(WORKER_STATUSES),
    job: z.string().nullable().describe('Only where the job is of your account, like `chunk` and `url`.'),
    chunk: z.int().nullable(),
    url: z.string().nullable(),
    consecutiveErrors: z.int(),
    error: z.string().nullable().describe('Why it crashed, or its process died; shown to keys with the scope admin.'),
    heartbeatAt: z.iso.datetime(),
    emailsPerSecond: z.number(),
  })
  .meta({ id: 'Worker' });
const workerList = z.object({ data: z.array(workerView) });
const restarting = z.object({ name: z.string() });

/** Without a heartbeat for so long a worker is gone: three intervals, with room for a slow moment. */
export function goneAfterMs(config: Config): number {
  return Math.max(3 * config.HEARTBEAT_MS, 10_000);
}

@V1Controller('workers', 'workers')
export class WorkersController {
  private readonly logger = new Logger(WorkersController.name);

  constructor(
    private readonly store: WorkersStore,
    private readonly broker: Broker,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List the workers',
    description: 'A worker is one slot of a scraper. Those gone for 10 minutes are left out.',
  })
  @Answers(200, workerList, 'All workers.')
  async listWorkers(@AccountId() accountId: string, @Req() { caller }: AuthenticatedRequest) {
    // An error may name a page of any account.
    const isOperator = caller?.scopes.includes('admin') === true;
    const now = Date.now();
    const rows = await this.store.listSince(now - LISTED_MS);
    const jobIds = rows.flatMap(({ jobId }) => (jobId === null ? [] : [jobId]));
    const own = await this.store.filterJobs(accountId, [...new Set(jobIds)]);
    const visible = isOperator ? rows : rows.map((row) => ({ ...row, error: null }));
    return { data: visible.map((row) => viewWorker(row, now - goneAfterMs(this.config), own)) };
  }

  @Post(':name/restart')
  @HttpCode(202)
  @ApiOperation({ summary: 'Revive a crashed worker at once', description: 'It would revive by itself after a while.' })
  @Answers(202, restarting, 'Told to the scrapers.')
  @Problems(404)
  async restartWorker(@Param('name') name: string) {
    if (!(await this.store.exists(name, Date.now() - LISTED_MS))) {
      throw new Problem(404, 'worker_not_found', 'There is no worker with this name.');
    }
    try {
      await this.broker.publish(workerRestarted, { name });
    } catch (error) {
      // Nothing else carries this wish, so the client must know.
      this.logger.warn('restart not sent', { name, error: describeError(error) });
      throw new Problem(503, 'broker_unavailable', 'The workers cannot be reached at the moment. Try again shortly.', {
        headers: { 'Retry-After': '5' },
      });
    }
    return { name };
  }
}

function viewWorker(row: WorkerRow, aliveSince: number, ownJobs: ReadonlySet<string>) {
  const isGone = row.heartbeatAt < aliveSince;
  const isOwn = row.jobId !== null && ownJobs.has(row.jobId) && !isGone;
  return {
    name: row.name,
    replica: row.replica,
    host: row.host,
    status: isGone ? 'gone' : row.status,
    job: isOwn ? row.jobId : null,
    chunk: isOwn ? row.chunkNo : null,
    url: isOwn ? row.url : null,
    consecutiveErrors: row.consecutiveErrors,
    error: row.error,
    heartbeatAt: toIso(row.heartbeatAt),
    emailsPerSecond: isGone ? 0 : row.emailsPerSecond,
  };
}
