const RAMP_MS = 1000;
const STEPS = 10;

/**
 * Fills idle slots over a second when there is more to do than they can take. Filled all at once, chunks of like length
 * would end all at once, too, again and again, and a small job that comes in between would find no slot until then.
 * Work that fits into the free slots never waits.
 */
export class FillRamp {
  private startedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** How many of `free` places may be filled now. */
  limit(free: number, slots: number, inFlight: number): number {
    const now = this.now();
    // Idle again: the next large job starts another ramp.
    if (inFlight === 0 && now - this.startedAt >= RAMP_MS) this.startedAt = now;
    const step = Math.floor(((now - this.startedAt) * STEPS) / RAMP_MS) + 1;
    if (step >= STEPS) return free;
    return Math.max(0, Math.min(free, Math.ceil((slots * step) / STEPS) - inFlight));
  }

  /** True while places are held back. */
  isFilling(): boolean {
    return this.now() - this.startedAt < RAMP_MS;
  }
}
