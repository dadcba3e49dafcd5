import { afterEach, describe, expect, it } from 'vitest';
import { SEARCH_PROVIDERS, type ProviderName } from '#common/domain/search-provider-name.js';
import {
  startFakeSearch,
  type FakeSearch,
  type FakeSearchOptions,
} from '../../../../test/support/search/fake-search.js';
import { plantUrls } from '../../../../test/support/search/search-page.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import type { SearchAnswer, SearchFailure, SearchProvider, SearchRequest, SearchResult } from './search-provider.js';
import { connect, makeClient } from './testing/canned-search.js';

/** What differs between the providers, seen from outside; a new one is one line. */
const PROVIDERS: Record<ProviderName, { tellsLast: boolean; german: object; british: object; free?: true }> = {
  searxng: { tellsLast: false, german: { country: 'DE', language: 'de' }, british: { country: 'GB' }, free: true },
  serper: { tellsLast: false, german: { country: 'de', language: 'de' }, british: { country: 'uk' } },
  brave: { tellsLast: true, german: { country: 'DE', language: 'de' }, british: { country: 'GB' } },
  serpapi: { tellsLast: true, german: { country: 'de', language: 'de' }, british: { country: 'uk' } },
};

const URLS = Array.from({ length: 45 }, (_, index) => `https://site-${index + 1}.example/`);
const ROWS = SEARCH_PROVIDERS.map((provider) => ({ provider, ...PROVIDERS[provider] }));

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function serviceAt(
  provider: ProviderName,
  env: Record<string, string>,
  options?: Parameters<typeof makeClient>[0],
): SearchProvider {
  const client = makeClient(options);
  closers.push(() => client.close());
  return connect(provider, env, client);
}

async function start(provider: ProviderName, options: Partial<FakeSearchOptions> = {}): Promise<FakeSearch> {
  const fake = await startFakeSearch({ provider, results: () => plantUrls(URLS), ...options });
  closers.push(() => fake.close());
  return fake;
}

function ask(
  { provider, fake, timeoutMs }: { provider: ProviderName; fake: FakeSearch; timeoutMs?: number },
  request: Partial<SearchRequest> = {},
): Promise<SearchAnswer> {
  const search = { query: 'mills', page: 0, ...request };
  return serviceAt(provider, fake.env, { timeoutMs }).search(search, new AbortController().signal);
}

function pageOf(answer: SearchAnswer): Extract<SearchAnswer, { results: unknown }> {
  if ('results' in answer) return answer;
  throw new Error(`${answer.outcome}: ${answer.message}`);
}

function failureOf(answer: SearchAnswer): SearchFailure {
  if ('results' in answer) throw new Error(`${answer.results.length} results`);
  return answer;
}

describe.each(ROWS)('$provider', ({ provider, tellsLast, german, british, free = false }) => {
  /** Only of providers that have one. */
  const itWithKey = (name: string, test: () => Promise<void>): void => {
    if (!free) it(name, test);
  };

  async function readAll(fake: FakeSearch): Promise<{ results: SearchResult[]; pages: number }> {
    const results: SearchResult[] = [];
    for (let page = 0; page < 20; page++) {
      const answer = pageOf(await ask({ provider, fake }, { page }));
      results.push(...answer.results);
      if (answer.isLast) return { results, pages: page + 1 };
    }
    throw new Error('no page is the last');
  }

  it('finds every result once, page after page, and knows when to stop', async () => {
    const fake = await start(provider);
    const { results, pages } = await readAll(fake);
    expect(results.map(({ url }) => url)).toEqual(URLS);
    expect(fake.requests.map(({ page }) => page)).toEqual([...Array(pages).keys()]);
    const full = Math.ceil(URLS.length / (provider === 'brave' ? 20 : 10));
    expect(pages).toBe(tellsLast ? full : full + 1);
  });

  it('ranks results from 1, ever higher over the pages', async () => {
    const fake = await start(provider);
    const { results } = await readAll(fake);
    const ranks = results.map(({ rank }) => rank);
    expect(ranks.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(ranks).toEqual([...new Set(ranks)].toSorted((a, b) => a - b));
    if (provider !== 'searxng') expect(ranks.at(-1)).toBe(45);
  });

  it('says of each result where it is from', async () => {
    const fake = await start(provider);
    const { results } = pageOf(await ask({ provider, fake }, { query: 'old mills', page: 1 }));
    expect(results[0]).toMatchObject({ provider, query: 'old mills', page: 1 });
    expect(results[0]?.title).toMatch(/^Result \d+$/);
    expect(results[0]?.snippet).toBe(`What is found at ${results[0]?.url}`);
    expect(fake.requests[0]).toMatchObject({ query: 'old mills', page: 1 });
  });

  it('answers with an empty last page beyond the last, and where nothing is found', async () => {
    const fake = await start(provider, { results: (query) => (query === 'mills' ? plantUrls(URLS) : []) });
    const empty = { outcome: 'ok', results: [], isLast: true, note: null };
    expect(await ask({ provider, fake }, { page: 9 })).toEqual(empty);
    expect(await ask({ provider, fake }, { query: 'nothing' })).toEqual(empty);
  });

  it('hands on any query as it is', async () => {
    const fake = await start(provider);
    const query = 'Mühlen "am Bach" & Söhne +kontakt #1 100% ?q=x 会社';
    await ask({ provider, fake }, { query });
    expect(fake.requests[0]?.query).toBe(query);
  });

  it('asks for the country and the language, each written as the provider takes it', async () => {
    const fake = await start(provider);
    await ask({ provider, fake }, { country: 'DE', language: 'de' });
    await ask({ provider, fake }, { country: 'gb', language: 'en' });
    await ask({ provider, fake });
    expect(fake.requests[0]).toMatchObject(german);
    expect(fake.requests[1]).toMatchObject(british);
    expect(fake.requests[2]).toMatchObject({ country: null, language: null });
  });

  it('drops results that lead nowhere and keeps the ranks of the others', async () => {
    const bad = [
      'ftp://a.example/',
      'javascript:alert(1)',
      '/relative',
      '',
      'https://',
      `https://a.example/${'x'.repeat(3000)}`,
    ];
    const fake = await start(provider, {
      results: () => plantUrls(['https://a.example/', ...bad, 'https://b.example/x']),
    });
    const { outcome, results } = pageOf(await ask({ provider, fake }));
    expect([outcome, results.map(({ url, rank }) => [url, rank])]).toEqual([
      'ok',
      [
        ['https://a.example/', 1],
        ['https://b.example/x', 8],
      ],
    ]);
  });

  it('does not stop at a page on which every result is bad', async () => {
    const fake = await start(provider, {
      results: () => [...plantUrls(Array(20).fill('ftp://a.example/')), ...plantUrls(URLS)],
    });
    expect(pageOf(await ask({ provider, fake }))).toMatchObject({ results: [], isLast: false });
  });

  itWithKey('sends its key, and reports a wrong one as auth', async () => {
    const fake = await start(provider);
    await ask({ provider, fake });
    expect(fake.requests[0]?.key).toBe(fake.key);
    const env = Object.fromEntries(
      Object.entries(fake.env).map(([name, value]) => [name, name.endsWith('_KEY') ? 'a wrong/key&x=1' : value]),
    );
    const answer = await serviceAt(provider, env).search({ query: 'mills', page: 0 }, new AbortController().signal);
    expect(failureOf(answer)).toMatchObject({ outcome: 'auth', retryAfterMs: null });
    expect(fake.requests[1]?.key).toBe('a wrong/key&x=1');
  });

  it.each([
    ['auth', { kind: 'auth' }, null],
    ['rate_limited', { kind: 'rate_limited', retryAfterS: 7 }, 7000],
    ['quota_exhausted', { kind: 'quota' }, null],
    ['invalid_response', { kind: 'status', status: 404 }, null],
    ['invalid_response', { kind: 'status', status: 302 }, null],
    ['transport', { kind: 'status', status: 500 }, null],
    ['transport', { kind: 'status', status: 503, retryAfterS: 30 }, 30_000],
  ] as const)('reports as %s: %o', async (outcome, fault, retryAfterMs) => {
    const fake = await start(provider);
    fake.failNext(fault);
    const failure = failureOf(await ask({ provider, fake }));
    expect([failure.outcome, failure.retryAfterMs]).toEqual([outcome, retryAfterMs]);
    expect(failure.message).toContain(new URL(fake.url).host);
  });

  it('reports a rate limit that names no time', async () => {
    const fake = await start(provider);
    fake.failNext({ kind: 'rate_limited', retryAfterS: null });
    const failure = failureOf(await ask({ provider, fake }));
    // Brave's own headers tell.
    expect([failure.outcome, failure.retryAfterMs]).toEqual(['rate_limited', provider === 'brave' ? 1000 : null]);
  });

  it.each([
    ['what is no JSON', { kind: 'malformed' }, /is not JSON/],
    ['JSON without its list', { kind: 'wrong_shape' }, /(?:results|organic|query|organic_results) is not as expected/],
    ['an answer without end', { kind: 'oversized' }, /longer than 1048576 bytes/],
  ] as const)('reports %s as invalid_response, and what is wrong', async (_name, fault, message) => {
    const fake = await start(provider);
    fake.failNext(fault);
    const failure = failureOf(await ask({ provider, fake }));
    expect([failure.outcome, failure.message]).toEqual(['invalid_response', expect.stringMatching(message)]);
  });

  it.each([
    ['a closed connection', { kind: 'hang_up', after: 'request' }, /hang up/],
    ['half an answer', { kind: 'hang_up', after: 'half' }, /ended before the answer did/],
    ['an answer that never comes', { kind: 'slow', ms: null }, /deadline/],
  ] as const)('reports %s as transport', async (_name, fault, message) => {
    const fake = await start(provider);
    fake.failNext(fault);
    const failure = failureOf(await ask({ provider, fake, timeoutMs: 300 }));
    expect([failure.outcome, failure.message]).toEqual(['transport', expect.stringMatching(message)]);
  });

  it('reports a server that is not there as transport', async () => {
    const fake = await startFakeSearch({ provider, results: () => [] });
    const { env } = fake;
    await fake.close();
    const answer = await serviceAt(provider, env).search({ query: 'mills', page: 0 }, new AbortController().signal);
    expect(failureOf(answer)).toMatchObject({ outcome: 'transport', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('reports a server that the egress guard forbids as transport, and why', async () => {
    const fake = await start(provider);
    const service = serviceAt(provider, fake.env, { allow: [] });
    const answer = await service.search({ query: 'mills', page: 0 }, new AbortController().signal);
    expect(failureOf(answer)).toMatchObject({ outcome: 'transport', message: expect.stringContaining('is blocked') });
    expect(fake.requests).toHaveLength(0);
  });

  it('waits for an answer that is late, and asks once only', async () => {
    const fake = await start(provider);
    fake.failNext({ kind: 'slow', ms: 50 });
    expect(pageOf(await ask({ provider, fake })).results[0]?.url).toBe(URLS[0]);
    expect(fake.requests).toHaveLength(1);
  });

  it('throws the reason of its signal, before and during a request', async () => {
    const fake = await start(provider);
    fake.failAlways({ kind: 'slow', ms: null });
    const service = serviceAt(provider, fake.env);
    const reason = new Error('the lease is lost');
    await expect(service.search({ query: 'mills', page: 0 }, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(fake.requests).toHaveLength(0);
    const controller = new AbortController();
    const searching = service.search({ query: 'mills', page: 0 }, controller.signal);
    await waitFor(() => fake.requests.length === 1);
    controller.abort(reason);
    await expect(searching).rejects.toBe(reason);
  });

  it('tells its host, for requests to it to take turns on', async () => {
    const fake = await start(provider);
    expect(serviceAt(provider, fake.env)).toMatchObject({ name: provider, host: new URL(fake.url).host });
  });

  itWithKey('never shows its key, whatever goes wrong', async () => {
    const fake = await start(provider);
    const key = String(fake.key);
    const kinds = ['auth', 'quota', 'malformed', 'wrong_shape', 'oversized'] as const;
    const faults = [
      ...kinds.map((kind) => ({ kind })),
      { kind: 'slow', ms: null },
      { kind: 'status', status: 500 },
    ] as const;
    const answers: SearchAnswer[] = [];
    for (const fault of faults) {
      fake.failNext(fault);
      answers.push(await ask({ provider, fake, timeoutMs: 300 }));
    }
    fake.failNext({ kind: 'says', text: `no such key: ${key} `.repeat(20) });
    answers.push(await ask({ provider, fake }));
    expect(answers.at(-1)).toMatchObject({ message: expect.stringContaining('no such key: [key]') });
    expect(JSON.stringify(answers)).not.toContain(key.slice(0, 5));
  });
});
