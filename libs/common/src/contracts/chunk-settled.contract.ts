import { z } from 'zod';
import { defineMessage } from './message.js';

/** A chunk's row left `running`: dispatch more, perhaps finish the job. A hint. */
export const chunkSettled = defineMessage(
  'chunk.settled',
  z.strictObject({ jobId: z.uuid(), chunkNo: z.number().int().min(0).max(10_000_000) }),
);
