import { z } from 'zod';
import { SEARCH_PROVIDERS } from '../domain/search-provider-name.js';

/** Where the sites of a job come from, as its scrapers need it; queries and site lists stand in tables of their own. */
export const sourceSpec = z.discriminatedUnion('type', [
  z.object({ type: z.literal('sites') }),
  z.object({ type: z.literal('sitemap') }),
  z.object({
    type: z.literal('commoncrawl'),
    /** A collection of the archive, `CC-MAIN-2026-43`; absent = the newest. */
    crawl: z.string().optional(),
  }),
  z.object({
    type: z.literal('search'),
    /** Asked in this order: the next answers when one is exhausted. */
    providers: z.array(z.enum(SEARCH_PROVIDERS)).min(1),
    country: z.string().optional(),
    language: z.string().optional(),
    /** Registrable domains and hosts whose pages are not visited, subdomains included. */
    skipDomains: z.array(z.string()),
  }),
]);
export type SourceSpec = z.infer<typeof sourceSpec>;
export type SearchSpec = Extract<SourceSpec, { type: 'search' }>;

/** Sources whose sites are found while the job runs. */
export function isFinding(type: string): boolean {
  return type === 'search' || type === 'sitemap';
}
