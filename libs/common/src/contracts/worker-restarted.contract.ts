import { z } from 'zod';
import { defineMessage } from './message.js';

/** Broadcast to scrapers: revive this slot if it is yours. */
export const workerRestarted = defineMessage(
  'worker.restarted',
  z.strictObject({ name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) }),
);
