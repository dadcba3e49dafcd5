import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';

const MAX_HOSTS = 20_000;

/** Spaces the starts of page fetches on one host, over all crawls of the process. */
export class HostPacer {
  /** When the next fetch on a host may start, on the monotonic clock. */
  private readonly freeAt = new LRUCache<string, number>({ max: MAX_HOSTS });

  /** Waits for this host's turn and takes it. */
  async waitForTurn(host: string, delayMs: number, signal: AbortSignal): Promise<void> {
    if (delayMs <= 0) return;
    const turn = Math.max(performance.now(), this.freeAt.get(host) ?? 0);
    this.freeAt.set(host, turn + delayMs);
    // A timer may fire a millisecond early.
    for (let wait = turn - performance.now(); wait > 0; wait = turn - performance.now()) {
      await sleep(Math.ceil(wait), undefined, { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
    }
  }

  /** The fetch has really started, perhaps after a wait for the pool: the delay counts from here. */
  noteStart(host: string, delayMs: number): void {
    if (delayMs <= 0) return;
    this.freeAt.set(host, Math.max(this.freeAt.get(host) ?? 0, performance.now() + delayMs));
  }
}
