import { z } from 'zod';
import { googleLocale } from './google-locale.js';
import { checkStatus, parsePage, retryAfterOf, saidIn, type ProviderAnswer } from './provider-answer.js';
import type { ProviderConnection } from './provider-connection.js';
import { link, rankResults, tolerantList, text } from './result-list.js';
import type { SearchAnswer, SearchProvider, SearchRequest } from './search-provider.js';
import { SearchRefusal } from './search-refusal.js';

const PAGE_SIZE = 10;

const item = z
  .object({ link, title: text, snippet: text })
  .transform(({ link: url, title, snippet }) => ({ url, title, snippet }));
/** `next` is left out on the last page. */
const pagination = z.object({ next: z.string().optional() }).optional().catch(undefined);

const page = z.object({ organic_results: tolerantList(item), serpapi_pagination: pagination, pagination });

/** How a page is asked for: by its first result (serpapi.com) or by its number (searchapi.io). */
type SerpapiPaging = 'start' | 'page';

/**
 * Google by serpapi.com (https://serpapi.com/search-api, https://serpapi.com/api-status-and-error-codes), or by
 * searchapi.io, whose API has the same shape below https://www.searchapi.io/api/v1. The key is part of the URL.
 */
export class SerpapiProvider implements SearchProvider {
  readonly name = 'serpapi';
  readonly host: string;

  constructor(
    private readonly connection: ProviderConnection,
    private readonly paging: SerpapiPaging = pagingOf(connection.base),
  ) {
    this.host = connection.host;
  }

  search(request: SearchRequest, signal: AbortSignal): Promise<SearchAnswer> {
    const params = {
      engine: 'google',
      q: request.query,
      api_key: this.connection.key,
      ...googleLocale(request),
      ...(this.paging === 'page' ? { page: String(request.page + 1) } : { start: String(request.page * PAGE_SIZE) }),
    };
    return this.connection.ask({ path: '/search', params }, (answer) => this.read(answer, request), signal);
  }

  private read(answer: ProviderAnswer, request: SearchRequest): SearchAnswer {
    if (checkError(answer) === 'no results') return { outcome: 'ok', results: [], isLast: true, note: null };
    const { organic_results: found, serpapi_pagination: serpapi, pagination: searchapi } = parsePage(answer, page);
    const results = rankResults(found, request, { provider: this.name, pageSize: PAGE_SIZE });
    const next = serpapi?.next ?? searchapi?.next;
    return { outcome: 'ok', results, isLast: next === undefined || found.length === 0, note: null };
  }
}

/** Its texts tell more than its statuses: 429 is both "slower" and "no more this month", and nothing found is an error. */
function checkError(answer: ProviderAnswer): 'no results' | null {
  const said = saidIn(answer);
  if (/run out of searches|used all of the searches/i.test(said))
    throw new SearchRefusal('quota_exhausted', said, retryAfterOf(answer));
  if (/invalid api key/i.test(said)) throw new SearchRefusal('auth', said);
  checkStatus(answer);
  if (/(?:hasn't|has not|didn't|did not) return(?:ed)? any results/i.test(said)) return 'no results';
  if (said !== '') throw new SearchRefusal('invalid_response', `answers with an error: ${said}`);
  return null;
}

/** By the domain: both are reached by more than one host name. */
export function pagingOf({ hostname }: URL): SerpapiPaging {
  return /(?:^|\.)searchapi\.io$/.test(hostname) ? 'page' : 'start';
}
