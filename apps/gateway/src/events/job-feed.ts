import { Logger } from '@nestjs/common';
import type { JobProgressed } from '#common/contracts/job-progressed.contract.js';
import { describeError } from '#common/domain/errors.js';
import { isTerminal, type JobStatus } from '#common/domain/job-status.js';
import { type JobRow, readProgress, viewJob } from '../jobs/job.view.js';
import type { EventStream } from './event-stream.js';
import type { JobEventRow } from './events.store.js';

const EVENTS_PER_READ = 500;

export interface FeedSource {
  readJob(): Promise<JobRow | undefined>;
  listEvents(afterId: number, limit: number): Promise<JobEventRow[]>;
}

/** All clients of this process that follow one job, and the one reader that serves them. */
export class JobFeed {
  private readonly logger = new Logger(JobFeed.name);
  private readonly streams = new Set<EventStream>();
  private readonly timer: NodeJS.Timeout;
  private reading: Promise<void> | null = null;
  private isStale = false;
  private status: JobStatus | null = null;

  constructor(
    private readonly source: FeedSource,
    pollMs: number,
  ) {
    this.timer = setInterval(() => this.refresh(), pollMs);
  }

  /** Serves the stream from now on, beginning with every event it does not know yet. */
  join(stream: EventStream): void {
    this.streams.add(stream);
    this.refresh();
  }

  /** True when nobody is left; the feed is then over. */
  leave(stream: EventStream): boolean {
    this.streams.delete(stream);
    if (this.streams.size > 0) return false;
    clearInterval(this.timer);
    return true;
  }

  end(): void {
    for (const stream of this.streams) stream.end();
  }

  /** Passes a snapshot on at once; a status that is news is read from the row, with its event. */
  onProgress({ status, snapshot }: JobProgressed): void {
    for (const stream of this.streams) stream.sendProgress(snapshot);
    if (status !== this.status) this.refresh();
  }

  /** Reads the job again; at most one reading runs, and one more follows it. */
  refresh(): void {
    this.isStale = true;
    this.reading ??= this.readWhileStale().finally(() => (this.reading = null));
  }

  private async readWhileStale(): Promise<void> {
    while (this.isStale && this.streams.size > 0) {
      this.isStale = false;
      try {
        await this.read();
      } catch (error) {
        // The next tick tries again.
        this.logger.debug('cannot follow a job', { error: describeError(error) });
      }
    }
  }

  private async read(): Promise<void> {
    // Who joins meanwhile may lack older events and waits for the next reading.
    const streams = [...this.streams];
    // The row first: the event of a status that it shows is then in the list.
    const job = await this.source.readJob();
    if (!job) return this.end();
    this.status = job.status;
    await this.sendEvents(streams);
    for (const stream of streams) {
      if (isTerminal(job.status)) stream.complete(viewJob(job));
      else stream.sendProgress(readProgress(job));
    }
  }

  private async sendEvents(streams: readonly EventStream[]): Promise<void> {
    let after = Math.min(...streams.map((stream) => stream.lastEventId));
    for (;;) {
      const events = await this.source.listEvents(after, EVENTS_PER_READ);
      for (const event of events) {
        for (const stream of streams) stream.sendEvent(event);
        after = event.id;
      }
      if (events.length < EVENTS_PER_READ) return;
    }
  }
}
