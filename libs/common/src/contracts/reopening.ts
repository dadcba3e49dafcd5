import { z } from 'zod';
import { SITE_OUTCOMES, type SiteOutcome } from '../domain/site-outcome.js';

/**
 * What a retry opens again: what `jobs.reopening` holds as JSON, written by the gateway and worked off by the planner. Chunks
 * in these states run again, and so do chunks with sites of these outcomes, for these sites only.
 */
export const reopening = z.object({
  states: z.array(z.enum(['failed', 'cancelled'])),
  outcomes: z.array(z.enum(SITE_OUTCOMES)),
});
export type Reopening = z.infer<typeof reopening>;

/** Outcomes that another visit cannot change, or that must stay. */
const FINAL: readonly SiteOutcome[] = ['found', 'duplicate', 'suppressed', 'not_needed'];

/** Outcomes of sites that a retry may visit again. */
export const RETRYABLE_OUTCOMES = SITE_OUTCOMES.filter((outcome) => !FINAL.includes(outcome));
