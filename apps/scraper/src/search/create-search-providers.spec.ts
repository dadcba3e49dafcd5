import { describe, expect, it } from 'vitest';
import { loadConfig } from '#common/config/load-config.js';
import { createSearchProviders } from './create-search-providers.js';
import { makeClient } from './testing/canned-search.js';

/** Name and host of each provider. */
function configured(env: Record<string, string>): Record<string, string> {
  const providers = createSearchProviders(loadConfig({}, env), makeClient());
  return Object.fromEntries([...providers].map(([name, { host }]) => [name, host]));
}

describe('createSearchProviders', () => {
  it('has none where none is configured, a URL without its key included', () => {
    expect(configured({})).toEqual({});
    expect(configured({ SERPER_URL: 'https://x.example', BRAVE_API_KEY: ' ' })).toEqual({});
  });

  it('needs only a key for those that are at home at a known place', () => {
    expect(configured({ SERPER_API_KEY: 'k', BRAVE_API_KEY: 'k', SERPAPI_API_KEY: 'k' })).toEqual({
      serper: 'google.serper.dev',
      brave: 'api.search.brave.com',
      serpapi: 'serpapi.com',
    });
  });

  it('asks each where its URL says', () => {
    const env = { SEARXNG_URL: 'http://searx.internal:8080/x', SERPAPI_URL: 'https://www.searchapi.io/api/v1' };
    expect(configured({ ...env, SERPAPI_API_KEY: 'k' })).toEqual({
      searxng: 'searx.internal:8080',
      serpapi: 'www.searchapi.io',
    });
  });
});
