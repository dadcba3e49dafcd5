import { Injectable, Logger } from '@nestjs/common';
import { Broker } from '#common/broker/broker.js';
import { CHUNKS } from '#common/broker/topology.js';
import { chunkReady } from '#common/contracts/chunk-ready.contract.js';
import { describeError } from '#common/domain/errors.js';
import { DispatchStore, type DueChunk } from './dispatch.store.js';
import { FillRamp } from './fill-ramp.js';
import { shareWindow } from './share-window.js';

/** More than the live slots are kept in flight, so that a slot that becomes free finds its next chunk in the queue. */
const WINDOW_FACTOR = 1.25;
const STALE_MS = 30_000;

/** Keeps the queue filled to what the live slots can take, and takes back what got lost on the way. */
@Injectable()
export class Dispatcher {
  private readonly logger = new Logger(Dispatcher.name);
  private mayHaveLostMessages = true;
  private readonly ramp = new FillRamp();

  constructor(
    private readonly store: DispatchStore,
    private readonly broker: Broker,
  ) {
    broker.onReconnect(() => this.suspectLoss());
  }

  /** After a change of leader or of the broker connection: messages believed to be in the queue may not be there. */
  suspectLoss(): void {
    this.mayHaveLostMessages = true;
  }

  /** More can be sent soon, without any news. */
  isFilling(): boolean {
    return this.ramp.isFilling();
  }

  /** Returns how many chunks were sent. */
  async dispatch(): Promise<number> {
    // Each refused message would cost its time-out.
    if (!this.broker.isConnected()) return 0;
    try {
      return await this.fillWindow();
    } catch (error) {
      // Chunks may have been marked whose messages were never sent.
      this.suspectLoss();
      throw error;
    }
  }

  private async fillWindow(): Promise<number> {
    await this.takeBackStale();
    const slots = await this.store.countLiveSlots();
    const inFlight = await this.store.countInFlight();
    const free = Math.ceil(WINDOW_FACTOR * slots) - inFlight;
    if (free <= 0) return 0;
    const demands = await this.store.listDemands();
    const due = demands.reduce((sum, demand) => sum + demand.due, 0);
    const share = shareWindow(due > free ? this.ramp.limit(free, slots, inFlight) : free, demands);
    let sent = 0;
    for (const [jobId, count] of share) {
      const chunks = await this.store.listDue(jobId, count);
      if (chunks.length > 0) sent += await this.send(jobId, chunks);
    }
    return sent;
  }

  /**
   * Marked before they are sent: a crash in between leaves a stale row, which is taken back, never a lost chunk. Returns how
   * many the broker took.
   */
  private async send(jobId: string, chunks: DueChunk[]): Promise<number> {
    await this.store.markDispatched(jobId, chunks);
    const sent = await Promise.allSettled(
      chunks.map(({ chunkNo }) => this.broker.publish(chunkReady, { jobId, chunkNo })),
    );
    const refused = chunks.filter((_, i) => sent[i]?.status === 'rejected');
    for (const chunk of refused) await this.store.takeBack(chunk);
    if (refused.length > 0) {
      const failure = sent.find((result) => result.status === 'rejected');
      this.logger.warn('chunks could not be sent', {
        jobId,
        chunks: refused.length,
        error: describeError(failure?.reason),
      });
    }
    return chunks.length - refused.length;
  }

  private async takeBackStale(): Promise<void> {
    if (this.mayHaveLostMessages) {
      // Before the statement: what is suspected while it runs is news.
      this.mayHaveLostMessages = false;
      await this.store.takeBackDispatched(0);
      return;
    }
    const { total, old } = await this.store.countDispatched(STALE_MS);
    if (old === 0 || (await this.broker.countReady(CHUNKS)) >= total) return;
    const count = await this.store.takeBackDispatched(STALE_MS);
    this.logger.warn('dispatched chunks were not in the queue', { chunks: count });
  }
}
