import type { SearchFailure } from './search-provider.js';

/** Why an answer is no page of results. Stays inside this folder: ProviderConnection makes a SearchAnswer of it. */
export class SearchRefusal extends Error {
  override name = 'SearchRefusal';

  constructor(
    readonly outcome: SearchFailure['outcome'],
    message: string,
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }
}
