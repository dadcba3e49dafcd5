import { z } from 'zod';
import { jobSpec } from '#common/contracts/job-spec.js';
import { parseSite, type SiteInput } from '#common/domain/site.js';

const MAX_SITES = 100_000;
const MAX_TARGET = 10_000_000;
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
  sites: z.array(site).min(1).max(MAX_SITES).describe('Several URLs of one host are one site with several seeds.'),
});

/** Body of `POST /v1/jobs`. */
export const createJob = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    source: sitesSource,
    target: z
      .number()
      .int()
      .min(1)
      .max(MAX_TARGET)
      .optional()
      .describe('Stop at so many addresses; absent = find all.'),
    priority: z.number().int().min(0).max(9).default(5).describe('9 first.'),
    deadlineSeconds: z
      .number()
      .int()
      .min(1)
      .max(MAX_DEADLINE_SECONDS)
      .optional()
      .describe('Seconds from now after which what is not done is cancelled.'),
    ...jobSpec.shape,
  })
  .meta({ id: 'NewJob' });
export type CreateJob = z.output<typeof createJob>;
