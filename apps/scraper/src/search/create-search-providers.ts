import type { Config } from '#common/config/config.schema.js';
import type { ProviderName } from '#common/domain/search-provider-name.js';
import type { ApiClient } from '../fetch/api-client.js';
import { BraveProvider } from './brave.provider.js';
import { ProviderConnection } from './provider-connection.js';
import type { SearchProvider } from './search-provider.js';
import { SearxngProvider } from './searxng.provider.js';
import { SerpapiProvider } from './serpapi.provider.js';
import { SerperProvider } from './serper.provider.js';

type SearchConfig = Pick<
  Config,
  'SEARXNG_URL' | 'SERPER_URL' | 'SERPER_API_KEY' | 'BRAVE_URL' | 'BRAVE_API_KEY' | 'SERPAPI_URL' | 'SERPAPI_API_KEY'
>;

/** The providers that are configured: SearXNG by its URL, the others by their keys. */
export function createSearchProviders(config: SearchConfig, client: ApiClient): Map<ProviderName, SearchProvider> {
  const connect = (url: string, key?: string) => new ProviderConnection(client, new URL(url), key);
  const { SEARXNG_URL: searxng, SERPER_API_KEY: serper, BRAVE_API_KEY: brave, SERPAPI_API_KEY: serpapi } = config;
  const { SERPER_URL = 'https://google.serper.dev' } = config;
  const { BRAVE_URL = 'https://api.search.brave.com' } = config;
  const { SERPAPI_URL = 'https://serpapi.com' } = config;
  const providers = [
    searxng === undefined ? [] : new SearxngProvider(connect(searxng)),
    serper === undefined ? [] : new SerperProvider(connect(SERPER_URL, serper)),
    brave === undefined ? [] : new BraveProvider(connect(BRAVE_URL, brave)),
    serpapi === undefined ? [] : new SerpapiProvider(connect(SERPAPI_URL, serpapi)),
  ].flat();
  return new Map(providers.map((provider) => [provider.name, provider]));
}
