import { z } from 'zod';
import { googleLocale } from './google-locale.js';
import { checkStatus, parsePage, saidIn, type ProviderAnswer } from './provider-answer.js';
import type { ProviderConnection } from './provider-connection.js';
import { link, rankResults, tolerantList, text } from './result-list.js';
import type { SearchAnswer, SearchProvider, SearchRequest } from './search-provider.js';
import { SearchRefusal } from './search-refusal.js';

const PAGE_SIZE = 10;

const item = z
  .object({ link, title: text, snippet: text })
  .transform(({ link: url, title, snippet }) => ({ url, title, snippet }));

const page = z.object({ organic: tolerantList(item) });

/**
 * Google by serper.dev. It does not tell how many pages there are, and Google's are often one or two results short: the
 * first page without results is the last.
 */
export class SerperProvider implements SearchProvider {
  readonly name = 'serper';
  readonly host: string;

  constructor(private readonly connection: ProviderConnection) {
    this.host = connection.host;
  }

  search(request: SearchRequest, signal: AbortSignal): Promise<SearchAnswer> {
    const call = {
      path: '/search',
      method: 'post',
      headers: { 'X-API-KEY': this.connection.key, 'Content-Type': 'application/json' },
      data: JSON.stringify({ q: request.query, ...googleLocale(request), page: request.page + 1, num: PAGE_SIZE }),
    } as const;
    return this.connection.ask(call, (answer) => this.read(answer, request), signal);
  }

  private read(answer: ProviderAnswer, request: SearchRequest): SearchAnswer {
    const said = saidIn(answer);
    // With status 400, as if the request were at fault.
    if (answer.status !== 200 && /not enough credits/i.test(said)) throw new SearchRefusal('quota_exhausted', said);
    checkStatus(answer);
    const { organic } = parsePage(answer, page);
    const results = rankResults(organic, request, { provider: this.name, pageSize: PAGE_SIZE });
    return { outcome: 'ok', results, isLast: organic.length === 0, note: null };
  }
}
