import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Broker } from '#common/broker/broker.js';
import { Config } from '#common/config/config.schema.js';
import { type ChunkReady } from '#common/contracts/chunk-ready.contract.js';
import { chunkSettled } from '#common/contracts/chunk-settled.contract.js';
import { describeError } from '#common/domain/errors.js';
import { withLogContext } from '#common/observability/log-context.js';
import { isInfrastructure } from '#common/persistence/dialect.js';
import type { SiteResult, SiteTask } from '../crawl/site-result.js';
import { HostLeases, type ChunkHosts } from '../hosts/host-leases.js';
import { SitePostponed } from '../hosts/site-postponed.js';
import { FencedError, ResultsStore } from '../results/results.store.js';
import { SourceError } from '../sources/source.js';
import type { Slot } from '../workers/slots.js';
import { WorkerPool } from '../workers/worker-pool.js';
import { crawlChunk, type WaitingSite } from './chunk-crawl.js';
import { ChunkStopped, type StopReason } from './chunk-stop.js';
import { type ChunkKey, ChunkStore, type ClaimedChunk } from './chunk.store.js';
import { ChunkSites } from './chunk-sites.js';
import { ClaimQueue } from './claim-queue.js';
import { LeaseKeeper } from './lease-keeper.js';
import { SiteFlusher } from './site-flusher.js';
import { SitePipeline } from './site-pipeline.js';

/** Shorter than a lease: what is claimed already is renewed only when it has been read. */
const DATABASE_RETRY_MS = 1000;
const PROGRESS_LOG_MS = 2000;
/** Wait before a chunk runs again that the database or the broker, not the chunk, has failed. */
const INFRASTRUCTURE_DELAY_MS = 5000;

/** Runs a chunk from its ticket to its settled row. What is written to the row decides; the message is then done with. */
@Injectable()
export class ChunkRunner implements OnModuleDestroy {
  private readonly logger = new Logger('Chunk');
  private readonly running = new Set<AbortController>();
  private isStopping = false;

  constructor(
    private readonly chunks: ChunkStore,
    private readonly claims: ClaimQueue,
    private readonly sites: ChunkSites,
    private readonly results: ResultsStore,
    private readonly leases: LeaseKeeper,
    private readonly hosts: HostLeases,
    private readonly workers: WorkerPool,
    private readonly pipeline: SitePipeline,
    private readonly broker: Broker,
    private readonly config: Config,
  ) {}

  /** Running chunks keep the sites they finished and hand the rest back. */
  onModuleDestroy(): void {
    this.isStopping = true;
    for (const controller of this.running) controller.abort(new ChunkStopped('shutdown'));
  }

  /** This process is dying of a bug: its chunks say so in their job's errors and need not wait for their leases to end. */
  async recordDeath(cause: unknown): Promise<void> {
    const message = `the worker's process died: ${describeError(cause)}`;
    await Promise.all([
      this.workers.sayGone(describeError(cause)),
      this.chunks.abandon(this.leases.listHeld(), this.workers.replica, message),
    ]);
  }

  async run({ jobId, chunkNo }: ChunkReady, isRedelivered: boolean): Promise<void> {
    if (this.leases.isHolding(jobId, chunkNo)) return;
    const slot = await this.workers.pool.take();
    try {
      // Not acknowledged: the ticket goes back to the queue at once.
      if (this.isStopping) throw new ChunkStopped('shutdown');
      await withLogContext({ jobId, chunkNo, workerId: slot.name }, async () => {
        const chunk = await this.claim(jobId, chunkNo, slot);
        if (chunk) await this.runClaimed(chunk, slot);
        else if (isRedelivered) await this.chunks.shortenLease(jobId, chunkNo);
      });
    } finally {
      this.workers.pool.release(slot);
    }
  }

  /** Null where the ticket came late or twice, and where the chunk cannot even be read. */
  private async claim(jobId: string, chunkNo: number, slot: Slot): Promise<ClaimedChunk | null> {
    const claim = await this.whenReachable(() => this.claims.claim({ jobId, chunkNo, worker: slot.name }));
    if (!claim) return null;
    try {
      return await this.whenReachable(() => this.sites.open(claim));
    } catch (error) {
      if (isInfrastructure(error)) throw error;
      await this.whenReachable(() => this.fail(claim, slot, error));
      return null;
    }
  }

  /**
   * Does what needs the database, however long it is away: the ticket is kept and a lease held meanwhile, so that an outage
   * counts as nobody's failure or loss. A process that is stopping does not wait: its ticket goes back, its lease ends.
   */
  private async whenReachable<T>(work: () => Promise<T>): Promise<T> {
    for (let attempts = 1; ; attempts++) {
      try {
        return await work();
      } catch (error) {
        if (this.isStopping || !isInfrastructure(error)) throw error;
        if (attempts === 1) this.logger.warn('waiting for the database', { error: describeError(error) });
        await sleep(DATABASE_RETRY_MS);
      }
    }
  }

  private async runClaimed(chunk: ClaimedChunk, slot: Slot): Promise<void> {
    const controller = new AbortController();
    // Every fetch of every site of the chunk listens.
    setMaxListeners(0, controller.signal);
    const stop = (reason: StopReason): void => controller.abort(new ChunkStopped(reason));
    this.running.add(controller);
    this.leases.hold(chunk, stop);
    const timer = setTimeout(() => stop('timeout'), this.config.CHUNK_TIMEOUT_MS);
    if (this.isStopping) stop('shutdown');
    // The ticket is older than a pause or the end of its job.
    if (chunk.news !== 'held') stop(chunk.news);
    Object.assign(slot, { jobId: chunk.jobId, chunkNo: chunk.chunkNo, emails: 0, startedAt: Date.now() });
    const flusher = this.flusherOf(chunk, slot, controller);
    const hosts = this.hosts.openChunk(slot.name, controller.signal);
    try {
      await this.crawl(chunk, slot, { flusher, hosts, controller });
      this.workers.pool.recordSuccess(slot);
    } catch (error) {
      // A stop by abort shows as whatever error the interrupted step threw: the reason tells.
      const cause: unknown = controller.signal.aborted ? controller.signal.reason : error;
      await hosts.close();
      await this.whenReachable(() => this.settleUnfinished(chunk, slot, flusher, cause));
    } finally {
      clearTimeout(timer);
      this.running.delete(controller);
      this.leases.drop(chunk);
      await hosts.close();
    }
    this.broker
      .publish(chunkSettled, { jobId: chunk.jobId, chunkNo: chunk.chunkNo })
      .catch((error: unknown) => this.logger.debug('settled not sent', { error: describeError(error) }));
  }

  private async crawl(
    chunk: ClaimedChunk,
    slot: Slot,
    tools: { flusher: SiteFlusher; hosts: ChunkHosts; controller: AbortController },
  ): Promise<void> {
    await this.sites.find(chunk, tools.hosts, tools.controller.signal);
    this.logger.log('chunk started', { attempt: chunk.attempt, sites: chunk.sites.length });
    if (chunk.sites.length === 0) return this.chunks.settleDone(chunk);
    const planned = new Map<string, Promise<boolean>>();
    const isPlanned = async (host: string): Promise<boolean> => {
      const answer = planned.get(host) ?? tools.hosts.whenReachable(() => this.sites.isPlanned(chunk.jobId, host));
      planned.set(host, answer);
      return answer;
    };
    const { controller, hosts } = tools;
    const crawlSite = (site: SiteTask, holdHost: ChunkHosts['hold']): Promise<SiteResult> =>
      this.pipeline.work(chunk.spec, site, {
        signal: controller.signal,
        holdHost,
        isHeld: (host) => hosts.isHeld(host),
        isPlanned,
        turn: (host, delayMs, work) => hosts.turn(host, delayMs, work),
        pause: (host, waitMs) => hosts.pause(host, waitMs),
        onPage: (url) => (slot.url = url),
      });
    const isLive = chunk.spec.source.type !== 'commoncrawl';
    const waiting = await crawlChunk(chunk.sites, { ...tools, crawlSite, isLive });
    if (waiting.length === 0) return;
    // Before somebody else may claim the chunk.
    await tools.hosts.close();
    await this.postpone(chunk, waiting);
  }

  private async postpone(chunk: ClaimedChunk, waiting: readonly WaitingSite[]): Promise<void> {
    const waits = waiting.map(({ site, dueAt, postponed }) => ({
      host: site.host,
      waitMs: Math.max(0, dueAt - performance.now()),
      times: site.postponements ?? 0,
      reason: postponed.message,
    }));
    await this.chunks.postpone(chunk, waits);
    this.logger.log('chunk waits', { sites: waits.length, ms: Math.min(...waits.map(({ waitMs }) => waitMs)) });
  }

  private flusherOf(chunk: ClaimedChunk, slot: Slot, controller: AbortController): SiteFlusher {
    const startedAt = Date.now();
    let loggedAt = startedAt;
    let pages = 0;
    const facts = (): { emails: number; pages: number; ms: number; emailsPerSecond: number } => {
      const ms = Date.now() - startedAt;
      return {
        emails: slot.emails,
        pages,
        ms,
        emailsPerSecond: Math.round((10_000 * slot.emails) / Math.max(1, ms)) / 10,
      };
    };
    const flusher = new SiteFlusher(this.results, chunk, controller.signal, (flushed) => {
      slot.emails += flushed.emails;
      pages += flushed.sites.reduce((sum, site) => sum + site.pages, 0);
      if (flusher.sitesWritten === chunk.sites.length) this.logger.log('chunk finished', facts());
      else if (Date.now() - loggedAt >= PROGRESS_LOG_MS) {
        loggedAt = Date.now();
        this.logger.log('chunk progress', facts());
      }
      if (flushed.targetReached) this.leases.renewSoon();
    });
    return flusher;
  }

  private async settleUnfinished(chunk: ClaimedChunk, slot: Slot, flusher: SiteFlusher, cause: unknown): Promise<void> {
    if (cause instanceof FencedError || (cause instanceof ChunkStopped && cause.reason === 'fenced')) {
      this.logger.warn('chunk is held by another attempt', { attempt: chunk.attempt });
      return;
    }
    if (cause instanceof ChunkStopped) {
      this.logger.log('chunk stopped', { reason: cause.reason, sites: flusher.sitesWritten });
      if (cause.reason === 'cancelled' || cause.reason === 'not_needed') return this.chunks.settleCancelled(chunk);
      const isFailure = cause.reason === 'timeout' && flusher.sitesWritten === 0 && !flusher.isHeldUp;
      if (!isFailure) return this.chunks.handBack(chunk);
    }
    if (cause instanceof SitePostponed) return this.awaitSource(chunk, cause);
    if (cause instanceof SourceError) return this.refuse(chunk, slot, cause);
    if (isInfrastructure(cause)) {
      this.logger.warn('chunk handed back: the database failed', { error: describeError(cause) });
      return this.chunks.handBack(chunk, INFRASTRUCTURE_DELAY_MS);
    }
    await this.fail(chunk, slot, cause);
  }

  /** The slot is free meanwhile. */
  private async awaitSource(chunk: ChunkKey, { waitMs, message }: SitePostponed): Promise<void> {
    this.logger.debug('chunk waits for its source', { ms: Math.ceil(waitMs), reason: message });
    await this.chunks.handBack(chunk, waitMs);
  }

  /** The source's failure is the chunk's, and not that of the slot. */
  private async refuse(chunk: ChunkKey, slot: Slot, { code, message, retry }: SourceError): Promise<void> {
    this.logger.warn('source gave no answer', { code, attempt: chunk.attempt, error: message });
    await this.chunks.fail(chunk, slot.name, { code, message, ...retry });
  }

  private async fail(chunk: ChunkKey, slot: Slot, cause: unknown): Promise<void> {
    const code = cause instanceof ChunkStopped ? 'chunk_timeout' : 'internal';
    await this.chunks.fail(chunk, slot.name, { code, message: describeError(cause) });
    this.logger.error('chunk failed', { code, attempt: chunk.attempt }, cause);
    // Its next ticket may come to this replica while the slot rests.
    this.leases.drop(chunk);
    const isCrashed = this.workers.pool.recordFailure(slot, `${chunk.jobId}/${chunk.chunkNo}`, describeError(cause));
    if (isCrashed || this.isStopping) return;
    // The backoff of the first system: a slot that fails takes no work for two heartbeats.
    slot.status = 'waiting';
    await sleep(2 * this.config.HEARTBEAT_MS);
  }
}
