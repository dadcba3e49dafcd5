import { z } from 'zod';
import type { ProviderName } from '#common/domain/search-provider-name.js';
import { MAX_URL_LENGTH } from '#common/domain/site.js';
import type { SearchRequest, SearchResult } from './search-provider.js';

/** No provider has longer pages. */
export const MAX_RESULTS = 100;
const MAX_TEXT_CHARS = 500;

type FoundLink = Pick<SearchResult, 'url' | 'title' | 'snippet'>;

/** An http(s) URL that can be crawled. */
export const link = z
  .string()
  .max(MAX_URL_LENGTH)
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text));

/** A title or snippet; one that is missing or no text is no reason to lose its link. */
export const text = z
  .string()
  .catch('')
  .transform((value) => value.slice(0, MAX_TEXT_CHARS));

/** The start of a list whose single items may be bad: these are null, so that the others keep their ranks. */
export function tolerantList<T>(item: z.ZodType<T>) {
  return z
    .array(z.unknown())
    .transform((items) => items.slice(0, MAX_RESULTS).map((value) => item.safeParse(value).data ?? null));
}

/** The good results of a page, ranked over pages of `pageSize`. */
export function rankResults(
  found: readonly (FoundLink | null)[],
  { query, page }: SearchRequest,
  { provider, pageSize }: { provider: ProviderName; pageSize: number },
): SearchResult[] {
  const before = page * pageSize;
  return found.flatMap((result, index) =>
    result === null ? [] : [{ ...result, rank: before + index + 1, provider, query, page }],
  );
}
