import type { ProviderName } from '#common/domain/search-provider-name.js';

/** One page of one query. */
export interface SearchRequest {
  query: string;
  /** From 0. */
  page: number;
  /** Two letters (ISO 3166), in any case; absent = the provider's choice. */
  country?: string | undefined;
  /** `de` or `de-AT` (BCP 47); absent = the provider's choice. */
  language?: string | undefined;
}

export interface SearchResult {
  /** http(s). */
  url: string;
  title: string;
  snippet: string;
  /** From 1, over all pages of the query. */
  rank: number;
  provider: ProviderName;
  query: string;
  page: number;
}

/** What came of a request. A `message` names the provider's host and never holds its key. */
export type SearchAnswer =
  | {
      outcome: 'ok' | 'partial';
      results: SearchResult[];
      /** No page comes after this one. */
      isLast: boolean;
      /** What is missing, for `partial`. */
      note: string | null;
    }
  | {
      outcome: 'rate_limited' | 'quota_exhausted' | 'auth' | 'invalid_response' | 'transport';
      message: string;
      /** How long the provider wants to be left alone; null where it does not say. */
      retryAfterMs: number | null;
    };

/** An answer without results. */
export type SearchFailure = Exclude<SearchAnswer, { outcome: 'ok' | 'partial' }>;

/** A search service that answers in pages of links. */
export interface SearchProvider {
  readonly name: ProviderName;
  /** The site key of its base URL: what requests to it take turns on. */
  readonly host: string;
  /** Comes to an answer whatever the provider does; throws only the reason of an aborted `signal`. Never tries twice. */
  search(request: SearchRequest, signal: AbortSignal): Promise<SearchAnswer>;
}
