import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { describeError } from '#common/domain/errors.js';
import { isLockConflict } from '#common/persistence/dialect.js';

/** Wakes that come within this time of each other cost one run. */
const MIN_GAP_MS = 50;

/**
 * Repeats one piece of work every `intervalMs`, or sooner when woken, never twice at once. An error is logged once per
 * reason and the work goes on: the next run sees the truth in the database.
 */
export class Lane {
  private readonly logger = new Logger('Lane');
  private readonly stopping = new AbortController();
  private finished: Promise<void> = Promise.resolve();
  private isAwake = false;
  private alarm: (() => void) | null = null;
  private lastError = '';
  private hasConflicted = false;

  constructor(
    private readonly name: string,
    private readonly intervalMs: number,
    /** Long work ends early when the signal aborts: the process is stopping. */
    private readonly work: (stopping: AbortSignal) => Promise<void>,
  ) {}

  start(): void {
    this.finished = this.run();
  }

  wake(): void {
    this.isAwake = true;
    this.alarm?.();
  }

  /** Ends after the run in progress. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.finished;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.isAwake = false;
      await this.runOnce();
      await sleep(MIN_GAP_MS);
      if (!this.isAwake) await this.rest();
    }
  }

  private async runOnce(): Promise<void> {
    try {
      await this.work(this.stopping.signal);
      if (this.lastError !== '') this.logger.log('working again', { lane: this.name });
      this.lastError = '';
      this.hasConflicted = false;
    } catch (error) {
      const reason = describeError(error);
      // InnoDB breaks a tie now and then among many writers: simply again, and a word only if it goes on.
      const isNews = reason !== this.lastError && (!isLockConflict(error) || this.hasConflicted);
      this.hasConflicted = isLockConflict(error);
      if (this.hasConflicted) this.wake();
      if (isNews) this.logger.warn('failed, trying again', { lane: this.name }, error);
      this.lastError = isNews ? reason : this.lastError;
    }
  }

  private rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.intervalMs);
      this.alarm = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
