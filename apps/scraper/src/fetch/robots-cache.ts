import { setMaxListeners } from 'node:events';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { toFetchError, type FetchError } from './fetch-error.js';
import type { PageFetcher } from './page-fetcher.js';
import { RobotsTxt } from './robots-txt.js';

const MAX_ROBOTS_BYTES = 500 * 1024;
const MAX_ORIGINS = 5_000;
/** Parsed rules are about as large as their text; a cache of hostile files must not fill the process. */
const MAX_CACHED_CHARS = 32 * 1024 * 1024;
const TTL_MS = 24 * 3600 * 1000;
const FAILURE_TTL_MS = 60_000;

export interface RobotsAnswer {
  rules: RobotsTxt;
  /** False where the server has no robots.txt (4xx). */
  exists: boolean;
  /** Why the file could not be had, which means: disallowed. */
  failure: FetchError | null;
  /** Length of the file: what the answer weighs in the cache. */
  chars: number;
}

/**
 * robots.txt by RFC 9309, once per origin and day and shared by every crawl of the process: 4xx = all allowed, 5xx or
 * unreachable = all disallowed (asked again after a minute).
 */
@Injectable()
export class RobotsCache {
  private readonly answers = new LRUCache<string, Promise<RobotsAnswer>>({
    max: MAX_ORIGINS,
    maxSize: MAX_CACHED_CHARS,
    ttl: TTL_MS,
  });
  private readonly closing = new AbortController();

  constructor(private readonly fetcher: PageFetcher) {
    // One listener per robots.txt in flight: as many as the pool is large, which is no leak.
    setMaxListeners(0, this.closing.signal);
  }

  /** The rules for the origin of `url`. */
  async read(url: URL, signal: AbortSignal): Promise<RobotsAnswer> {
    const cached = this.answers.get(url.origin);
    return raceAbort(cached ?? this.startFetch(url.origin), signal);
  }

  close(): void {
    this.closing.abort(new Error('shutting down'));
  }

  /** Not under the signal of the crawl that asked first: others wait for the same answer. */
  private startFetch(origin: string): Promise<RobotsAnswer> {
    const answer = this.fetchRules(origin);
    this.answers.set(origin, answer, { size: 1 });
    answer.then(
      ({ failure, chars }) =>
        this.answers.set(origin, answer, { size: chars + 1, ttl: failure === null ? TTL_MS : FAILURE_TTL_MS }),
      () => this.answers.delete(origin),
    );
    return answer;
  }

  private async fetchRules(origin: string): Promise<RobotsAnswer> {
    const url = `${origin}/robots.txt`;
    try {
      const page = await this.fetcher.fetchPage(url, {
        signal: this.closing.signal,
        maxBytes: MAX_ROBOTS_BYTES,
        anyType: true,
      });
      return { rules: RobotsTxt.parse(url, page.text), exists: true, failure: null, chars: page.text.length };
    } catch (error) {
      this.closing.signal.throwIfAborted();
      return answerWithoutFile(toFetchError(error, url));
    }
  }
}

function answerWithoutFile(failure: FetchError): RobotsAnswer {
  const unavailable = failure.code === 'http_4xx' || failure.code === 'too_many_redirects';
  if (unavailable) return { rules: RobotsTxt.ALLOW_ALL, exists: false, failure: null, chars: 0 };
  return { rules: RobotsTxt.DISALLOW_ALL, exists: false, failure, chars: 0 };
}

async function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}
