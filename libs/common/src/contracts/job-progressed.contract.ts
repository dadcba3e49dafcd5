import { z } from 'zod';
import { JOB_STATUSES } from '../domain/job-status.js';
import { defineMessage } from './message.js';

const count = z.number().int().min(0);

/** `progress` of API.md: computed once a second from chunk rows by the orchestrator, served by polling and SSE alike. */
export const progressSnapshot = z.object({
  version: count,
  percent: z.number().int().min(0).max(100),
  emails: count,
  pages: count,
  bytes: count,
  sites: count,
  sitesTotal: count,
  errors: count,
  emailsPerSecond: z.number().min(0),
  etaSeconds: count.nullable(),
  activeWorkers: count,
  chunks: z.object({
    total: count,
    pending: count,
    dispatched: count,
    running: count,
    done: count,
    failed: count,
    cancelled: count,
  }),
});
export type ProgressSnapshot = z.infer<typeof progressSnapshot>;

/** Broadcast to gateways; carries data because it is lossy and idempotent (`snapshot.version` only grows). */
export const jobProgressed = defineMessage(
  'job.progressed',
  z.strictObject({ jobId: z.uuid(), status: z.enum(JOB_STATUSES), snapshot: progressSnapshot }),
);
export type JobProgressed = z.infer<typeof jobProgressed.schema>;
