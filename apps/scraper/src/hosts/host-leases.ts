import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';
import { Config } from '#common/config/config.schema.js';
import { describeError } from '#common/domain/errors.js';
import { isLockConflict, isUnreachable } from '#common/persistence/dialect.js';
import { type HostGrant, HostLeaseStore, leaseKey } from './host-lease.store.js';
import { HostPacer } from './host-pacer.js';
import { HostBusy } from './site-postponed.js';

const RETRY_MS = 500;

/** A lease as this process knows it; `validUntil` on the monotonic clock, counted from before it was asked for. */
interface HeldLease {
  host: string;
  holder: string;
  validUntil: number;
}

/** The hosts that the workers of this replica hold. */
@Injectable()
export class HostLeases {
  private readonly held = new Map<string, HeldLease>();

  constructor(
    private readonly store: HostLeaseStore,
    private readonly pacer: HostPacer,
    private readonly config: Config,
  ) {}

  /** The hosts of one chunk, run by the worker `holder`. */
  openChunk(holder: string, signal: AbortSignal): ChunkHosts {
    return new ChunkHosts(holder, signal, this.held, this.store, this.pacer, this.config);
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
}

/** The right to fetch, for one running chunk: taken for all its sites at once, and for others as redirects lead there. */
export class ChunkHosts {
  private readonly logger = new Logger(HostLeases.name);
  private leaving = new Set<string>();
  private releasing: Promise<void> | null = null;

  constructor(
    private readonly holder: string,
    private readonly signal: AbortSignal,
    private readonly held: Map<string, HeldLease>,
    private readonly store: HostLeaseStore,
    private readonly pacer: HostPacer,
    private readonly config: Config,
  ) {}

  /** Takes what is free of these hosts; the rest is asked for again when its turn comes. */
  async claim(hosts: readonly string[]): Promise<HostGrant[]> {
    // A release under way would end the new lease.
    await this.releasing;
    const askedAt = performance.now();
    const grants = await this.acquire(hosts);
    for (const { host, isHeld, waitMs } of grants) {
      if (!isHeld) continue;
      this.held.set(leaseKey(this.holder, host), {
        host,
        holder: this.holder,
        validUntil: askedAt + this.config.LEASE_MS,
      });
      if (waitMs > 0) this.pacer.pause(host, waitMs);
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
    while (!this.isValid(host, isLong ? 0 : delayMs)) {
      const [grant] = await this.claim([host]);
      if (grant && !grant.isHeld) throw new HostBusy(host, grant.waitMs);
    }
    if (isLong) await this.retry(() => this.store.noteNextFetch(this.holder, host, delayMs));
  }

  /** Gives a host back, together with those that come to an end meanwhile. */
  leave(host: string): void {
    if (!this.held.delete(leaseKey(this.holder, host))) return;
    this.leaving.add(host);
    this.releasing ??= this.releaseLeaving();
  }

  /** Gives everything back; what fails to be given back runs out by itself. */
  async close(): Promise<void> {
    for (const lease of this.held.values()) if (lease.holder === this.holder) this.leave(lease.host);
    await this.releasing;
  }

  private isValid(host: string, marginMs: number): boolean {
    const lease = this.held.get(leaseKey(this.holder, host));
    return lease !== undefined && performance.now() + marginMs < lease.validUntil;
  }

  private acquire(hosts: readonly string[]): Promise<HostGrant[]> {
    return this.retry(() => this.store.acquire(this.holder, hosts));
  }

  /** Without the database nobody knows whose a host is: no fetch until it is back. */
  private async retry<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      this.signal.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        if (isLockConflict(error)) continue;
        if (!isUnreachable(error)) throw error;
        await sleep(RETRY_MS, undefined, { signal: this.signal });
      }
    }
  }

  /** Never rejects. */
  private async releaseLeaving(): Promise<void> {
    while (this.leaving.size > 0) {
      const hosts = [...this.leaving].map((host) => ({ host, waitMs: this.pacer.remainingMs(host) }));
      this.leaving = new Set();
      await this.store.release(this.holder, hosts).catch((error: unknown) => {
        this.logger.debug('host leases not released', { error: describeError(error) });
      });
    }
    this.releasing = null;
  }
}
