import { afterEach, describe, expect, it } from 'vitest';
import { startFakeSearch, type FakeSearch, type FakeSearchOptions } from './fake-search.js';
import { RequestPacing } from './request-pacing.js';
import { pageOf, plantUrls } from './search-page.js';

let fake: FakeSearch | null = null;

afterEach(() => fake?.close());

async function start(options: Partial<FakeSearchOptions> = {}): Promise<FakeSearch> {
  fake = await startFakeSearch({ provider: 'searxng', results: () => plantUrls(['https://a.example/']), ...options });
  return fake;
}

async function search({ url }: FakeSearch): Promise<{ status: number; retryAfter: string | null }> {
  const { status, headers } = await fetch(`${url}/search?q=mills&format=json`);
  return { status, retryAfter: headers.get('retry-after') };
}

describe('a fake search engine', () => {
  it('writes down each search and its time', async () => {
    const engine = await start();
    const before = Date.now();
    await search(engine);
    const [seen] = engine.requests;
    expect(seen).toMatchObject({ query: 'mills', page: 0 });
    expect(seen?.at).toBeGreaterThanOrEqual(before);
    expect(engine.violations).toBe(0);
  });

  it('refuses and counts a request that comes too soon', async () => {
    const engine = await start({ minIntervalMs: 60_000 });
    expect((await search(engine)).status).toBe(200);
    expect(await search(engine)).toEqual({ status: 429, retryAfter: '60' });
    expect([engine.violations, engine.requests.length]).toEqual([1, 2]);
  });

  it('counts a request that comes back before the time it was told', async () => {
    const engine = await start();
    engine.failNext({ kind: 'rate_limited', retryAfterS: 30 });
    expect(await search(engine)).toEqual({ status: 429, retryAfter: '30' });
    expect(engine.violations).toBe(0);
    expect(await search(engine)).toEqual({ status: 429, retryAfter: '30' });
    expect(engine.violations).toBe(1);
  });

  it('spoils one request, or all until told otherwise', async () => {
    const engine = await start();
    engine.failNext({ kind: 'status', status: 500 });
    engine.failNext({ kind: 'quota' });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await search(engine)).status);
    engine.failAlways({ kind: 'auth' });
    for (let i = 0; i < 2; i++) statuses.push((await search(engine)).status);
    engine.failAlways(null);
    statuses.push((await search(engine)).status);
    expect(statuses).toEqual([500, 402, 200, 403, 403, 200]);
  });
});

describe('RequestPacing', () => {
  it('lets a request pass that keeps the interval, give or take some milliseconds', () => {
    const pacing = new RequestPacing(1000);
    expect([0, 990, 1990, 2400].map((at) => pacing.judge(at))).toEqual([null, null, null, 1]);
    expect(pacing.violations).toBe(1);
  });

  it('opens again when the time it named is over', () => {
    const pacing = new RequestPacing(0);
    pacing.close(0, 2);
    expect([1500, 2400, 2500].map((at) => pacing.judge(at))).toEqual([1, 1, 1]);
    expect(pacing.judge(3500)).toBeNull();
  });
});

describe('pageOf', () => {
  it('cuts a list into pages and knows the last', () => {
    const results = plantUrls(Array.from({ length: 20 }, (_, index) => `https://${index}.example/`));
    const pages = [0, 1, 2].map((page) => pageOf(results, page, 10));
    expect(pages.map((page) => [page.offset, page.results.length, page.isLast])).toEqual([
      [0, 10, false],
      [10, 10, true],
      [20, 0, true],
    ]);
  });
});
