import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { isLockConflict } from '#common/persistence/dialect.js';
import { Batcher } from '../batcher.js';
import { ChunkStore, type Claim, type ClaimRequest } from './chunk.store.js';

/** Bounds the length of one statement. */
const MAX_CLAIMS = 50;
const MAX_CONFLICTS = 5;
const MAX_BURST_MS = 1000;

/** Claims one batch of tickets at a time. */
@Injectable()
export class ClaimQueue {
  private readonly claims = new Batcher<ClaimRequest, Claim | null>(MAX_CLAIMS, (requests) =>
    this.claimBatch(requests),
  );

  constructor(private readonly store: ChunkStore) {}

  /** A burst of tickets is claimed as a whole before the first of its chunks takes anything else from CPU and database. */
  async claim(request: ClaimRequest): Promise<Claim | null> {
    const claim = await this.claims.add(request);
    if (claim) await Promise.race([this.claims.idle(), sleep(MAX_BURST_MS)]);
    return claim;
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
