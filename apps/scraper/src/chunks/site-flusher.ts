import { setTimeout as sleep } from 'node:timers/promises';
import { isInfrastructure, isLockConflict } from '#common/persistence/dialect.js';
import type { SiteResult } from '../crawl/site-result.js';
import type { FlushOutcome, ResultsStore } from '../results/results.store.js';
import type { ClaimedChunk } from './chunk.store.js';

const MAX_ROWS = 500;
const MAX_CONFLICTS = 5;
const RETRY_MS = 1000;

/**
 * Writes the finished sites of one chunk, one transaction at a time; what finishes meanwhile shares the next one. The
 * transaction that holds the last site ends the chunk.
 */
export class SiteFlusher {
  private pending: SiteResult[] = [];
  private flushing: Promise<void> | null = null;
  private written = 0;
  /** The database, not the chunk, keeps finished sites from being written. */
  isHeldUp = false;

  constructor(
    private readonly store: ResultsStore,
    private readonly chunk: ClaimedChunk,
    private readonly signal: AbortSignal,
    private readonly onFlushed: (outcome: FlushOutcome & { sites: readonly SiteResult[] }) => void,
  ) {}

  /** Sites written by this attempt. */
  get sitesWritten(): number {
    return this.written;
  }

  /** Resolves when this site, and all added before it, are committed. */
  async add(site: SiteResult): Promise<void> {
    this.pending.push(site);
    while (this.pending.includes(site) || this.flushing) {
      this.flushing ??= this.flushPending().finally(() => (this.flushing = null));
      await this.flushing;
    }
  }

  private async flushPending(): Promise<void> {
    const batch = takeBatch(this.pending);
    const isLast = this.written + batch.length === this.chunk.sites.length;
    const outcome = await this.flush(batch, isLast);
    this.pending = this.pending.slice(batch.length);
    this.written += batch.length;
    this.onFlushed({ ...outcome, sites: batch });
  }

  /** Repeats what a lock conflict or a full disk rolled back, and whatever a lost connection left unknown: a flush is idempotent. */
  private async flush(batch: SiteResult[], isLast: boolean): Promise<FlushOutcome> {
    for (let conflicts = 0; ;) {
      try {
        const outcome = await this.store.flush(this.chunk, batch, isLast);
        this.isHeldUp = false;
        return outcome;
      } catch (error) {
        if (isLockConflict(error) && ++conflicts <= MAX_CONFLICTS) continue;
        if (!isInfrastructure(error)) throw error;
        this.isHeldUp = true;
        await sleep(RETRY_MS, undefined, { signal: this.signal });
      }
    }
  }
}

/** As many sites as stay within the row limit, but at least one. */
function takeBatch(pending: readonly SiteResult[]): SiteResult[] {
  let rows = 0;
  const size = pending.findIndex((site) => (rows += 1 + site.emails.length + site.errors.length) > MAX_ROWS);
  return pending.slice(0, size === -1 ? pending.length : Math.max(1, size));
}
