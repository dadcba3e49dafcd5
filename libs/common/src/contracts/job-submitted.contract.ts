import { z } from 'zod';
import { defineMessage } from './message.js';

/** A job row was committed: plan it. A hint; the orchestrator also polls queued jobs. */
export const jobSubmitted = defineMessage('job.submitted', z.strictObject({ jobId: z.uuid() }));
