import { z } from 'zod';
import { braveLocale } from './brave-locale.js';
import { checkBraveError } from './brave-refusal.js';
import { checkStatus, parsePage, type ProviderAnswer } from './provider-answer.js';
import type { ProviderConnection } from './provider-connection.js';
import { link, rankResults, tolerantList, text } from './result-list.js';
import type { SearchAnswer, SearchProvider, SearchRequest } from './search-provider.js';

/** The most there are. */
const PAGE_SIZE = 20;
const MAX_PAGE = 9;

const item = z
  .object({ url: link, title: text, description: text })
  .transform(({ url, title, description }) => ({ url, title, snippet: description }));

/** `web` is absent, rather than empty, where nothing was found. */
const page = z.object({
  query: z.object({ more_results_available: z.boolean().catch(false) }),
  web: z.object({ results: tolerantList(item) }).optional(),
});

/** The Brave Search API (https://api-dashboard.search.brave.com/documentation): ten pages of a query, not more. */
export class BraveProvider implements SearchProvider {
  readonly name = 'brave';
  readonly host: string;

  constructor(private readonly connection: ProviderConnection) {
    this.host = connection.host;
  }

  async search(request: SearchRequest, signal: AbortSignal): Promise<SearchAnswer> {
    signal.throwIfAborted();
    if (request.page > MAX_PAGE) return { outcome: 'ok', results: [], isLast: true, note: null };
    const call = {
      path: '/res/v1/web/search',
      headers: { 'X-Subscription-Token': this.connection.key, Accept: 'application/json' },
      params: {
        q: request.query,
        count: String(PAGE_SIZE),
        // In pages.
        offset: String(request.page),
        result_filter: 'web',
        text_decorations: 'false',
        ...braveLocale(request),
      },
    };
    return this.connection.ask(call, (answer) => this.read(answer, request), signal);
  }

  private read(answer: ProviderAnswer, request: SearchRequest): SearchAnswer {
    checkBraveError(answer);
    checkStatus(answer);
    const { query, web } = parsePage(answer, page);
    const results = rankResults(web?.results ?? [], request, { provider: this.name, pageSize: PAGE_SIZE });
    const isLast = !query.more_results_available || request.page === MAX_PAGE;
    return { outcome: 'ok', results, isLast, note: null };
  }
}
