import { z } from 'zod';
import { jobOptions } from '#common/contracts/job-spec.js';
import { isFinding } from '#common/contracts/source-spec.js';
import { type NewSource, source } from './source.schema.js';

/** What the columns hold; the limit of an account is MAX_TARGET. */
const MAX_INT = 2_000_000_000;
const MAX_DEADLINE_SECONDS = 30 * 86_400;

/** Body of `POST /v1/jobs`. */
export const createJob = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    source,
    hold: z
      .boolean()
      .default(false)
      .describe('The job waits for its inputs (`/inputs`) and does nothing before `/start`.'),
    target: z.number().int().min(1).max(MAX_INT).optional().describe('Stop at so many addresses; absent = find all.'),
    priority: z.number().int().min(0).max(9).default(5).describe('9 first.'),
    deadlineSeconds: z
      .number()
      .int()
      .min(1)
      .max(MAX_DEADLINE_SECONDS)
      .optional()
      .describe('Seconds after which what is not done is cancelled: from now, or from the start of a held job.'),
    ...jobOptions,
  })
  // A source, or body, that is wrong in itself has not been transformed.
  .superRefine(checkTogether, {
    when: ({ issues }) => issues.every(({ path: [field = 'source'] = [] }) => field !== 'source'),
  })
  .meta({ id: 'NewJob' });
export type CreateJob = z.output<typeof createJob>;

/** What one field demands of others. */
function checkTogether(
  { hold, source: { spec, sites }, target }: { hold: boolean; source: NewSource; target?: number | undefined },
  context: z.core.$RefinementCtx,
): void {
  const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
  if (isFinding(spec.type)) {
    if (hold) refuse(['hold'], `is for lists of sites: a ${spec.type} job has none`);
  } else if (!hold && sites.length === 0) {
    const field = spec.type === 'sites' ? 'sites' : 'domains';
    refuse(['source', field], `needs at least one ${field.slice(0, -1)}, or "hold": true`);
  }
  if (spec.type === 'search' && target === undefined) {
    refuse(['target'], 'is required for a search: so many addresses are looked for');
  }
}
