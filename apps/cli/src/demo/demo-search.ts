import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { closeServer, HOST, listen } from './loopback.js';
import type { SearchHit, SearchIndex } from './search-index.js';

const PAGE_SIZE = 4;

/**
 * Stands in for a SearXNG instance (https://docs.searxng.org/dev/search_api.html) that knows the demo web alone. As out
 * there, a social network comes first: a search job leaves it out.
 */
export class DemoSearch {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(index: SearchIndex): Promise<DemoSearch> {
    const server = createServer((request, response) => answer(index, request, response));
    return new DemoSearch(server, `http://${HOST}:${await listen(server)}`);
  }

  close(): Promise<void> {
    return closeServer(this.server);
  }
}

function answer(index: SearchIndex, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', `http://${HOST}`);
  if (pathname !== '/search' || searchParams.get('format') !== 'json') {
    response.writeHead(404).end();
    return;
  }
  const query = searchParams.get('q') ?? '';
  const start = (Number(searchParams.get('pageno') ?? 1) - 1) * PAGE_SIZE;
  const hits = [socialHit(query), ...index.find(query)].slice(start, start + PAGE_SIZE);
  const results = hits.map(({ url, title, snippet }) => ({ url, title, content: snippet }));
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ query, results, unresponsive_engines: [] }));
}

function socialHit(query: string): SearchHit {
  const url = `https://www.facebook.com/search/top?q=${encodeURIComponent(query)}`;
  return { url, title: `${query} | Facebook`, snippet: 'Log in to see more.' };
}
