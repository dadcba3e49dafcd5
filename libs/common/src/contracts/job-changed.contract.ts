import { z } from 'zod';
import { defineMessage } from './message.js';

/** Broadcast to orchestrators and scrapers: this job's row changed, look again. */
export const jobChanged = defineMessage('job.changed', z.strictObject({ jobId: z.uuid() }));
