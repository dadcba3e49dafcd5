/** Timers fire, and requests arrive, a little before or after their time. */
const SLACK_MS = 25;

/** Notices who asks again too soon: inside `minIntervalMs`, or before the time that a 429 has named. */
export class RequestPacing {
  violations = 0;
  private lastAt = -Infinity;
  private closedUntil = -Infinity;

  constructor(private readonly minIntervalMs: number) {}

  /** Null if a request may come now, else the whole seconds that it must wait. */
  judge(at: number): number | null {
    const opensAt = Math.max(this.closedUntil, this.lastAt + this.minIntervalMs);
    if (at >= opensAt - SLACK_MS) {
      this.lastAt = at;
      return null;
    }
    this.violations += 1;
    return this.close(at, Math.max(1, Math.ceil((opensAt - at) / 1000)));
  }

  /** Whoever is told to wait `seconds` may not come back earlier. */
  close(at: number, seconds: number): number {
    this.closedUntil = Math.max(this.closedUntil, at + seconds * 1000);
    return seconds;
  }
}
