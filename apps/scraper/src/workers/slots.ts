import type { WorkerSlotState } from '#common/contracts/worker-heartbeat.contract.js';

/** First and longest rest of a crashed slot. */
const REVIVE_MS = 30_000;
const MAX_REVIVE_MS = 10 * 60_000;

/** One worker: the right to run one chunk at a time. */
export class Slot {
  status: WorkerSlotState['status'] = 'idle';
  jobId: string | null = null;
  chunkNo: number | null = null;
  url: string | null = null;
  /** Counted addresses flushed by the chunk at hand, and since when (epoch ms). */
  emails = 0;
  startedAt = 0;
  consecutiveErrors = 0;
  /** Chunks that failed in the present run of failures: one bad chunk alone does not stop a slot. */
  readonly failedChunks = new Set<string>();
  crashes = 0;
  /** What its last chunk failed with, while it is crashed. */
  error: string | null = null;
  reviveTimer: NodeJS.Timeout | null = null;

  constructor(readonly name: string) {}

  report(): WorkerSlotState {
    const { name, status, jobId, chunkNo, url, consecutiveErrors, error } = this;
    const seconds = (Date.now() - this.startedAt) / 1000;
    const emailsPerSecond = status === 'running' && seconds > 0 ? Math.round((10 * this.emails) / seconds) / 10 : 0;
    return {
      name,
      status,
      jobId,
      chunkNo,
      url: url?.split('?')[0]?.slice(0, 500) ?? null,
      consecutiveErrors,
      emailsPerSecond,
      error,
    };
  }
}

/** The slots of this replica: which are free, which rest after failures. */
export class SlotPool {
  readonly slots: readonly Slot[];
  private readonly queue: ((slot: Slot) => void)[] = [];

  constructor(
    replica: string,
    size: number,
    private readonly settings: {
      maxConsecutiveErrors: number;
      /** Told how many slots can take work whenever that changes. */
      onCapacity(able: number): void;
      onCrash(slot: Slot): void;
    },
  ) {
    this.slots = Array.from({ length: size }, (_, i) => new Slot(`${replica}-${i}`));
  }

  /** Takes a free slot; waits for one where deliveries outnumber them for a moment. */
  take(): Promise<Slot> {
    const free = this.slots.find((slot) => slot.status === 'idle');
    if (!free) return new Promise((resolve) => this.queue.push(resolve));
    free.status = 'running';
    return Promise.resolve(free);
  }

  release(slot: Slot): void {
    slot.jobId = slot.chunkNo = slot.url = null;
    slot.emails = 0;
    if (slot.status === 'crashed') return;
    const next = this.queue.shift();
    slot.status = next ? 'running' : 'idle';
    next?.(slot);
  }

  countAble(): number {
    return this.slots.filter((slot) => slot.status !== 'crashed').length;
  }

  recordSuccess(slot: Slot): void {
    slot.consecutiveErrors = 0;
    slot.crashes = 0;
    slot.failedChunks.clear();
  }

  /** Returns true when the slot stops: too many failures in a row, from at least two different chunks. */
  recordFailure(slot: Slot, chunk: string, error: string): boolean {
    slot.consecutiveErrors++;
    slot.failedChunks.add(chunk);
    if (slot.consecutiveErrors < this.settings.maxConsecutiveErrors || slot.failedChunks.size < 2) return false;
    slot.status = 'crashed';
    slot.error = error;
    const restMs = Math.min(MAX_REVIVE_MS, REVIVE_MS * 2 ** slot.crashes++);
    slot.reviveTimer = setTimeout(() => this.revive(slot.name), restMs);
    slot.reviveTimer.unref();
    this.settings.onCrash(slot);
    this.settings.onCapacity(this.countAble());
    return true;
  }

  /** Puts a crashed slot back to work; false when it is not one of ours or not crashed. */
  revive(name: string): boolean {
    const slot = this.slots.find((candidate) => candidate.name === name);
    if (slot?.status !== 'crashed') return false;
    if (slot.reviveTimer) clearTimeout(slot.reviveTimer);
    slot.consecutiveErrors = 0;
    slot.failedChunks.clear();
    slot.error = null;
    slot.status = 'running';
    this.release(slot);
    this.settings.onCapacity(this.countAble());
    return true;
  }
}
