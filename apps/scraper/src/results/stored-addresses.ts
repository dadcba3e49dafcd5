import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { BloomFilter } from './bloom-filter.js';

/** Jobs at once; each takes 128 KiB for the filter and, full of recurring addresses, 0.4 MB for them. */
const MAX_JOBS = 20;
const MAX_RECURRING = 5000;
/** A job that has flushed nothing for so long has ended here. */
const IDLE_MS = 10 * 60_000;

/** What this replica knows to be stored, by job, so that it need not be sent again. Losing it costs a few rows more. */
@Injectable()
export class StoredAddresses {
  private readonly jobs = new LRUCache<string, StoredInJob>({ max: MAX_JOBS, ttl: IDLE_MS });

  ofJob(jobId: string): StoredInJob {
    this.jobs.purgeStale();
    const known = this.jobs.get(jobId) ?? new StoredInJob();
    this.jobs.set(jobId, known);
    return known;
  }

  drop(jobId: string): void {
    this.jobs.delete(jobId);
  }
}

/**
 * Addresses that are stored and counted in one job, learned from commits only. Most addresses of a job are met once, and
 * an exact entry takes 80 bytes against the filter's 10 bits: an address gets one when the filter has met it before. An
 * address is spared on the word of its exact entry alone, so a false hit of the filter costs memory, never an address.
 */
export class StoredInJob {
  private readonly recurring: LRUCache<string, number>;

  constructor(
    private readonly met = new BloomFilter(),
    maxRecurring = MAX_RECURRING,
  ) {
    this.recurring = new LRUCache({ max: maxRecurring });
  }

  /** At least so many places of the address are stored; 0 for one that must be sent. */
  placesOf(hash: Buffer): number {
    return this.met.has(hash) ? (this.recurring.get(keyOf(hash)) ?? 0) : 0;
  }

  /** The address is committed, counted, with at least so many places. */
  note(hash: Buffer, places: number): void {
    if (this.met.has(hash)) this.recurring.set(keyOf(hash), places);
    else this.met.add(hash);
  }
}

function keyOf(hash: Buffer): string {
  return hash.toString('latin1');
}
