import { isUtf8 } from 'node:buffer';
import { setMaxListeners } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { FetchError, toFetchError } from './fetch-error.js';
import type { FetchedPage, FetchRequest, PageFetcher } from './page-fetcher.js';
import {
  answerFound,
  answerWithoutFile,
  fromStored,
  isServersWord,
  toStored,
  type RobotsAnswer,
} from './robots-answer.js';
import { RobotsTxt } from './robots-txt.js';
import type { RobotsStore } from './robots.store.js';

/** RFC 9309 asks for at least as much. */
const MAX_ROBOTS_BYTES = 500 * 1024;
const MAX_ORIGINS = 5_000;
/** Parsed rules are about as large as their text; a cache of hostile files must not fill the process. */
const MAX_CACHED_CHARS = 32 * 1024 * 1024;
const TTL_MS = 24 * 3600 * 1000;
/** For an answer that is no file and no "there is none"; longer where the server says when to come back. */
const FAILURE_TTL_MS = 60_000;
const MAX_FAILURE_TTL_MS = 10 * 60_000;
/** A database that fails is left alone for so long: each crawl waiting for it would be worse than no sharing. */
const STORE_REST_MS = 10_000;

/** An answer, and until when it is good on the monotonic clock. */
interface DatedAnswer {
  answer: RobotsAnswer;
  goodUntil: number;
}

interface Entry {
  loading: Promise<DatedAnswer>;
  /** Infinity until it is loaded. */
  goodUntil: number;
}

/**
 * robots.txt by RFC 9309, once per origin and day over all replicas: from memory, else from the database, else from
 * the site. Two replicas asking at the same moment may both fetch; that harms nobody. Without a database (null, or
 * while it fails) each replica asks for itself; so it does where no server answered, which may be its own fault.
 */
@Injectable()
export class RobotsCache {
  private readonly logger = new Logger(RobotsCache.name);
  private readonly entries = new LRUCache<string, Entry>({ max: MAX_ORIGINS, maxSize: MAX_CACHED_CHARS });
  private readonly closing = new AbortController();
  private storeRestsUntil = 0;

  constructor(
    private readonly fetcher: PageFetcher,
    private readonly store: RobotsStore | null = null,
  ) {
    // One listener per robots.txt in flight: as many as the pool is large, which is no leak.
    setMaxListeners(0, this.closing.signal);
  }

  /** The rules for the origin of `url`. */
  async read(url: URL, signal: AbortSignal): Promise<RobotsAnswer> {
    const entry = this.entries.get(url.origin);
    const isGood = entry !== undefined && performance.now() < entry.goodUntil;
    const { answer } = await raceAbort(isGood ? entry.loading : this.load(url.origin), signal);
    return answer;
  }

  close(): void {
    this.closing.abort(new Error('shutting down'));
  }

  /** Not under the signal of the crawl that asked first: others wait for the same answer. */
  private load(origin: string): Promise<DatedAnswer> {
    const loading = this.loadAnswer(origin);
    this.entries.set(origin, { loading, goodUntil: Number.POSITIVE_INFINITY }, { size: 1 });
    loading.then(
      ({ answer, goodUntil }) => this.entries.set(origin, { loading, goodUntil }, { size: answer.rules.weight }),
      () => this.entries.delete(origin),
    );
    return loading;
  }

  private async loadAnswer(origin: string): Promise<DatedAnswer> {
    const url = `${origin}/robots.txt`;
    const stored = await this.readStore(origin, url);
    if (stored !== null) return stored;
    const answer = await this.fetchAnswer(url);
    const ttlMs = ttlOf(answer);
    // Counted from before the row is written, so that memory never outlives the row.
    const goodUntil = performance.now() + ttlMs;
    if (isServersWord(answer)) await this.useStore((store) => store.save(origin, toStored(answer), ttlMs));
    return { answer, goodUntil };
  }

  private async readStore(origin: string, url: string): Promise<DatedAnswer | null> {
    const askedAt = performance.now();
    return this.useStore(async (store) => {
      const row = await store.read(origin);
      const answer = row === null ? null : fromStored(row, url);
      // What another replica fetched a while ago is good for the rest of its time only.
      return row === null || answer === null ? null : { answer, goodUntil: askedAt + row.remainingMs };
    });
  }

  private async useStore<T>(work: (store: RobotsStore) => Promise<T>): Promise<T | null> {
    if (this.store === null || performance.now() < this.storeRestsUntil) return null;
    try {
      return await work(this.store);
    } catch (error) {
      this.storeRestsUntil = performance.now() + STORE_REST_MS;
      this.logger.debug('robots.txt is not shared for a while: the database failed', error);
      return null;
    }
  }

  private async fetchAnswer(url: string): Promise<RobotsAnswer> {
    const request: FetchRequest = {
      signal: this.closing.signal,
      maxBytes: MAX_ROBOTS_BYTES,
      anyType: true,
      keepBytes: true,
    };
    try {
      const page = await this.fetcher.fetchPage(url, request);
      try {
        return await readFile(page);
      } finally {
        page.release();
      }
    } catch (error) {
      this.closing.signal.throwIfAborted();
      return answerWithoutFile(toFetchError(error, url));
    }
  }
}

async function readFile(page: FetchedPage): Promise<RobotsAnswer> {
  // Half a file may lack just the rule that matters.
  if (page.cut === 'connection') throw new FetchError('connection', page.url, 'the connection ended within the file');
  return answerFound(await RobotsTxt.parse(textOf(page), page.cut !== null));
}

/** The file is UTF-8 whatever its header says (RFC 9309, 2.3), unless its bytes are not. */
function textOf({ text, charset, body }: FetchedPage): string {
  if (body === undefined || charset.startsWith('utf-') || !isUtf8(body)) return text;
  return body.toString('utf8');
}

function ttlOf({ failure }: RobotsAnswer): number {
  if (failure === null) return TTL_MS;
  return Math.min(Math.max(FAILURE_TTL_MS, failure.retryAfterMs ?? 0), MAX_FAILURE_TTL_MS);
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
