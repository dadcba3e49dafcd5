import type { ProviderName } from '../domain/search-provider-name.js';

/** What must be set for a search provider to be asked: an address for the one that is self-hosted, a key for the others. */
export const PROVIDER_KEYS = {
  searxng: 'SEARXNG_URL',
  serper: 'SERPER_API_KEY',
  brave: 'BRAVE_API_KEY',
  serpapi: 'SERPAPI_API_KEY',
} as const satisfies Record<ProviderName, string>;
