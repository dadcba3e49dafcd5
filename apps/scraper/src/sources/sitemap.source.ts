import type { Config } from '#common/config/config.schema.js';
import { siteKey } from '#common/domain/site.js';
import type { ErrorCode } from '#common/domain/site-outcome.js';
import type { SiteCrawler } from '../crawl/site-crawler.js';
import type { PageError } from '../crawl/site-result.js';
import { FetchError } from '../fetch/fetch-error.js';
import { SitePostponed } from '../hosts/site-postponed.js';
import { SitemapFiles } from '../sitemap/sitemap-files.js';
import type { SitemapReading } from '../sitemap/sitemap-reading.js';
import { type Source, type SourceAnswer, SourceError, type SourceHooks, type SourceQuery } from './source.js';

/** Failures that another try may not meet. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['timeout', 'http_5xx', 'dns', 'tls', 'connection']);

const MAX_PAGES_PER_HOST = 5000;

/** The pages that a sitemap lists, by the rules and at the pace of its host. */
export class SitemapSource implements Source {
  readonly isVisitedAtOnce = false;
  private readonly files: SitemapFiles;

  constructor(
    private readonly crawler: SiteCrawler,
    private readonly config: Pick<Config, 'HOST_DELAY_MS' | 'MAX_SITES_PER_JOB'>,
  ) {
    this.files = new SitemapFiles(crawler.fetcher, { maxUrls: config.MAX_SITES_PER_JOB });
  }

  async find({ spec, query }: SourceQuery, hooks: SourceHooks): Promise<SourceAnswer> {
    const hostDelayMs = spec.crawl.hostDelayMs ?? this.config.HOST_DELAY_MS;
    const holdHost = holdOrSkip(hooks, siteKey(new URL(query)));
    const gate = this.crawler.openGate({ robots: spec.policy.robots, hostDelayMs }, { ...hooks, holdHost });
    const watched = gate.watch(async () => {});
    const room = new HostRoom();
    const reading = this.files.read(query, { signal: hooks.signal, ...watched.hooks });
    try {
      for await (const urls of reading) {
        await hooks.save(urls.filter((url) => room.take(url)).map((url) => ({ url, origin: null })));
      }
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      const { code, message, retryAfterMs } = error;
      const retry = { isFinal: !PASSING.has(code) && retryAfterMs === null, delayMs: retryAfterMs ?? 0 };
      throw new SourceError(code, `${query}: ${message}`, retry);
    } finally {
      watched.end();
    }
    if (reading.urls === 0) throw new SourceError('parse', `${query} lists no page`, { isFinal: true });
    return { results: reading.urls, isLast: true, errors: [...errorsOf(reading, query), ...room.errors(query)] };
  }
}

/** A file on another host that is busy is an error of that file: all would have to be read again to wait for it. */
function holdOrSkip({ holdHost }: SourceHooks, ownHost: string): SourceHooks['holdHost'] {
  return async (host, delayMs) => {
    try {
      await holdHost(host, delayMs);
    } catch (error) {
      if (host === ownHost || !(error instanceof SitePostponed)) throw error;
      throw new FetchError('timeout', `http://${host}/`, 'another crawl is fetching from this host', { cause: error });
    }
  };
}

/** Of one host no more pages are kept than a chunk has time for. */
class HostRoom {
  private readonly taken = new Map<string, number>();
  private left = 0;

  take(url: string): boolean {
    const host = siteKey(new URL(url));
    const taken = this.taken.get(host) ?? 0;
    if (taken >= MAX_PAGES_PER_HOST) this.left += 1;
    else this.taken.set(host, taken + 1);
    return taken < MAX_PAGES_PER_HOST;
  }

  errors(url: string): PageError[] {
    if (this.left === 0) return [];
    const message = `${this.left} pages are left out: of one host ${MAX_PAGES_PER_HOST} are visited at most`;
    return [{ code: 'too_large', url, message, at: Date.now() }];
  }
}

/** What is missing, for the errors of the job. */
function errorsOf({ errors, cuts }: SitemapReading, url: string): PageError[] {
  const at = Date.now();
  return [
    ...errors.map(({ code, url: file, message }) => ({ code, url: file, message, at })),
    ...[...cuts].map((cut) => ({
      code: 'too_large' as const,
      url,
      message: `not all of the sitemap was read: limit of ${cut.replace('_', ' ')}`,
      at,
    })),
  ];
}
