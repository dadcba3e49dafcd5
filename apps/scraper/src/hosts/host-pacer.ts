import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { abortableSleep } from '../abortable-sleep.js';

const MAX_HOSTS = 20_000;
/** A request has reached its server when the answer comes, or after this long. */
const MAX_TRANSIT_MS = 500;

/** Spaces the starts of page fetches on one host, over all crawls of the process. */
@Injectable()
export class HostPacer {
  /** When the next fetch on a host may start, on the monotonic clock. */
  private readonly freeAt = new LRUCache<string, number>({ max: MAX_HOSTS });

  /** Waits for this host's turn and takes it. What is said of the host meanwhile counts: turns are not handed out before. */
  async waitForTurn(host: string, delayMs: number, signal: AbortSignal): Promise<void> {
    // A timer may fire a millisecond early.
    for (let wait = this.remainingMs(host); wait > 0; wait = this.remainingMs(host)) {
      await abortableSleep(Math.ceil(wait), signal);
    }
    if (delayMs > 0) this.pause(host, delayMs);
  }

  /** The fetch has really started, perhaps after a wait for the pool: the delay counts from here. */
  noteStart(host: string, delayMs: number): void {
    if (delayMs > 0) this.pause(host, delayMs);
  }

  /** The answer is here, so the delay counts from when the server saw the request, a slow connection included. */
  noteAnswer(host: string, delayMs: number): void {
    const freeAt = this.freeAt.get(host);
    if (delayMs <= 0 || freeAt === undefined) return;
    const transitMs = Math.min(MAX_TRANSIT_MS, performance.now() - (freeAt - delayMs));
    if (transitMs > 0) this.freeAt.set(host, freeAt + transitMs);
  }

  /** No fetch on this host for so long, by whoever asked for it. */
  pause(host: string, waitMs: number): void {
    this.freeAt.set(host, Math.max(this.freeAt.get(host) ?? 0, performance.now() + waitMs));
  }

  /** Milliseconds until the host's next fetch may start. */
  remainingMs(host: string): number {
    return Math.max(0, (this.freeAt.get(host) ?? 0) - performance.now());
  }
}
