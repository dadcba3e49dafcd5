import type { Response } from 'express';
import type { ProgressSnapshot } from '#common/contracts/job-progressed.contract.js';
import type { JobEventRow } from './events.store.js';

/** What a client may leave unread before it is cut off; it comes back with Last-Event-ID. */
const MAX_UNREAD_BYTES = 1024 * 1024;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  // nginx would collect events before it passes them on.
  'X-Accel-Buffering': 'no',
};

/** One client that follows a job. Nothing that comes from a page is ever an id or an event name. */
export class EventStream {
  private lastVersion = -1;
  /** The newest snapshot that waits until the client reads again. */
  private waiting: ProgressSnapshot | null = null;
  private wasStalled = false;

  constructor(
    private readonly response: Response,
    /** The last lifecycle event that the client knows. */
    public lastEventId: number,
    private readonly limits: { pingMs: number; retryMs: number },
    onClose: () => void,
  ) {
    response.status(200).set(HEADERS);
    this.write(`retry: ${limits.retryMs}\n\n`);
    const ping = setInterval(() => this.ping(), this.limits.pingMs);
    response.on('drain', () => this.flushWaiting());
    response.once('close', () => {
      clearInterval(ping);
      onClose();
    });
  }

  sendEvent({ id, event, data }: JobEventRow): void {
    if (id <= this.lastEventId) return;
    this.lastEventId = id;
    this.write(`id: ${id}\nevent: ${event}\ndata: ${data}\n\n`);
  }

  send(event: 'status' | 'progress' | 'complete', data: object): void {
    this.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Versions only grow. A client that does not keep up is spared all but the newest. */
  sendProgress(snapshot: ProgressSnapshot): void {
    if (snapshot.version <= this.lastVersion) return;
    this.lastVersion = snapshot.version;
    if (this.response.writableNeedDrain) this.waiting = snapshot;
    else this.send('progress', snapshot);
  }

  /** The last snapshot, even if it was sent before, and the finished job. */
  complete(job: { progress: ProgressSnapshot }): void {
    this.waiting = null;
    this.send('progress', job.progress);
    this.send('complete', job);
    this.end();
  }

  end(): void {
    this.response.end();
  }

  private flushWaiting(): void {
    const snapshot = this.waiting;
    this.waiting = null;
    if (snapshot) this.send('progress', snapshot);
  }

  private ping(): void {
    const isStalled = this.response.writableNeedDrain;
    if (isStalled && this.wasStalled) this.response.destroy();
    else if (!isStalled) this.write(': ping\n\n');
    this.wasStalled = isStalled;
  }

  private write(text: string): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    this.response.write(text);
    if (this.response.writableLength > MAX_UNREAD_BYTES) this.response.destroy();
  }
}
