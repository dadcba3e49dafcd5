import { describe, expect, it } from 'vitest';
import type { SearchRequest } from './search-provider.js';
import { searchCanned } from './testing/canned-search.js';

const HIT = { url: 'https://a.example/', title: 'A', content: 'About A' };

async function languageFor(request: Partial<SearchRequest>): Promise<string | null> {
  const { path } = await searchCanned('searxng', { body: { results: [] } }, request);
  return new URL(path ?? '', 'http://x').searchParams.get('language');
}

describe('SearxngProvider', () => {
  it('explains how to permit JSON where it is refused', async () => {
    const { answer } = await searchCanned('searxng', { status: 403, body: 'Forbidden' });
    expect(answer).toMatchObject({
      outcome: 'auth',
      message: expect.stringContaining('enable json under search.formats in its settings.yml'),
    });
  });

  it('takes silence of its engines for a rate limit, not for a query without results', async () => {
    const silent = [['google', 'Suspended: too many requests'], ['brave', 'timeout'], ['qwant']];
    const { answer } = await searchCanned('searxng', { body: { results: [], unresponsive_engines: silent } });
    expect(answer).toMatchObject({
      outcome: 'rate_limited',
      message: expect.stringMatching(/no engine .*google \(Suspended: too many requests\), brave \(timeout\), qwant$/),
      retryAfterMs: 2000,
    });
    const later = await searchCanned('searxng', { body: { results: [], unresponsive_engines: silent } }, { page: 1 });
    expect(later.answer).toMatchObject({ outcome: 'partial', results: [], isLast: true });
  });

  it('notes which engines are missing from a page of results', async () => {
    const body = { results: [HIT], unresponsive_engines: [['google', 'timeout']] };
    const { answer } = await searchCanned('searxng', { body });
    expect(answer).toMatchObject({ outcome: 'partial', note: 'without google (timeout)', isLast: false });
    expect(answer).toMatchObject({ results: [{ url: HIT.url, title: 'A', snippet: 'About A', rank: 1 }] });
  });

  it('keeps a note short however many engines are missing, and whatever they say', async () => {
    const silent = Array.from({ length: 500 }, (_, index) => [`engine${index}`, 'x'.repeat(1000)]);
    const { answer } = await searchCanned('searxng', { body: { results: [HIT], unresponsive_engines: silent } });
    const note = 'note' in answer ? (answer.note ?? '') : '';
    expect(note).toMatch(/ and 95 more$/);
    expect(note.length).toBeLessThan(700);
  });

  it('reads results although the list of missing engines is unreadable', async () => {
    const { answer } = await searchCanned('searxng', { body: { results: [HIT], unresponsive_engines: 'google' } });
    expect(answer).toMatchObject({ outcome: 'ok', results: [{ url: HIT.url }] });
  });

  it('makes do with a bare link, and cuts long texts', async () => {
    const long = { url: 'https://b.example/', title: 'x'.repeat(5000), content: null };
    const { answer } = await searchCanned('searxng', { body: { results: [{ url: HIT.url }, long, null, 7] } });
    expect(answer).toMatchObject({
      results: [
        { url: HIT.url, title: '', snippet: '' },
        { url: long.url, title: 'x'.repeat(500), snippet: '' },
      ],
    });
  });

  it('takes no more than 100 results from a page', async () => {
    const results = Array.from({ length: 300 }, (_, index) => ({ url: `https://${index}.example/` }));
    const { answer } = await searchCanned('searxng', { body: { results } });
    expect('results' in answer && answer.results.map(({ rank }) => rank).at(-1)).toBe(100);
  });

  it('asks below the path of its base URL', async () => {
    for (const basePath of ['/searxng', '/searxng/']) {
      const { path } = await searchCanned('searxng', { body: { results: [] } }, { basePath, page: 2 });
      expect(path).toBe('/searxng/search?q=mills&format=json&pageno=3');
    }
  });

  it.each([
    [{ language: 'de' }, 'de'],
    [{ language: 'de', country: 'at' }, 'de-AT'],
    [{ language: 'de-CH' }, 'de-CH'],
    [{ language: 'DE-ch', country: 'AT' }, 'de-AT'],
    [{ language: 'zh-Hans' }, 'zh'],
    [{ country: 'AT' }, null],
    [{}, null],
  ])('asks for %o as language %s', async (request, language) => {
    expect(await languageFor(request)).toBe(language);
  });
});
