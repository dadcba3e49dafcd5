import { setTimeout as sleep } from 'node:timers/promises';
import { type ProgressSnapshot, progressSnapshot } from '#common/contracts/job-progressed.contract.js';
import { isTerminal } from '#common/domain/job-status.js';
import type { ApiClient } from './api-client.js';
import { ApiError, UnreachableError } from './api-error.js';
import type { Job } from './api-types.js';

export interface FollowOptions {
  onProgress: (progress: ProgressSnapshot) => void;
  signal: AbortSignal;
  /** Between looks at the job while its events cannot be read. */
  pollMs?: number;
  /** A stream without an event for this long is left for a look at the job: a proxy may be holding it back. */
  silenceMs?: number;
  /** How long the server may be away before that is an error. */
  patienceMs?: number;
}

/**
 * Follows a job to its end by its event stream. Whenever the stream breaks, stays silent or cannot be had, the job itself
 * is read instead, then the stream is tried again from the last event seen. Rejects when the signal aborts.
 */
export async function followJob(client: ApiClient, id: string, options: FollowOptions): Promise<Job> {
  const { onProgress, signal, pollMs = 1000, patienceMs = 60_000 } = options;
  const stream = new JobStream(client, id, options);
  let lastAnswerAt = Date.now();
  for (;;) {
    try {
      await stream.read();
      const job = await client.readJob(id, signal);
      onProgress(job.progress);
      if (isTerminal(job.status)) return job;
      lastAnswerAt = Date.now();
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error) || Date.now() - lastAnswerAt > patienceMs) throw error;
    }
    await sleep(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

class JobStream {
  private lastEventId: string | undefined;

  constructor(
    private readonly client: ApiClient,
    private readonly id: string,
    private readonly options: FollowOptions,
  ) {}

  /** Returns when the stream has said all that it will say for now; the caller looks at the job itself then. */
  async read(): Promise<void> {
    const silence = new AbortController();
    const { signal, silenceMs = 6000 } = this.options;
    const timer = setTimeout(() => silence.abort(), silenceMs);
    try {
      const both = AbortSignal.any([signal, silence.signal]);
      for await (const { id, event, data } of this.client.streamEvents(this.id, this.lastEventId, both)) {
        timer.refresh();
        this.lastEventId = id ?? this.lastEventId;
        if (event === 'progress') this.report(data);
        if (event === 'complete') return;
      }
    } catch {
      // The look at the job that follows tells whether this was the stream's trouble or the server's.
      signal.throwIfAborted();
    } finally {
      clearTimeout(timer);
    }
  }

  private report(data: string): void {
    const snapshot = progressSnapshot.safeParse(JSON.parse(data));
    if (snapshot.success) this.options.onProgress(snapshot.data);
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof UnreachableError || (error instanceof ApiError && error.status >= 500);
}
