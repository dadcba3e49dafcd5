import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Consumers } from '#common/broker/consumers.js';
import { JOBS, SETTLED } from '#common/broker/topology.js';
import { Config } from '#common/config/config.schema.js';
import { describeError } from '#common/domain/errors.js';
import { whenReachable } from '#common/persistence/open-database.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { DispatchStore } from '../dispatch/dispatch.store.js';
import { Finisher } from '../finishing/finisher.js';
import { FinishingStore } from '../finishing/finishing.store.js';
import { HousekeepingStore } from '../housekeeping/housekeeping.store.js';
import { LeaderLease } from '../leadership/leader-lease.js';
import { PlanningService } from '../planning/planning.service.js';
import { WavesService } from '../planning/waves.service.js';
import { ProgressService } from '../progress/progress.service.js';
import { Lane } from './lane.js';

const TICK_MS = 1000;
/** A dead worker's chunks wait for this on top of its lease. */
const REAP_MS = 250;
const HOUSEKEEPING_MS = 60_000;
export const HINTS_AT_ONCE = 100;

/**
 * All that the orchestrator does by itself, in lanes that do not wait for each other: a long plan, a large finish
 * or a lock must not hold up dispatch. Messages only wake lanes; losing one costs a second.
 */
@Injectable()
export class OrchestratorLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(OrchestratorLoop.name);
  private readonly lanes: Lane[];
  private readonly dispatching: Lane;
  private readonly supervising: Lane;
  private readonly finishing: Lane;
  private readonly planning: Lane;
  private readonly waves: Lane;

  constructor(
    private readonly lease: LeaderLease,
    private readonly consumers: Consumers,
    private readonly config: Config,
    planner: PlanningService,
    waves: WavesService,
    dispatcher: Dispatcher,
    private readonly dispatchStore: DispatchStore,
    finisher: Finisher,
    finishingStore: FinishingStore,
    progress: ProgressService,
    housekeeping: HousekeepingStore,
  ) {
    const led = (name: string, work: (isActive: () => boolean) => Promise<void>, intervalMs = TICK_MS): Lane =>
      new Lane(name, intervalMs, async (stopping) => {
        const isActive = (): boolean => lease.isLeader() && !stopping.aborted;
        if (isActive()) await work(isActive);
      });
    this.planning = led('planning', async (isActive) => {
      if (!(await planner.planWaiting(isActive))) return;
      this.waves.wake();
      this.dispatching.wake();
    });
    this.waves = led('waves', async (isActive) => {
      if (await waves.planWaves(isActive)) this.dispatching.wake();
    });
    this.dispatching = led('dispatching', async () => {
      const sent = await dispatcher.dispatch();
      if (dispatcher.isFilling()) this.dispatching.wake();
      // What was sent made room for the next plans.
      if (sent > 0 && planner.hasBacklog()) this.planning.wake();
    });
    const reap = async (): Promise<void> => {
      // After an outage of the database every lease has expired: the living renew theirs first.
      if (lease.msSinceOutage() < config.LEASE_MS) return;
      if ((await dispatchStore.reapExpired()) > 0) this.wakeForChunk();
    };
    this.supervising = led('supervising', async () => {
      await finishingStore.markOverdue();
      await finishingStore.markOverBudget();
      if ((await finishingStore.cancelUnneeded()) > 0) this.finishing.wake();
    });
    this.finishing = led('finishing', (isActive) => finisher.finishJobs(isActive));
    this.lanes = [
      new Lane('leading', Math.ceil(config.LEASE_MS / 3), async () => {
        const hasWon = await lease.renew();
        this.listen(lease.isLeader());
        if (!hasWon) return;
        dispatcher.suspectLoss();
        this.wake();
      }),
      this.planning,
      this.waves,
      this.dispatching,
      this.supervising,
      led('reaping', reap, REAP_MS),
      this.finishing,
      led('progress', () => progress.publishProgress()),
      led('housekeeping', (isActive) => housekeeping.deleteExpired(isActive), HOUSEKEEPING_MS),
    ];
  }

  async onApplicationBootstrap(): Promise<void> {
    // Nobody else works on an embedded database: what runs in it ran in a process that is dead.
    const { isDistributed, DATABASE_URL } = this.config;
    if (!isDistributed) await whenReachable(DATABASE_URL, () => this.dispatchStore.takeBackAll());
    for (const lane of this.lanes) lane.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.stop()));
    // Best effort: without it the lease runs out by itself.
    await this.lease.release().catch(() => {});
  }

  /** Hints are for the leader: those that reach a stand-by are lost. Not waited for: without a broker the lease goes on. */
  private listen(isLeader: boolean): void {
    for (const subscription of [JOBS, SETTLED]) {
      const consumer = this.consumers.get(subscription);
      consumer.setConcurrency(isLeader ? HINTS_AT_ONCE : 0).catch((error: unknown) => {
        this.logger.warn('hints not switched', { queue: subscription.name, error: describeError(error) });
      });
    }
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
    this.waves.wake();
    this.dispatching.wake();
    this.finishing.wake();
  }
}
