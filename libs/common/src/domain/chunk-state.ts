export const CHUNK_STATES = ['pending', 'dispatched', 'running', 'done', 'failed', 'cancelled'] as const;
export type ChunkState = (typeof CHUNK_STATES)[number];

/** States in which a chunk still has work before it; a job with none left is finished. */
export const OPEN_CHUNK_STATES = ['pending', 'dispatched', 'running'] as const satisfies readonly ChunkState[];

/** A chunk fails for good at this many errors of its own. */
export const MAX_CHUNK_FAILURES = 5;
/** A chunk fails for good when this many workers died holding it. */
export const MAX_CHUNK_LOSSES = 10;
