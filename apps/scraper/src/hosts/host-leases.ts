import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import PQueue from 'p-queue';
import type { QueryRunner } from 'typeorm';
import { Config } from '#common/config/config.schema.js';
import { describeError } from '#common/domain/errors.js';
import { isInfrastructure, isLockConflict } from '#common/persistence/dialect.js';
import { abortableSleep } from '../abortable-sleep.js';
import { Batcher } from '../batcher.js';
import { type HostGrant, HostLeaseStore, type HostRequest, leaseKey, MAX_ROWS } from './host-lease.store.js';
import { HostPacer } from './host-pacer.js';
import { HostBusy, SitePostponed } from './site-postponed.js';

const RETRY_MS = 500;
/** The longest that a turn at a service is waited for in place: meanwhile the slot does nothing else. */
const MAX_TURN_WAIT_MS = 2000;
/** Between places in the line for a service that names no delay. */
const MIN_GAP_MS = 100;
/** The farthest that a place in such a line is away. */
const MAX_LINE_MS = 60_000;

/** A lease as this process knows it; `validUntil` on the monotonic clock, counted from before it was asked for. */
interface HeldLease {
  host: string;
  holder: string;
  validUntil: number;
}

type EndedLease = HostRequest & { waitMs: number };

/** The hosts that the workers of this replica hold. */
@Injectable()
export class HostLeases {
  private readonly logger = new Logger(HostLeases.name);
  private readonly held = new Map<string, HeldLease>();
  /** When the last place in the line for a service is due, on the monotonic clock. */
  private readonly lineEnds = new LRUCache<string, number>({ max: 100 });
  /** Chunks begin and sites end many at a time: what they ask of the database they ask together. */
  private readonly acquiring = new Batcher<HostRequest, HostGrant>(MAX_ROWS, (requests) =>
    this.store.acquire(requests),
  );
  private readonly releasing = new Batcher<EndedLease, void>(MAX_ROWS, (leases) => this.releaseBatch(leases));

  constructor(
    private readonly store: HostLeaseStore,
    private readonly pacer: HostPacer,
    private readonly config: Config,
  ) {}

  /** The hosts of one chunk, run by the worker `holder`. */
  openChunk(holder: string, signal: AbortSignal): ChunkHosts {
    return new ChunkHosts(holder, signal, this, this.pacer, this.config);
  }

  /**
   * A place in the line for a service, behind all others of this replica: the milliseconds until it is due, at least
   * `waitMs`, places being `gapMs` apart. A long line is cut, in case those who stand in it have gone.
   */
  joinLine(host: string, waitMs: number, gapMs: number): number {
    const now = performance.now();
    const end = Math.max(this.lineEnds.get(host) ?? 0, now + waitMs) + gapMs;
    const last = now + waitMs + MAX_LINE_MS * (1 - Math.random() / 2);
    this.lineEnds.set(host, Math.min(end, last));
    return Math.min(end, last) - now;
  }

  find(holder: string, host: string): HeldLease | undefined {
    return this.held.get(leaseKey(holder, host));
  }

  /** Takes what is free of these hosts. */
  async acquire(holder: string, hosts: readonly string[]): Promise<HostGrant[]> {
    const validUntil = performance.now() + this.config.LEASE_MS;
    const grants = await Promise.all(hosts.map((host) => this.acquiring.add({ host, holder })));
    for (const { host, isHeld, waitMs } of grants) {
      if (!isHeld) continue;
      this.held.set(leaseKey(holder, host), { host, holder, validUntil });
      if (waitMs > 0) this.pacer.pause(host, waitMs);
    }
    return grants;
  }

  /** Gives a host back, if it is held. Never rejects: what fails to be given back runs out by itself. */
  async release(holder: string, host: string): Promise<void> {
    if (!this.held.delete(leaseKey(holder, host))) return;
    await this.releasing.add({ host, holder, waitMs: this.pacer.remainingMs(host) });
  }

  /** The hosts that a worker holds. */
  listHeld(holder: string): string[] {
    return [...this.held.values()].filter((lease) => lease.holder === holder).map(({ host }) => host);
  }

  noteNextFetch(holder: string, host: string, waitMs: number): Promise<boolean> {
    return this.store.noteNextFetch(holder, host, waitMs);
  }

  /** Part of every renewal of the replica's chunks. A lease that was lost is forgotten: its next fetch asks for it again. */
  async renew(runner: QueryRunner): Promise<void> {
    if (this.held.size === 0) return;
    const leases = [...this.held.entries()];
    const validUntil = performance.now() + this.config.LEASE_MS;
    const holders = new Set(leases.map(([, { holder }]) => holder));
    const hosts = new Set(leases.map(([, { host }]) => host));
    const kept = await this.store.renew(runner, [...holders], [...hosts]);
    for (const [key, lease] of leases) {
      if (this.held.get(key) !== lease) continue;
      if (kept.has(key)) lease.validUntil = validUntil;
      else this.held.delete(key);
    }
  }

  private async releaseBatch(leases: EndedLease[]): Promise<void[]> {
    try {
      await this.store.release(leases);
    } catch (error) {
      if (isLockConflict(error)) return this.releaseBatch(leases);
      this.logger.debug('host leases not released', { error: describeError(error) });
    }
    return [];
  }
}

/** The right to fetch, for one running chunk: taken for all its sites at once, and for others as redirects lead there. */
export class ChunkHosts {
  private readonly leaving = new Set<Promise<void>>();
  private isClosed = false;
  /** What this chunk itself wants to ask of a service, one after the other. */
  private readonly lines = new Map<string, PQueue>();

  constructor(
    private readonly holder: string,
    private readonly signal: AbortSignal,
    private readonly leases: HostLeases,
    private readonly pacer: HostPacer,
    private readonly config: Config,
  ) {}

  /** Takes what is free of these hosts; the rest is asked for again when its turn comes. */
  async claim(hosts: readonly string[]): Promise<HostGrant[]> {
    // A release under way would end the new lease.
    await Promise.all(this.leaving);
    const grants = await this.whenReachable(() => this.leases.acquire(this.holder, hosts));
    // The chunk has ended meanwhile: nobody would give these back.
    if (this.isClosed) {
      for (const host of hosts) this.leave(host);
      throw new Error('the chunk is over');
    }
    return grants;
  }

  /**
   * Resolves when a fetch may start whose delay on this host is `delayMs`; throws HostBusy where another worker has it.
   * Should this process die, the next holder must not fetch too early: a short delay is over when the lease is, a longer
   * one is written down first.
   */
  async hold(host: string, delayMs: number): Promise<void> {
    const isLong = delayMs > Math.min(this.config.HEARTBEAT_MS, this.config.LEASE_MS / 3);
    for (let isSure = false; !isSure;) {
      while (!this.isHeld(host, isLong ? 0 : delayMs)) {
        const [grant] = await this.claim([host]);
        if (grant && !grant.isHeld) throw new HostBusy(host, grant.waitMs);
      }
      isSure = !isLong || (await this.whenReachable(() => this.leases.noteNextFetch(this.holder, host, delayMs)));
      if (!isSure) await this.leases.release(this.holder, host);
    }
  }

  /**
   * Does `work` as the only one, over all replicas, that asks this service, no sooner than `delayMs` after whoever asked
   * last; the service is free again afterwards. Throws SitePostponed where the turn does not come at once.
   */
  async turn<T>(host: string, delayMs: number, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(host) ?? new PQueue({ concurrency: 1 });
    this.lines.set(host, line);
    return line.add(async () => {
      try {
        await this.awaitTurn(host, delayMs);
        const answer = await work();
        this.pacer.noteAnswer(host, delayMs);
        await this.keepPause(host);
        return answer;
      } finally {
        this.leave(host);
      }
    });
  }

  /** Those at the head of the line wait in place, the others come back when it is their turn. */
  private async awaitTurn(host: string, delayMs: number): Promise<void> {
    for (;;) {
      try {
        return await this.takeTurn(host, delayMs);
      } catch (error) {
        if (!(error instanceof SitePostponed)) throw error;
        this.leave(host);
        const isBusy = error instanceof HostBusy;
        const waitMs = this.leases.joinLine(host, isBusy ? 0 : error.waitMs, Math.max(MIN_GAP_MS, delayMs));
        if (waitMs <= MAX_TURN_WAIT_MS) await abortableSleep(waitMs, this.signal);
        else throw isBusy ? new HostBusy(host, waitMs) : new SitePostponed(waitMs, error.message, false);
      }
    }
  }

  private async takeTurn(host: string, delayMs: number): Promise<void> {
    await this.hold(host, 0);
    const waitMs = this.pacer.remainingMs(host);
    if (waitMs > Math.max(MAX_TURN_WAIT_MS, delayMs)) {
      throw new SitePostponed(waitMs, `${host} is not to be asked yet`, false);
    }
    await this.pacer.waitForTurn(host, delayMs, this.signal);
    await this.hold(host, delayMs);
    this.pacer.noteStart(host, delayMs);
  }

  /** What a service has asked for outlives this process, also if it dies before it gives the lease back. */
  private async keepPause(host: string): Promise<void> {
    const waitMs = this.pacer.remainingMs(host);
    if (waitMs > this.config.HEARTBEAT_MS) {
      await this.whenReachable(() => this.leases.noteNextFetch(this.holder, host, waitMs));
    }
  }

  /** Nobody asks this host for so long. */
  pause(host: string, waitMs: number): void {
    this.pacer.pause(host, waitMs);
  }

  /** Gives a host back. */
  leave(host: string): void {
    const leaving = this.leases.release(this.holder, host);
    this.leaving.add(leaving);
    void leaving.then(() => this.leaving.delete(leaving));
  }

  /** Gives everything back. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const host of this.leases.listHeld(this.holder)) this.leave(host);
    await Promise.all(this.leaving);
  }

  /** Whether a fetch may start now, by this process' own clock. */
  isHeld(host: string, marginMs = 0): boolean {
    const lease = this.leases.find(this.holder, host);
    return lease !== undefined && performance.now() + marginMs < lease.validUntil;
  }

  /** Does what needs the database, however long that takes: without it nobody knows whose a host is. */
  async whenReachable<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      this.signal.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        if (isLockConflict(error)) continue;
        if (!isInfrastructure(error)) throw error;
        await abortableSleep(RETRY_MS, this.signal);
      }
    }
  }
}
