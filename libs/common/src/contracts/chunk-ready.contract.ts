import { z } from 'zod';
import { defineMessage } from './message.js';

/** The ticket to run one chunk. */
export const chunkReady = defineMessage(
  'chunk.ready',
  z.strictObject({ jobId: z.uuid(), chunkNo: z.number().int().min(0).max(10_000_000) }),
);
export type ChunkReady = { jobId: string; chunkNo: number };
