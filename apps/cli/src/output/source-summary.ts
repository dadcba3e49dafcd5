import type { EmailSource, Job } from '../api/api-types.js';
import { plural } from './plural.js';
import { printable } from './printable.js';

const MAX_QUERIES_NAMED = 3;

/** Where a job's sites come from, and what was asked of whom for it; nothing for a list of sites. */
export function describeSource({ source, usage = [] }: Job): string[] {
  const lines = usage.map(
    ({ provider, requests, results, skipped }) =>
      `${printable(provider)}: ${plural(requests, 'request')}, ${plural(results, 'result')}, ${skipped} skipped`,
  );
  if (source.type === 'search') return [describeSearch(source), ...lines];
  if (source.type === 'sitemap') return [`sitemap: ${printable(source.url ?? '')}`, ...lines];
  if (source.type === 'commoncrawl') return [`read from Common Crawl, ${source.crawl ?? 'its newest crawl'}`, ...lines];
  return lines;
}

/** `search by searxng: “dentist Berlin”, “dentist Bonn” and 8 more` */
function describeSearch({ queries = [], queriesTotal = queries.length, providers = [] }: Job['source']): string {
  const named = queries.slice(0, MAX_QUERIES_NAMED).map((query) => `“${printable(query)}”`);
  const more = queriesTotal - named.length;
  return `search by ${providers.join(', then ')}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `found by searxng for “dentist Berlin”, rank 3`; empty for a page that nothing but the job's site list led to. */
export function describeOrigin(origin: EmailSource['origin']): string {
  if (!origin) return '';
  if (origin.type === 'commoncrawl') return `archived on ${origin.capturedAt.slice(0, 10)}, ${printable(origin.crawl)}`;
  const { provider, query, rank } = origin;
  return `found by ${printable(provider)} for “${printable(query)}”, rank ${rank}`;
}
