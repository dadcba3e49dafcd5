import { z } from 'zod';

const searchOrigin = z.object({
  type: z.literal('search'),
  provider: z.string(),
  query: z.string(),
  page: z.number().int(),
  rank: z.number().int(),
});

const archiveOrigin = z.object({
  type: z.literal('commoncrawl'),
  crawl: z.string(),
  capturedAt: z.iso.datetime(),
});

/** What led to a page, beyond a site list: stored as JSON beside the site and its evidence. Pages count from 0, ranks from 1. */
export const origin = z.discriminatedUnion('type', [searchOrigin, archiveOrigin]);
export type Origin = z.infer<typeof origin>;
