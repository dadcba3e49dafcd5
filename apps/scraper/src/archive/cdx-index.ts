import { getDomain } from 'tldts';
import { z } from 'zod';
import { siteKey } from '#common/domain/site.js';
import type { ApiAnswer, ApiClient } from '../fetch/api-client.js';
import { FetchError } from '../fetch/fetch-error.js';
import type { ArchiveHooks } from './archive-hooks.js';
import { refusalOf, urlBelow } from './archive-service.js';
import { CAPTURE_FIELDS } from './capture.js';

/** The index asks its users for one request at a time and few a second. */
const DELAY_MS = 1000;
const COLLECTIONS_TTL_MS = 60 * 60_000;
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** A page of the index has 5 blocks of 3,000 captures each. */
const MAX_LINES = 20_000;
const NEWLINE = 0x0a;

const collectionList = z.array(z.object({ id: z.string().regex(/^CC-MAIN-[\w-]{1,50}$/) })).min(1);
const pageCount = z.object({ pages: z.int().nonnegative() });

/** What is asked about: the captures of a domain (or, without `sameSite`, of one host) in one collection. */
export interface IndexQuery {
  crawl: string;
  host: string;
  sameSite: boolean;
}

export interface IndexPage {
  /** As they came, not checked; a line that was cut off is left out. */
  lines: Iterable<string>;
  /** On the wire. */
  bytes: number;
}

/**
 * The URL index of Common Crawl: the CDX server API of pywb (docs/manual/cdxserver_api.rst there), one for each
 * collection, listed in collinfo.json. Every request is made in a turn of its own; whatever is no answer throws a
 * FetchError, with `retryAfterMs` where the index asks for patience (it is paused then).
 */
export class CdxIndex {
  private readonly host: string;
  private collections: { ids: string[]; until: number } = { ids: [], until: 0 };

  constructor(
    private readonly client: ApiClient,
    private readonly base: URL,
  ) {
    this.host = siteKey(base);
  }

  /** The collection of this name, or the newest: the list begins with it. */
  async findCrawl(wanted: string | null, hooks: ArchiveHooks): Promise<string> {
    const ids = this.knownCollections() ?? (await this.listCollections(hooks));
    const found = wanted === null ? ids[0] : ids.find((id) => id === wanted);
    if (found !== undefined) return found;
    throw new FetchError('parse', this.base.href, `the archive has no collection ${(wanted ?? '').slice(0, 60)}`);
  }

  async countPages(query: IndexQuery, hooks: ArchiveHooks): Promise<number> {
    const url = this.queryUrl(query, { showNumPages: 'true' });
    const answer = await this.ask(url, hooks);
    return isEmpty(answer) ? 0 : readJson(answer, pageCount, url).pages;
  }

  /** `page` counts from 0. */
  async readPage(query: IndexQuery, page: number, hooks: ArchiveHooks): Promise<IndexPage> {
    const answer = await this.ask(this.queryUrl(query, { page: String(page) }), hooks);
    return { lines: isEmpty(answer) ? [] : wholeLines(answer), bytes: answer.bytes };
  }

  private knownCollections(): string[] | null {
    return performance.now() < this.collections.until ? this.collections.ids : null;
  }

  private async listCollections(hooks: ArchiveHooks): Promise<string[]> {
    const url = urlBelow(this.base, 'collinfo.json');
    // `cdx-api` in the list is not looked at: queries go to the configured place only.
    const list = readJson(await this.ask(url, hooks), collectionList, url);
    const ids = list.map(({ id }) => id);
    this.collections = { ids, until: performance.now() + COLLECTIONS_TTL_MS };
    return ids;
  }

  private queryUrl({ crawl, host, sameSite }: IndexQuery, params: Record<string, string>): URL {
    const url = urlBelow(this.base, `${crawl}-index`);
    const domain = sameSite ? getDomain(host, { allowPrivateDomains: true }) : null;
    url.searchParams.set('url', domain === null ? `${host}/*` : `*.${domain}`);
    url.searchParams.set('output', 'json');
    url.searchParams.append('filter', '=status:200');
    // "Contains": text/html and application/xhtml+xml.
    url.searchParams.append('filter', 'mime:html');
    url.searchParams.set('fl', CAPTURE_FIELDS.join(','));
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
    return url;
  }

  private ask(url: URL, hooks: ArchiveHooks): Promise<ApiAnswer> {
    return hooks.turn(this.host, DELAY_MS, async () => {
      const answer = await this.client.ask({ url, maxBytes: MAX_PAGE_BYTES }, hooks.signal);
      const refusal = isEmpty(answer) ? null : refusalOf(answer, url);
      // While the turn is ours: nobody else asks in between.
      if (refusal !== null && refusal.retryAfterMs !== null) hooks.pause(this.host, refusal.retryAfterMs);
      if (refusal !== null) throw refusal;
      return answer;
    });
  }
}

/** 404 with this message is an answer: the collection has nothing of it. */
function isEmpty({ status, body }: ApiAnswer): boolean {
  return status === 404 && /no captures found/i.test(body.toString('latin1', 0, 1000));
}

function readJson<T>({ body }: ApiAnswer, schema: z.ZodType<T>, url: URL): T {
  try {
    return schema.parse(JSON.parse(body.toString()));
  } catch (cause) {
    throw new FetchError('parse', url.href, `${url.host} answers something else than was asked for`, { cause });
  }
}

function* wholeLines({ body, isCut }: ApiAnswer): Generator<string> {
  let start = 0;
  for (let count = 0; count < MAX_LINES && start < body.length; count += 1) {
    const end = body.indexOf(NEWLINE, start);
    if (end === -1 && isCut) return;
    yield body.toString('utf8', start, end === -1 ? body.length : end);
    start = end === -1 ? body.length : end + 1;
  }
}
