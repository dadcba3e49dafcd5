import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Response } from 'express';
import type { JobProgressed } from '#common/contracts/job-progressed.contract.js';
import { Problem } from '#common/http/problem.js';
import { endRequest } from '../http/request-limit.js';
import { JobsStore } from '../jobs/jobs.store.js';
import type { JobRow } from '../jobs/job.view.js';
import { EventStream } from './event-stream.js';
import { EventsStore } from './events.store.js';
import { JobFeed } from './job-feed.js';
import { StreamLimits } from './stream-limits.js';

/** The feeds of all jobs that a client of this process follows. */
@Injectable()
export class JobFeeds implements OnModuleDestroy {
  private readonly feeds = new Map<string, JobFeed>();
  private clients = 0;
  private isClosing = false;

  constructor(
    private readonly jobs: JobsStore,
    private readonly events: EventsStore,
    private readonly limits: StreamLimits,
  ) {}

  /** Opens a stream: what came after `lastEventId`, or without it the status as it is; then whatever happens. */
  async open(job: JobRow, response: Response, lastEventId: number | null): Promise<void> {
    if (this.clients >= this.limits.maxClients) {
      throw new Problem(
        503,
        'too_many_streams',
        'Too many clients follow jobs on this server. Poll the job instead, or try again.',
        {
          headers: { 'Retry-After': '10' },
        },
      );
    }
    // Answered (database-watch) or left meanwhile: its `close` would not come again.
    const isOver = (): boolean => response.headersSent || response.destroyed;
    if (isOver()) return;
    this.clients++;
    response.once('close', () => this.clients--);

    // Before the row: an event that comes in between is then sent twice rather than never.
    const knownId = lastEventId ?? (await this.events.lastId(job.id));
    const current = (await this.jobs.find(job.accountId, job.id)) ?? job;
    if (isOver()) return;
    endRequest(response);
    const stream = new EventStream(response, knownId, this.limits, () => this.leave(job.id, stream));
    if (lastEventId === null) stream.send('status', { status: current.status });
    this.feedOf(job).join(stream);
    // Came in the last moment: the client connects again, elsewhere.
    if (this.isClosing) stream.end();
  }

  onProgressed(message: JobProgressed): void {
    this.feeds.get(message.jobId)?.onProgress(message);
  }

  onModuleDestroy(): void {
    this.isClosing = true;
    for (const feed of this.feeds.values()) feed.end();
  }

  private feedOf(job: JobRow): JobFeed {
    const existing = this.feeds.get(job.id);
    if (existing) return existing;
    const source = {
      readJob: () => this.jobs.find(job.accountId, job.id),
      listEvents: (afterId: number, limit: number) => this.events.listAfter(job.id, afterId, limit),
    };
    const feed = new JobFeed(source, this.limits.pollMs);
    this.feeds.set(job.id, feed);
    return feed;
  }

  private leave(jobId: string, stream: EventStream): void {
    if (this.feeds.get(jobId)?.leave(stream)) this.feeds.delete(jobId);
  }
}
