import { z } from 'zod';
import type { SourceSpec } from '#common/contracts/source-spec.js';
import { SEARCH_PROVIDERS } from '#common/domain/search-provider-name.js';
import { parseSite, type SiteInput } from '#common/domain/site.js';
import { SKIPPED_DOMAINS } from '#common/domain/skipped-domains.js';
import { expandQueries, MAX_QUERIES, MAX_QUERY_CHARS } from './expand-queries.js';

const MAX_SITES = 100_000;
/** Shown of a job; all of them stand in the database. */
const SHOWN_QUERIES = 20;

/** A request's source as it is stored: what scrapers read, the site list, the queries. */
export interface NewSource {
  /** SourceSpec, and what else the job shows of its source. */
  spec: SourceSpec & Record<string, unknown>;
  sites: SiteInput[];
  /** What is asked of the source, each from its first page on. */
  queries: string[];
}

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

const sites = z
  .strictObject({
    type: z.literal('sites'),
    sites: z
      .array(site)
      .max(MAX_SITES)
      .optional()
      .describe('At least one, unless the job is held. Several URLs of one host are one site with several seeds.'),
  })
  .transform(({ type, sites: list = [] }): NewSource => ({
    spec: { type, sites: list.length },
    sites: list,
    queries: [],
  }));

const commoncrawl = z
  .strictObject({
    type: z.literal('commoncrawl'),
    domains: z
      .array(site)
      .max(MAX_SITES)
      .optional()
      .describe('Domains whose pages are read from the archive, not from their own servers.'),
    crawl: z
      .string()
      .regex(/^CC-MAIN-\d{4}-\d{2}$/, 'must be the name of a collection such as CC-MAIN-2026-43')
      .optional()
      .describe('Absent = the newest.'),
  })
  .transform(({ type, domains = [], crawl }): NewSource => ({
    spec: { type, crawl },
    // The domain alone: there is one archive for all schemes, ports and paths.
    sites: domains.map(({ host }) => ({ host: bareHost(host), url: bareHost(host) })),
    queries: [],
  }));

const sitemap = z
  .strictObject({
    type: z.literal('sitemap'),
    url: z
      .string()
      .refine((text) => /^https?:\/\//i.test(text), 'must be an http or https URL')
      .pipe(site)
      .describe('A sitemap or sitemap index, plain or gzip; the pages that it lists are visited.'),
  })
  .transform(({ type, url }): NewSource => ({ spec: { type, url: url.url }, sites: [], queries: [url.url] }));

const provider = z.enum(SEARCH_PROVIDERS);
const providerError = `must be ${SEARCH_PROVIDERS.join(', ')}, or a list of these`;
const query = z.string().trim().min(1).max(MAX_QUERY_CHARS);

const search = z
  .strictObject({
    type: z.literal('search'),
    queries: z
      .array(query)
      .min(1)
      .max(MAX_QUERIES)
      .describe('May hold names of `lists` in braces: `dentist {city}` becomes one query for each value.'),
    lists: z
      .record(z.string().regex(/^\w{1,40}$/, 'must be a word'), z.array(query).min(1).max(MAX_QUERIES))
      .optional()
      .describe('`{ "city": ["Berlin", "Bonn"] }`'),
    provider: z
      .union([provider.transform((name) => [name]), z.array(provider).min(1).max(SEARCH_PROVIDERS.length)], {
        error: () => providerError,
      })
      .default([...SEARCH_PROVIDERS])
      .describe('One, or several: the next one answers when one is exhausted. Absent = those that are configured.'),
    country: z
      .string()
      .regex(/^[A-Za-z]{2}$/, 'must be a country code of two letters')
      .optional(),
    language: z
      .string()
      .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?$/, 'must be a language code such as de or pt-BR')
      .optional(),
    skipDomains: z
      .array(
        z
          .string()
          .toLowerCase()
          .max(100)
          .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:\.\*)?$/, 'must be a domain, or a name with .* for any suffix'),
      )
      .max(200)
      .default([...SKIPPED_DOMAINS])
      .describe('Domains whose pages are not visited, in place of the built-in list (docs/sources.md); [] = none.'),
  })
  .transform(({ queries, lists, provider: providers, ...rest }, context): NewSource => {
    try {
      const expanded = expandQueries(queries, lists);
      const shown = { queries: expanded.slice(0, SHOWN_QUERIES), queriesTotal: expanded.length };
      return { spec: { ...rest, providers: [...new Set(providers)], ...shown }, sites: [], queries: expanded };
    } catch (error) {
      context.addIssue({ code: 'custom', path: ['queries'], message: (error as Error).message });
      return z.NEVER;
    }
  });

/** Where the sites of a job come from. */
export const source = z.discriminatedUnion('type', [sites, search, sitemap, commoncrawl], {
  error: () => 'must be "sites", "search", "sitemap" or "commoncrawl"',
});

function bareHost(host: string): string {
  return host.replace(/:\d+$/, '');
}
