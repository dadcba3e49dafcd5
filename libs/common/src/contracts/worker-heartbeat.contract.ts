import { z } from 'zod';
import { defineMessage } from './message.js';

export const WORKER_STATUSES = ['idle', 'running', 'waiting', 'crashed', 'gone'] as const;

const slot = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  status: z.enum(WORKER_STATUSES),
  jobId: z.uuid().nullable(),
  chunkNo: z.number().int().nullable(),
  /** The page being fetched, without query and cut to 500 characters. */
  url: z.string().max(500).nullable(),
  consecutiveErrors: z.number().int().min(0),
  emailsPerSecond: z.number().min(0),
  /** Why it crashed, or its process is dying. */
  error: z.string().max(500).nullable().default(null),
});

/** State of slots of one replica, each sent every HEARTBEAT_MS. Feeds the workers table only; loss is allowed. */
export const workerHeartbeat = defineMessage(
  'worker.heartbeat',
  z.strictObject({
    replica: z.string().regex(/^[A-Za-z0-9_-]{1,56}$/),
    host: z.string().max(255),
    /** Sender's clock, epoch ms. */
    at: z.number().int(),
    slots: z.array(slot).max(5000),
  }),
);
export type WorkerHeartbeat = z.infer<typeof workerHeartbeat.schema>;
export type WorkerSlotState = WorkerHeartbeat['slots'][number];
