import { json, type Reply, type SearchDialect } from './search-fault.js';

const KEY = 'k3y-brave-0123456789';

/** One request a second and 2,000 a month, of which so many are left. */
const limits = (second: number, month: number) => ({
  'X-RateLimit-Limit': '1, 2000',
  'X-RateLimit-Policy': '1;w=1, 2000;w=2592000',
  'X-RateLimit-Remaining': `${second}, ${month}`,
  'X-RateLimit-Reset': '1, 1419704',
});

function refusal(status: number, code: string, detail: string, left: [number, number]): Reply {
  const meta = {
    plan: 'Free',
    rate_limit: 1,
    rate_current: 1 - left[0],
    quota_limit: 2000,
    quota_current: 2000 - left[1],
  };
  const error = { id: 'b7c7d4f6', status, code, detail, meta: { ...meta, component: 'rate_limiter' } };
  return json({ type: 'ErrorResponse', error, time: 1_773_685_964 }, status, limits(...left));
}

/** https://api.search.brave.com */
export const fakeBrave: SearchDialect = {
  pageSize: 20,
  key: KEY,
  env: (url) => ({ BRAVE_URL: url, BRAVE_API_KEY: KEY }),
  read: ({ method, url, headers }) => {
    const { searchParams: params } = url;
    if (method !== 'GET' || url.pathname !== '/res/v1/web/search') return { status: 404, body: 'Not Found' };
    const [page, pageSize] = [Number(params.get('offset') ?? '0'), Number(params.get('count') ?? '20')];
    const country = params.get('country');
    if (page > 9 || pageSize > 20 || (country !== null && !/^(?:[A-Z]{2}|ALL)$/.test(country)))
      return refusal(422, 'VALIDATION', 'Unable to validate request parameter(s)', [1, 1985]);
    const key = String(headers['x-subscription-token'] ?? '');
    return { query: params.get('q') ?? '', page, pageSize, key, country, language: params.get('search_lang') };
  },
  answer: ({ query, country }, { results, isLast }) => {
    const found = results.map(({ url, title, snippet }) => ({
      type: 'search_result',
      title,
      url,
      description: snippet,
    }));
    const web = found.length === 0 ? {} : { web: { type: 'search', results: found, family_friendly: true } };
    const asked = { original: query, country: country?.toLowerCase() ?? 'us', more_results_available: !isLast };
    return json({ type: 'search', query: asked, mixed: { type: 'mixed', main: [] }, ...web }, 200, limits(0, 1985));
  },
  rateLimited: refusal(429, 'RATE_LIMITED', 'Request rate limit exceeded for plan', [0, 1985]),
  quota: refusal(429, 'QUOTA_LIMITED', 'Request quota limit exceeded for plan', [1, 0]),
  auth: refusal(422, 'SUBSCRIPTION_TOKEN_INVALID', 'The provided subscription token is invalid.', [1, 1985]),
  says: (text) => refusal(422, 'VALIDATION', text, [1, 1985]),
};
