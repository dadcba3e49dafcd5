import { z } from 'zod';
import { checkStatus, parsePage, type ProviderAnswer } from './provider-answer.js';
import type { ProviderConnection } from './provider-connection.js';
import { link, MAX_RESULTS, rankResults, tolerantList, text } from './result-list.js';
import type { SearchAnswer, SearchProvider, SearchRequest } from './search-provider.js';
import { SearchRefusal } from './search-refusal.js';

const item = z
  .object({ url: link, title: text, content: text })
  .transform(({ url, title, content }) => ({ url, title, snippet: content }));

const page = z.object({
  results: tolerantList(item),
  /** Pairs of an engine and what is wrong with it: `["google", "Suspended: too many requests"]`. */
  unresponsive_engines: tolerantList(z.array(z.string()).min(1))
    .transform((engines) => engines.filter((engine) => engine !== null))
    .catch([]),
});

const MAX_ENGINES_NAMED = 5;

/** Its engines are asked again after this: they do not say when they will answer. */
const SILENCE_MS = 2000;

/**
 * A SearXNG instance, by its JSON API (https://docs.searxng.org/dev/search_api.html). It merges the pages of its engines
 * and tells neither how long a page is nor how many there are: the first page without results is the last, and ranks
 * leave room for the longest page. Its limiter takes requests without text/html in their Accept header for bots.
 */
export class SearxngProvider implements SearchProvider {
  readonly name = 'searxng';
  readonly host: string;

  constructor(private readonly connection: ProviderConnection) {
    this.host = connection.host;
  }

  search(request: SearchRequest, signal: AbortSignal): Promise<SearchAnswer> {
    const params = {
      q: request.query,
      format: 'json',
      pageno: String(request.page + 1),
      language: languageOf(request),
    };
    return this.connection.ask({ path: '/search', params }, (answer) => this.read(answer, request), signal);
  }

  private read(answer: ProviderAnswer, request: SearchRequest): SearchAnswer {
    if (answer.status === 403)
      throw new SearchRefusal('auth', 'answers HTTP 403: enable json under search.formats in its settings.yml');
    checkStatus(answer);
    const { results: found, unresponsive_engines: silent } = parsePage(answer, page);
    // Behind the first page the silent ones rather have no more: some always are.
    if (found.length === 0 && silent.length > 0 && request.page === 0)
      throw new SearchRefusal('rate_limited', `no engine has answered: ${describeEngines(silent)}`, SILENCE_MS);
    const results = rankResults(found, request, { provider: this.name, pageSize: MAX_RESULTS });
    const isLast = found.length === 0;
    if (silent.length === 0) return { outcome: 'ok', results, isLast, note: null };
    return { outcome: 'partial', results, isLast, note: `without ${describeEngines(silent)}` };
  }
}

/** `de` or `de-DE`: SearXNG refuses all else, and knows no country without a language. */
function languageOf({ country, language }: SearchRequest): string | undefined {
  if (language === undefined) return undefined;
  const [primary = language, region] = language.split('-');
  const place = country ?? (region?.length === 2 ? region : undefined);
  return primary.toLowerCase() + (place === undefined ? '' : `-${place.toUpperCase()}`);
}

function describeEngines(engines: readonly string[][]): string {
  const named = engines.slice(0, MAX_ENGINES_NAMED).map(([name = '', fault]) => describeEngine(name, fault));
  const more = engines.length - named.length;
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function describeEngine(name: string, fault = ''): string {
  return name.slice(0, 40) + (fault === '' ? '' : ` (${fault.slice(0, 80)})`);
}
