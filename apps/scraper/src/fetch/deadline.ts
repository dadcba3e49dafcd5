import { FetchError, toFetchError } from './fetch-error.js';

export interface Limit {
  url: string;
  timeoutMs: number;
  /** The caller's: when it is aborted, its reason is what the work ends with. */
  signal: AbortSignal;
}

/** The time that one fetch has: one signal that fires when it is over, or when the caller gives up. */
export class Deadline {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private endsAt: number;

  constructor(private readonly limit: Limit) {
    this.endsAt = performance.now() + Math.max(0, limit.timeoutMs);
    this.start();
    // AbortSignal.any would leak on signals that outlive many fetches.
    limit.signal.addEventListener('abort', this.abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Stops the clock while `wait` lasts, `maxMs` at most: what we make a server wait for is not its fault. */
  async excluding<T>(wait: () => Promise<T>, maxMs: number): Promise<T> {
    const stoppedAt = performance.now();
    this.endsAt += maxMs;
    this.start();
    try {
      return await wait();
    } finally {
      this.endsAt -= Math.max(0, maxMs - (performance.now() - stoppedAt));
      this.start();
    }
  }

  end(): void {
    clearTimeout(this.timer);
    this.limit.signal.removeEventListener('abort', this.abort);
  }

  private start(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.expire(), Math.max(0, this.endsAt - performance.now()));
  }

  private readonly abort = (): void => {
    this.controller.abort(this.limit.signal.reason);
  };

  private expire(): void {
    this.controller.abort(new FetchError('timeout', this.limit.url, 'not finished by the deadline'));
  }
}

/** Runs `work` under a deadline. The caller's abort leaves as its own reason, everything else as a FetchError. */
export async function withDeadline<T>(limit: Limit, work: (deadline: Deadline) => Promise<T>): Promise<T> {
  limit.signal.throwIfAborted();
  const deadline = new Deadline(limit);
  try {
    return await work(deadline);
  } catch (error) {
    limit.signal.throwIfAborted();
    if (deadline.signal.aborted) throw deadline.signal.reason;
    throw toFetchError(error, limit.url);
  } finally {
    deadline.end();
  }
}
