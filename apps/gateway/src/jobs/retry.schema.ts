import { z } from 'zod';
import { type Reopening, RETRYABLE_OUTCOMES } from '#common/contracts/reopening.js';
import type { SiteOutcome } from '#common/domain/site-outcome.js';

/** Body of `POST /v1/jobs/{id}/retry`; none = what failed, and what a deadline cancelled. */
export const retryRequest = z
  .strictObject({
    outcomes: z
      .array(
        z.enum(RETRYABLE_OUTCOMES, {
          error: ({ input }) => `${JSON.stringify(input)} cannot be retried: use ${RETRYABLE_OUTCOMES.join(', ')}`,
        }),
      )
      .min(1)
      .optional()
      .describe('Visit the sites with these outcomes again.'),
  })
  .optional()
  .meta({ id: 'Retry' });
export type RetryRequest = z.output<typeof retryRequest>;

/** These two outcomes are states of chunks; the others stand in rows of sites. */
const STATES = ['failed', 'cancelled'] as const;

export function toReopening({ outcomes }: { outcomes?: SiteOutcome[] | undefined } = {}): Reopening {
  if (outcomes === undefined) return { states: [...STATES], outcomes: [] };
  const named = new Set(outcomes);
  const states = STATES.filter((state) => named.delete(state));
  return { states, outcomes: [...named] };
}
