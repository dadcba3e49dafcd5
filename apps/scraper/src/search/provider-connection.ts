import { siteKey } from '#common/domain/site.js';
import type { ApiClient } from '../fetch/api-client.js';
import { FetchError } from '../fetch/fetch-error.js';
import type { TransportRequest } from '../fetch/http-transport.js';
import { MAX_ANSWER_BYTES, readAnswer, type ProviderAnswer } from './provider-answer.js';
import type { SearchAnswer } from './search-provider.js';
import { SearchRefusal } from './search-refusal.js';

const MAX_MESSAGE_CHARS = 300;

export interface ProviderCall extends TransportRequest {
  /** Below the base URL. */
  path: string;
  /** Of the query string; undefined ones are left out. */
  params?: Record<string, string | undefined>;
}

/** Asks one configured provider and turns whatever goes wrong into an answer. */
export class ProviderConnection {
  readonly host: string;

  constructor(
    private readonly client: ApiClient,
    readonly base: URL,
    readonly key = '',
  ) {
    this.host = siteKey(base);
  }

  /** `read` makes an answer of any status into a page of results, or throws a SearchRefusal. */
  async ask(
    { path, params = {}, ...request }: ProviderCall,
    read: (answer: ProviderAnswer) => SearchAnswer,
    signal: AbortSignal,
  ): Promise<SearchAnswer> {
    try {
      const url = this.urlOf(path, params);
      return read(readAnswer(await this.client.ask({ ...request, url, maxBytes: MAX_ANSWER_BYTES }, signal)));
    } catch (error) {
      if (error instanceof SearchRefusal) return this.refuse(error.outcome, error);
      if (error instanceof FetchError) return this.refuse('transport', error);
      throw error;
    }
  }

  private urlOf(path: string, params: Record<string, string | undefined>): URL {
    const url = new URL(this.base);
    url.pathname = url.pathname.replace(/\/$/, '') + path;
    for (const [name, value] of Object.entries(params)) if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }

  /** Only the message is handed on: the URL of an error may hold the key, and a server may say it back to us. */
  private refuse(
    outcome: SearchRefusal['outcome'],
    { message, retryAfterMs }: SearchRefusal | FetchError,
  ): SearchAnswer {
    // Cut afterwards, so that no half of a key is left over.
    const clean = this.hideKey(message).slice(0, MAX_MESSAGE_CHARS);
    return { outcome, message: `${this.host}: ${clean}`, retryAfterMs };
  }

  private hideKey(text: string): string {
    if (this.key === '') return text;
    return text.replaceAll(this.key, '[key]').replaceAll(encodeURIComponent(this.key), '[key]');
  }
}
