import { afterEach, describe, expect, it } from 'vitest';
import { startFakeSearch, type FakeSearch } from '../../../../test/support/search/fake-search.js';
import { plantUrls } from '../../../../test/support/search/search-page.js';
import { ProviderConnection } from './provider-connection.js';
import { pagingOf, SerpapiProvider } from './serpapi.provider.js';
import { makeClient, searchCanned } from './testing/canned-search.js';

const HIT = { position: 1, link: 'https://a.example/', title: 'A', snippet: 'About A' };
let fake: FakeSearch | null = null;

afterEach(() => fake?.close());

describe('SerpapiProvider', () => {
  it('asks serpapi.com by the number of the first result', async () => {
    const { path } = await searchCanned('serpapi', { body: { organic_results: [HIT] } }, { page: 2 });
    expect(path).toBe('/search?engine=google&q=mills&api_key=a-key&start=20');
  });

  it.each([
    ['https://serpapi.com', 'start'],
    ['https://www.searchapi.io/api/v1', 'page'],
    ['https://searchapi.io/api/v1', 'page'],
    ['https://notsearchapi.io', 'start'],
  ])('counts pages of %s by %s', (url, paging) => {
    expect(pagingOf(new URL(url))).toBe(paging);
  });

  it('asks searchapi.io by the number of the page', async () => {
    fake = await startFakeSearch({ provider: 'serpapi', results: () => plantUrls(['https://a.example/']) });
    const client = makeClient();
    const connection = new ProviderConnection(client, new URL(fake.url), String(fake.key));
    const provider = new SerpapiProvider(connection, 'page');
    await provider.search({ query: 'mills', page: 4 }, new AbortController().signal);
    client.close();
    expect(fake.requests).toMatchObject([{ page: 4, key: fake.key }]);
  });

  it.each([['serpapi_pagination'], ['pagination']])('sees in %s whether there is another page', async (field) => {
    const isLast = async (pagination: object) => {
      const { answer } = await searchCanned('serpapi', { body: { organic_results: [HIT], [field]: pagination } });
      return 'results' in answer && answer.isLast;
    };
    expect(await isLast({ current: 1, next: 'https://serpapi.com/search.json?start=10' })).toBe(false);
    expect(await isLast({ current: 1 })).toBe(true);
  });

  it.each([
    ['quota_exhausted', 429, 'Your account has run out of searches.'],
    [
      'quota_exhausted',
      429,
      'You have used all of the searches for the month. Please upgrade your plan on SearchApi.io.',
    ],
    ['quota_exhausted', 200, 'Your account has run out of searches.'],
    ['rate_limited', 429, 'The number of searches exceeds the hourly throughput limit.'],
    ['auth', 401, 'Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key'],
    ['auth', 403, 'Your account has been suspended.'],
    ['invalid_response', 400, 'Unsupported `xx` gl parameter.'],
    ['invalid_response', 200, 'We could not read this page.'],
    ['transport', 503, 'We were unable to reach Google.'],
  ])('reports as %s, with status %i: %s', async (outcome, status, error) => {
    const { answer } = await searchCanned('serpapi', { status, body: { error } });
    expect(answer).toMatchObject({ outcome, message: expect.stringContaining(error) });
  });

  it('knows the error that only means that nothing was found', async () => {
    const error = "Google hasn't returned any results for this query.";
    const { answer } = await searchCanned('serpapi', { body: { search_metadata: { status: 'Success' }, error } });
    expect(answer).toEqual({ outcome: 'ok', results: [], isLast: true, note: null });
  });
});
