import { Get } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { z } from 'zod';
import { Broker } from '#common/broker/broker.js';
import { CHUNKS } from '#common/broker/topology.js';
import { Config } from '#common/config/config.schema.js';
import { AccountId } from '../auth/caller.js';
import { Answers, V1Controller } from '../http/v1.controller.js';
import { goneAfterMs } from '../workers/workers.controller.js';
import { StatsStore } from './stats.store.js';

const statsView = z
  .object({
    activeJobs: z.int().describe('Open jobs of your account; the rest is of the whole system.'),
    liveWorkers: z.int().describe('Workers with a fresh heartbeat that are not crashed.'),
    desiredWorkers: z.int().describe('Workers that the open jobs could use now.'),
    queueDepth: z.int().nullable().describe('Work tickets that wait in the broker; null while it does not answer.'),
    emailsPerSecond: z.number(),
  })
  .meta({ id: 'Stats' });

@V1Controller('stats', 'workers')
export class StatsController {
  constructor(
    private readonly store: StatsStore,
    private readonly broker: Broker,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Read the state of the system in numbers' })
  @Answers(200, statsView, 'The numbers of this moment.')
  async readStats(@AccountId() accountId: string): Promise<z.output<typeof statsView>> {
    const [activeJobs, desiredWorkers, workers, queueDepth] = await Promise.all([
      this.store.countActiveJobs(accountId),
      this.store.sumDesiredWorkers(),
      this.store.sumWorkers(Date.now() - goneAfterMs(this.config)),
      this.countTickets(),
    ]);
    const emailsPerSecond = Math.round(workers.emailsPerSecond * 10) / 10;
    return { activeJobs, liveWorkers: workers.live, desiredWorkers, queueDepth, emailsPerSecond };
  }

  private async countTickets(): Promise<number | null> {
    if (!this.broker.isConnected()) return null;
    return this.broker.countReady(CHUNKS).catch(() => null);
  }
}
