import type { PlantedPage } from './search-page.js';

/** What a search engine may do instead of answering. */
export type SearchFault =
  /** Asks for patience, in whole seconds; null = does not say how long. */
  | { kind: 'rate_limited'; retryAfterS: number | null }
  /** The account has no searches left. */
  | { kind: 'quota' }
  /** Refuses the key, or whatever a provider without keys refuses. */
  | { kind: 'auth' }
  /** Refuses the request as faulty, with a text of its choice in its own form. */
  | { kind: 'says'; text: string }
  | { kind: 'status'; status: number; retryAfterS?: number }
  /** Half of a JSON document. */
  | { kind: 'malformed' }
  /** JSON that is no answer of this provider. */
  | { kind: 'wrong_shape' }
  /** JSON that goes on and on, 3 MiB of it. */
  | { kind: 'oversized' }
  /** Hangs up, before the answer or in the middle of it. */
  | { kind: 'hang_up'; after: 'request' | 'half' }
  /** Answers `ms` late; null = never. */
  | { kind: 'slow'; ms: number | null }
  /** Some (`partial`) or all engines of a metasearch have not answered; only SearXNG can say so. */
  | { kind: 'silent_engines'; partial: boolean };

/** A whole HTTP answer. */
export interface Reply {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

/** A search as a provider's own parameters say it. */
export interface AskedSearch {
  query: string;
  /** From 0. */
  page: number;
  pageSize: number;
  key: string | null;
  country: string | null;
  language: string | null;
}

/** A request as it came in. */
export interface RawSearch {
  method: string;
  url: URL;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** How one provider is asked and answers: all that its fake does not share with the others. */
export interface SearchDialect {
  /** Results on a page where the request does not say otherwise. */
  pageSize: number;
  /** Null where the provider has no keys. */
  key: string | null;
  /** The environment that points the product at `url`. */
  env(url: string): Record<string, string>;
  /** A Reply where the request is none that the provider would answer. */
  read(request: RawSearch): AskedSearch | Reply;
  answer(asked: AskedSearch, page: PlantedPage): Reply;
  rateLimited: Reply;
  quota: Reply;
  auth: Reply;
  /** A refusal of a faulty request, with a text. */
  says(text: string): Reply;
  silentEngines?(asked: AskedSearch, page: PlantedPage): Reply;
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return { status, body: JSON.stringify(body), headers };
}
