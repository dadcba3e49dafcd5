import type { LeaseNews } from './chunk.store.js';

/** Why a running chunk stops before its sites are done. */
export type StopReason = Exclude<LeaseNews, 'held'> | 'shutdown' | 'timeout';

/** The abort reason of a running chunk. */
export class ChunkStopped extends Error {
  override name = 'ChunkStopped';
  constructor(readonly reason: StopReason) {
    super(`chunk stopped: ${reason}`);
  }
}
