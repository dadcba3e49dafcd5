import { json, type AskedSearch, type SearchDialect } from './search-fault.js';
import type { PlantedPage } from './search-page.js';

const LANGUAGE = /^(?:all|auto|[a-z]{2,3}(?:-[a-zA-Z]{2})?)$/;

const says = (text: string) => json({ error: text }, 400);

const answerOf = (asked: AskedSearch, page: PlantedPage, unresponsive: string[][]) =>
  json({
    query: asked.query,
    number_of_results: 0,
    results: page.results.map(({ url, title, snippet }, index) => ({
      template: 'default.html',
      url,
      title,
      content: snippet,
      engine: 'duckduckgo',
      engines: ['duckduckgo', 'brave'],
      positions: [index + 1],
      score: 1 / (index + 1),
      category: 'general',
      publishedDate: null,
    })),
    answers: [],
    corrections: [],
    infoboxes: [],
    suggestions: ['something else'],
    unresponsive_engines: unresponsive,
  });

/** An instance of SearXNG that has json among its search.formats: searx/webapp.py and searx/webutils.py. */
export const fakeSearxng: SearchDialect = {
  pageSize: 10,
  key: null,
  env: (url) => ({ SEARXNG_URL: url }),
  read: ({ method, url }) => {
    const { searchParams: params } = url;
    if (method !== 'GET' || url.pathname !== '/search') return { status: 404, body: 'Not Found' };
    if (params.get('format') !== 'json') return { status: 200, body: '<!doctype html><title>SearXNG</title>' };
    const language = params.get('language');
    if (language !== null && !LANGUAGE.test(language))
      return says(`Invalid value "${language}" for parameter language`);
    const [primary = null, country = null] = language?.split('-') ?? [];
    const page = Number(params.get('pageno') ?? '1') - 1;
    return { query: params.get('q') ?? '', page, pageSize: 10, key: null, country, language: primary };
  },
  answer: (asked, page) => answerOf(asked, page, []),
  silentEngines: (asked, page) =>
    answerOf(asked, page, [
      ['google', 'Suspended: too many requests'],
      ['startpage', 'timeout'],
    ]),
  rateLimited: { status: 429, body: 'Too Many Requests' },
  // Nobody pays for it: what comes nearest is a proxy before it that does.
  quota: { status: 402, body: 'Payment Required' },
  auth: { status: 403, body: '<!doctype html><title>403 Forbidden</title>' },
  says,
};
