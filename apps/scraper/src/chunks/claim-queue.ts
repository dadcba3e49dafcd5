import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { isLockConflict } from '#common/persistence/dialect.js';
import { ChunkStore, type Claim, type ClaimedChunk, type ClaimRequest } from './chunk.store.js';

/** Bounds the length of one statement. */
const MAX_CLAIMS = 50;
const MAX_CONFLICTS = 5;
const MAX_BURST_MS = 1000;

interface Waiting {
  request: ClaimRequest;
  resolve: (claim: Claim | null) => void;
  reject: (error: unknown) => void;
}

/** Claims one batch at a time; tickets that arrive meanwhile share the next one. */
@Injectable()
export class ClaimQueue {
  private waiting: Waiting[] = [];
  private claiming: Promise<void> | null = null;

  constructor(private readonly store: ChunkStore) {}

  /** A burst of tickets is claimed as a whole before the first of its chunks takes anything else from CPU and database. */
  async claim(request: ClaimRequest): Promise<ClaimedChunk | null> {
    const claim = await new Promise<Claim | null>((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      this.claiming ??= this.claimWaiting();
    });
    if (!claim) return null;
    if (this.claiming) await Promise.race([this.claiming, sleep(MAX_BURST_MS)]);
    return this.store.open(claim);
  }

  /** Never rejects. */
  private async claimWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MAX_CLAIMS);
      try {
        const claims = await this.claimBatch(batch.map(({ request }) => request));
        batch.forEach(({ resolve }, i) => resolve(claims[i] ?? null));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    // In the same turn as the last look at `waiting`: a ticket that comes later starts a new run.
    this.claiming = null;
  }

  private async claimBatch(requests: ClaimRequest[]): Promise<(Claim | null)[]> {
    for (let conflicts = 0; ; conflicts++) {
      try {
        return await this.store.claim(requests);
      } catch (error) {
        if (!isLockConflict(error) || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  }
}
