import { z } from 'zod';
import { jobSpec } from '#common/contracts/job-spec.js';
import { parseSite, type SiteInput } from '#common/domain/site.js';

const MAX_SITES = 100_000;
/** What the columns hold; the limit of an account is MAX_TARGET. */
const MAX_INT = 2_000_000_000;
const MAX_DEADLINE_SECONDS = 30 * 86_400;
const LATER_SOURCES: readonly unknown[] = ['search', 'sitemap', 'commoncrawl'];

const site = z
  .string()
  .transform((text, context): SiteInput => {
    try {
      return parseSite(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  })
  .describe('An http(s) URL, or a bare host: https is tried first, then http.');

const sitesSource = z.strictObject({
  type: z.literal('sites', {
    error: ({ input }) => (LATER_SOURCES.includes(input) ? 'is not supported by this version' : 'must be "sites"'),
  }),
  sites: z
    .array(site)
    .max(MAX_SITES)
    .optional()
    .describe('At least one, unless the job is held. Several URLs of one host are one site with several seeds.'),
});

/** Body of `POST /v1/jobs`. */
export const createJob = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    source: sitesSource,
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
    ...jobSpec.shape,
  })
  .superRefine(({ hold, source }, context) => {
    if (hold || source.sites?.length) return;
    context.addIssue({
      code: 'custom',
      path: ['source', 'sites'],
      message: 'needs at least one site, or "hold": true',
    });
  })
  .meta({ id: 'NewJob' });
export type CreateJob = z.output<typeof createJob>;
