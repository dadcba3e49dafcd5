import type { Config } from '#common/config/config.schema.js';
import type { SiteCrawler } from '../crawl/site-crawler.js';
import type { ApiClient } from '../fetch/api-client.js';
import { createSearchProviders } from '../search/create-search-providers.js';
import { SearchSource } from './search.source.js';
import { SitemapSource } from './sitemap.source.js';
import { Sources } from './sources.js';

/** Every source that is asked while a job runs: a new one is one class and one line here. */
export function createSources(config: Config, client: ApiClient, crawler: SiteCrawler): Sources {
  return new Sources({
    sitemap: new SitemapSource(crawler, config),
    search: new SearchSource(createSearchProviders(config, client), { delayMs: config.PROVIDER_DELAY_MS }),
  });
}
