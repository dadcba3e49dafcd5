import { json, type SearchDialect } from './search-fault.js';

const KEY = 'k3y-serpapi-0123456789';

/** https://serpapi.com (`start`), and https://www.searchapi.io/api/v1 (`page`), whichever is asked. */
export const fakeSerpapi: SearchDialect = {
  pageSize: 10,
  key: KEY,
  env: (url) => ({ SERPAPI_URL: url, SERPAPI_API_KEY: KEY }),
  read: ({ method, url }) => {
    const { searchParams: params } = url;
    if (method !== 'GET' || url.pathname !== '/search') return { status: 404, body: 'Not Found' };
    if (params.get('engine') !== 'google') return json({ error: 'Unsupported `engine` parameter.' }, 400);
    const number = params.get('page');
    const page = number === null ? Number(params.get('start') ?? '0') / 10 : Number(number) - 1;
    const query = params.get('q') ?? '';
    const key = params.get('api_key') ?? '';
    return { query, page, pageSize: 10, key, country: params.get('gl'), language: params.get('hl') };
  },
  answer: ({ query, page }, { results, isLast }) => {
    const search_metadata = { id: '64c148d3', status: 'Success', total_time_taken: 0.87 };
    if (results.length === 0)
      return json({
        search_metadata,
        search_information: { query_displayed: query, organic_results_state: 'Fully empty' },
        error: "Google hasn't returned any results for this query.",
      });
    const organic_results = results.map(({ url, title, snippet }, index) => ({
      position: index + 1,
      title,
      link: url,
      snippet,
      displayed_link: url,
    }));
    const next = isLast ? {} : { next: `https://serpapi.com/search.json?engine=google&start=${(page + 1) * 10}` };
    return json({ search_metadata, organic_results, serpapi_pagination: { current: page + 1, ...next } });
  },
  rateLimited: json({ error: 'The number of searches exceeds the hourly throughput limit of the account.' }, 429),
  quota: json({ error: 'Your account has run out of searches.' }, 429),
  auth: json({ error: 'Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key' }, 401),
  says: (text) => json({ error: text }, 400),
};
