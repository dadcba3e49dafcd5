import { loadConfig } from '#common/config/load-config.js';
import type { ProviderName } from '#common/domain/search-provider-name.js';
import { EgressGuard } from '#common/egress/egress-guard.js';
import { ApiClient } from '../../fetch/api-client.js';
import { LocalServer } from '../../fetch/testing/local-server.js';
import { createSearchProviders } from '../create-search-providers.js';
import type { SearchAnswer, SearchProvider, SearchRequest } from '../search-provider.js';

/** A client that may reach servers on loopback, unless told otherwise. */
export function makeClient({ timeoutMs = 5000, allow = ['127.0.0.1'] } = {}): ApiClient {
  const guard = new EgressGuard({ allow, dnsServers: [] });
  return new ApiClient(guard, { userAgent: 'Gleaner/test (+spec)', timeoutMs });
}

/** The provider that an environment configures. */
export function connect(provider: ProviderName, env: Record<string, string>, client: ApiClient): SearchProvider {
  const found = createSearchProviders(loadConfig({}, env), client).get(provider);
  if (found === undefined) throw new Error(`${provider} is not configured`);
  return found;
}

/** One whole answer of a provider. */
export interface CannedAnswer {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** What a provider makes of an answer, and the path of its request (null: it made none). */
export async function searchCanned(
  provider: ProviderName,
  { status = 200, headers = {}, body }: CannedAnswer,
  { basePath = '', ...request }: Partial<SearchRequest> & { basePath?: string } = {},
): Promise<{ answer: SearchAnswer; path: string | null }> {
  const server = await LocalServer.start((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  });
  const client = makeClient();
  try {
    const name = provider.toUpperCase();
    const env = { [`${name}_URL`]: server.url(basePath), [`${name}_API_KEY`]: 'a-key' };
    const search = { query: 'mills', page: 0, ...request };
    const answer = await connect(provider, env, client).search(search, new AbortController().signal);
    return { answer, path: server.requests[0]?.path ?? null };
  } finally {
    client.close();
    await server.close();
  }
}
