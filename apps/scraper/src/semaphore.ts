interface Waiter {
  weight: number;
  grant: () => void;
}

/** What is held of a semaphore; `release` may be called any number of times. */
export interface Permit {
  /** Gives back what turned out not to be needed. */
  shrinkTo(weight: number): void;
  release(): void;
}

/** A semaphore whose permits have a weight: fetches in flight, or bytes of memory. First come, first served. */
export class Semaphore {
  private free: number;
  private readonly waiting = new Set<Waiter>();

  constructor(private readonly total: number) {
    this.free = total;
  }

  /**
   * Waits for its turn. Rejects with the signal's reason when that is aborted meanwhile. Whoever wants more than all
   * there is gets all.
   */
  async acquire(weight: number, signal: AbortSignal): Promise<Permit> {
    signal.throwIfAborted();
    const share = Math.min(weight, this.total);
    if (this.waiting.size > 0 || share > this.free) await this.waitForTurn(share, signal);
    else this.free -= share;
    return this.makePermit(share);
  }

  private waitForTurn(weight: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener('abort', onAbort);
        this.waiting.delete(waiter);
      };
      const onAbort = (): void => {
        leave();
        this.grantWaiters();
        reject(signal.reason as Error);
      };
      const grant = (): void => {
        leave();
        resolve();
      };
      const waiter: Waiter = { weight, grant };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.add(waiter);
    });
  }

  private makePermit(weight: number): Permit {
    let held = weight;
    const shrinkTo = (wanted: number): void => {
      if (wanted >= held) return;
      this.free += held - wanted;
      held = wanted;
      this.grantWaiters();
    };
    return { shrinkTo, release: () => shrinkTo(0) };
  }

  /** In the order of their coming; a light one behind a heavy one waits, too, so that the heavy one gets its turn. */
  private grantWaiters(): void {
    for (const waiter of this.waiting) {
      if (waiter.weight > this.free) return;
      this.free -= waiter.weight;
      waiter.grant();
    }
  }
}
