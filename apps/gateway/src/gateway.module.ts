import { Module } from '@nestjs/common';
import type { Service } from '#common/bootstrap.js';
import { GATEWAY_EVENTS } from '#common/broker/topology.js';
import { AccountsStore } from './auth/accounts.store.js';
import { ApiKeys } from './auth/api-keys.js';
import { EventsController } from './events/events.controller.js';
import { EventsStore } from './events/events.store.js';
import { JobFeeds } from './events/job-feeds.js';
import { ProgressConsumer } from './events/progress.consumer.js';
import { StreamLimits } from './events/stream-limits.js';
import { setUpHttp } from './http/set-up-http.js';
import { InputLeases } from './inputs/input-leases.js';
import { InputsController } from './inputs/inputs.controller.js';
import { InputsService } from './inputs/inputs.service.js';
import { InputsStore } from './inputs/inputs.store.js';
import { JobActionsController } from './jobs/job-actions.controller.js';
import { JobActionsService } from './jobs/job-actions.service.js';
import { JobHints } from './jobs/job-hints.js';
import { JobsController } from './jobs/jobs.controller.js';
import { JobsService } from './jobs/jobs.service.js';
import { JobsStore } from './jobs/jobs.store.js';
import { MovesStore } from './jobs/moves.store.js';
import { SubmissionStore } from './jobs/submission.store.js';
import { ChunksController } from './results/chunks.controller.js';
import { ChunksStore } from './results/chunks.store.js';
import { EmailsController } from './results/emails.controller.js';
import { EmailsStore } from './results/emails.store.js';
import { SitesController } from './results/sites.controller.js';
import { SitesStore } from './results/sites.store.js';
import { StatsController } from './stats/stats.controller.js';
import { StatsStore } from './stats/stats.store.js';
import { WorkersController } from './workers/workers.controller.js';
import { WorkersStore } from './workers/workers.store.js';

@Module({
  controllers: [
    JobsController,
    JobActionsController,
    InputsController,
    EmailsController,
    SitesController,
    ChunksController,
    EventsController,
    WorkersController,
    StatsController,
    ProgressConsumer,
  ],
  providers: [
    AccountsStore,
    ApiKeys,
    JobsService,
    JobsStore,
    JobHints,
    JobActionsService,
    MovesStore,
    InputsService,
    InputsStore,
    InputLeases,
    SubmissionStore,
    EmailsStore,
    SitesStore,
    ChunksStore,
    EventsStore,
    JobFeeds,
    StreamLimits,
    WorkersStore,
    StatsStore,
  ],
})
export class GatewayModule {}

export const gateway: Service = {
  name: 'gateway',
  defaultPort: 3000,
  hasClients: true,
  modules: [GatewayModule],
  consumes: [{ subscription: GATEWAY_EVENTS, concurrency: () => 100 }],
  setUpHttp,
};
