import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '#common/config/config.schema.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { DispatchStore } from '../dispatch/dispatch.store.js';
import { Finisher } from '../finishing/finisher.js';
import { FinishingStore } from '../finishing/finishing.store.js';
import { HousekeepingStore } from '../housekeeping/housekeeping.store.js';
import { LeaderLease } from '../leadership/leader-lease.js';
import { PlanningService } from '../planning/planning.service.js';
import { ProgressService } from '../progress/progress.service.js';
import { Lane } from './lane.js';

const TICK_MS = 1000;
const HOUSEKEEPING_MS = 60_000;

/**
 * All that the orchestrator does by itself, in lanes that do not wait for each other: a long plan, a large finish
 * or a lock must not hold up dispatch. Messages only wake lanes; losing one costs a second.
 */
@Injectable()
export class OrchestratorLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly lanes: Lane[];
  private readonly dispatching: Lane;
  private readonly supervising: Lane;
  private readonly finishing: Lane;
  private readonly planning: Lane;

  constructor(
    private readonly lease: LeaderLease,
    config: Config,
    planner: PlanningService,
    dispatcher: Dispatcher,
    dispatchStore: DispatchStore,
    finisher: Finisher,
    finishingStore: FinishingStore,
    progress: ProgressService,
    housekeeping: HousekeepingStore,
  ) {
    const isLeader = (): boolean => lease.isLeader();
    const led = (name: string, work: () => Promise<void>, intervalMs = TICK_MS): Lane =>
      new Lane(name, intervalMs, async () => (isLeader() ? work() : undefined));

    this.planning = led('planning', async () => {
      if (await planner.planWaiting(isLeader)) this.dispatching.wake();
    });
    this.dispatching = led('dispatching', async () => {
      const sent = await dispatcher.dispatch();
      if (dispatcher.isFilling()) this.dispatching.wake();
      // What was sent made room for the next plans.
      if (sent > 0 && planner.hasBacklog()) this.planning.wake();
    });
    this.supervising = led('supervising', async () => {
      if ((await dispatchStore.reapExpired()) > 0) this.dispatching.wake();
      await finishingStore.markOverdue();
      await finishingStore.markOverBudget();
      if ((await finishingStore.cancelUnneeded()) > 0) this.finishing.wake();
    });
    this.finishing = led('finishing', () => finisher.finishJobs());
    this.lanes = [
      new Lane('leading', Math.ceil(config.LEASE_MS / 3), async () => {
        if (!(await lease.renew())) return;
        dispatcher.suspectLoss();
        this.wake();
      }),
      this.planning,
      this.dispatching,
      this.supervising,
      this.finishing,
      led('progress', () => progress.publishProgress()),
      led('housekeeping', () => housekeeping.deleteExpired(), HOUSEKEEPING_MS),
    ];
  }

  onApplicationBootstrap(): void {
    for (const lane of this.lanes) lane.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.stop()));
    // Best effort: without it the lease runs out by itself.
    await this.lease.release().catch(() => {});
  }

  /** A job or worker changed. */
  wake(): void {
    this.supervising.wake();
    this.wakeForJob();
    this.wakeForChunk();
  }

  /** A job was submitted. */
  wakeForJob(): void {
    this.planning.wake();
  }

  /** A chunk settled. */
  wakeForChunk(): void {
    this.dispatching.wake();
    this.finishing.wake();
  }
}
