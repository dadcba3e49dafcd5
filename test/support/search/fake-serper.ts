import { json, type SearchDialect } from './search-fault.js';

const KEY = 'k3y-serper-0123456789';

interface Body {
  q?: string;
  gl?: string;
  hl?: string;
  page?: number;
  num?: number;
}

/** https://google.serper.dev */
export const fakeSerper: SearchDialect = {
  pageSize: 10,
  key: KEY,
  env: (url) => ({ SERPER_URL: url, SERPER_API_KEY: KEY }),
  read: ({ method, url, headers, body }) => {
    if (method !== 'POST' || url.pathname !== '/search') return json({ message: 'Not Found', statusCode: 404 }, 404);
    if (headers['content-type'] !== 'application/json')
      return json({ message: 'Unsupported media type', statusCode: 400 }, 400);
    const { q = '', gl = null, hl = null, page = 1, num = 10 } = JSON.parse(body) as Body;
    const key = String(headers['x-api-key'] ?? '');
    return { query: q, page: page - 1, pageSize: num, key, country: gl, language: hl };
  },
  answer: ({ query, page, pageSize, country, language }, { results }) =>
    json({
      searchParameters: { q: query, gl: country ?? 'us', hl: language ?? 'en', page: page + 1, num: pageSize },
      organic: results.map(({ url, title, snippet }, index) => ({ title, link: url, snippet, position: index + 1 })),
      peopleAlsoAsk: [],
      credits: 1,
    }),
  rateLimited: json({ message: 'Too many requests', statusCode: 429 }, 429),
  quota: json({ message: 'Not enough credits', statusCode: 400 }, 400),
  auth: json({ message: 'Unauthorized.', statusCode: 403 }, 403),
  says: (text) => json({ message: text, statusCode: 400 }, 400),
};
