import { Module } from '@nestjs/common';
import type { Service } from '#common/bootstrap.js';
import { HEARTBEATS, JOBS, ORCHESTRATOR_EVENTS, SETTLED } from '#common/broker/topology.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { DispatchStore } from './dispatch/dispatch.store.js';
import { Finisher } from './finishing/finisher.js';
import { FinishingStore } from './finishing/finishing.store.js';
import { HousekeepingStore } from './housekeeping/housekeeping.store.js';
import { LeaderLease } from './leadership/leader-lease.js';
import { HINTS_AT_ONCE, OrchestratorLoop } from './loop/orchestrator.loop.js';
import { WakeConsumer } from './loop/wake.consumer.js';
import { PlanningService } from './planning/planning.service.js';
import { PlanningStore } from './planning/planning.store.js';
import { ReopeningStore } from './planning/reopening.store.js';
import { WavesService } from './planning/waves.service.js';
import { WavesStore } from './planning/waves.store.js';
import { ProgressService } from './progress/progress.service.js';
import { ProgressStore } from './progress/progress.store.js';
import { WorkerHeartbeatConsumer } from './workers/worker-heartbeat.consumer.js';
import { WorkersStore } from './workers/workers.store.js';

@Module({
  controllers: [WakeConsumer, WorkerHeartbeatConsumer],
  providers: [
    LeaderLease,
    OrchestratorLoop,
    PlanningService,
    PlanningStore,
    ReopeningStore,
    WavesService,
    WavesStore,
    Dispatcher,
    DispatchStore,
    Finisher,
    FinishingStore,
    HousekeepingStore,
    ProgressService,
    ProgressStore,
    WorkersStore,
  ],
})
export class OrchestratorModule {}

export const orchestrator: Service = {
  name: 'orchestrator',
  defaultPort: 3001,
  modules: [OrchestratorModule],
  consumes: [
    { subscription: JOBS, concurrency: () => HINTS_AT_ONCE },
    { subscription: SETTLED, concurrency: () => HINTS_AT_ONCE },
    { subscription: ORCHESTRATOR_EVENTS, concurrency: () => 10 },
    { subscription: HEARTBEATS, concurrency: () => 2 },
  ],
};
