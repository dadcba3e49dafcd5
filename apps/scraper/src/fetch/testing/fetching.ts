import { EgressGuard } from '#common/egress/egress-guard.js';
import { FetchError } from '../fetch-error.js';
import { PageFetcher, type FetchedPage, type FetchRequest, type PageFetcherOptions } from '../page-fetcher.js';

/** A fetcher that may reach one server on loopback and hardly waits between tries. */
export function makeFetcher(server: { host: string }, options: Partial<PageFetcherOptions> = {}): PageFetcher {
  return new PageFetcher(new EgressGuard({ allow: [server.host] }), {
    userAgent: 'Gleaner/test (+spec)',
    maxConcurrentFetches: 4,
    retryDelayMs: 1,
    ...options,
  });
}

/** Fetches one path with a fetcher of its own. */
export async function fetchFrom(
  server: { host: string },
  path: string,
  request: Partial<FetchRequest> = {},
  options: Partial<PageFetcherOptions> = {},
): Promise<FetchedPage> {
  const fetcher = makeFetcher(server, options);
  try {
    return await fetcher.fetchPage(`http://${server.host}${path}`, {
      signal: new AbortController().signal,
      ...request,
    });
  } finally {
    fetcher.close();
  }
}

/** The FetchError that the work ends in. */
export async function failureOf(work: Promise<unknown>): Promise<FetchError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof FetchError) return error;
  throw new Error('did not fail with a FetchError', { cause: error });
}
