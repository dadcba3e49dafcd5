import { z } from 'zod';
import { sourceSpec } from './source-spec.js';

export const crawlSpec = z.strictObject({
  maxDepth: z.number().int().min(0).max(10).default(2),
  maxPagesPerSite: z.number().int().min(1).max(1000).default(20),
  /** Bytes on the wire after which no further page of a site is begun. */
  maxBytesPerSite: z.number().int().min(1).max(10_000_000_000).default(50_000_000),
  /** Seconds after which no further page of a site is begun. */
  maxSecondsPerSite: z.number().int().min(1).max(1200).default(300),
  /** Pages and bytes of the whole job: what is left when they are spent ends with the outcome `budget`. */
  maxPages: z.number().int().min(1).max(1_000_000_000).optional(),
  maxBytes: z.number().int().min(1).max(1_000_000_000_000_000).optional(),
  sameSite: z.boolean().default(true),
  /** Absent = HOST_DELAY_MS of the scraper. */
  hostDelayMs: z.number().int().min(0).max(3_600_000).optional(),
});

export const policySpec = z.strictObject({
  robots: z.enum(['respect', 'ignore']).default('respect'),
  obfuscated: z.enum(['include', 'flag', 'skip']).default('include'),
  freemail: z.enum(['include', 'skip']).default('include'),
  dedupe: z.enum(['job', 'account']).default('job'),
});

export const verifySpec = z.strictObject({ mx: z.boolean().default(true) });

/** What a request may say of how a job is to be done. */
export const jobOptions = {
  crawl: crawlSpec.prefault({}),
  policy: policySpec.prefault({}),
  verify: verifySpec.prefault({}),
  retentionDays: z.number().int().min(1).max(3650).default(90),
};

/** How a job is to be done: what `jobs.spec` holds as JSON, written by the gateway and read by orchestrator and scraper. */
export const jobSpec = z.object({ ...jobOptions, source: sourceSpec.prefault({ type: 'sites' }) });
export type JobSpec = z.infer<typeof jobSpec>;
