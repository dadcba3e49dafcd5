import type { IncomingMessage, ServerResponse } from 'node:http';
import { LocalServer } from '../../apps/scraper/src/fetch/testing/local-server.js';
import { sendRange } from './common-crawl/data-server.js';
import { PlantedArchive, type PlantedCapture, type StoredCapture } from './common-crawl/planted-archive.js';

/** An answer in place of the right one. */
export interface ServiceFault {
  /** 0 = none, ever. */
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface CommonCrawlOptions {
  captures: PlantedCapture[];
  /** Collections, the newest first. */
  crawls?: string[];
  linesPerPage?: number;
  /** Lines behind all others on the first page of the index. */
  garbage?: string[];
  /** One for each request, until they are used up. */
  indexFaults?: ServiceFault[];
  dataFaults?: ServiceFault[];
}

const NEWEST = 'CC-MAIN-2026-43';

/** Common Crawl on two servers of 127.0.0.1: its URL index (pywb's CDX server) and its WARC files, over planted pages. */
export class FakeCommonCrawl {
  private readonly archive: PlantedArchive;
  private readonly crawls: string[];
  /** A request has been left without an answer. */
  isSilent = false;

  private constructor(
    private readonly options: CommonCrawlOptions,
    readonly index: LocalServer,
    readonly data: LocalServer,
  ) {
    this.crawls = options.crawls ?? [NEWEST];
    this.archive = new PlantedArchive(options.captures, this.crawls[0] ?? NEWEST);
  }

  static async start(options: CommonCrawlOptions): Promise<FakeCommonCrawl> {
    const index = await LocalServer.start((request, response) => fake.answerIndex(request, response));
    const data = await LocalServer.start((request, response) => fake.answerData(request, response));
    const fake = new FakeCommonCrawl(options, index, data);
    return fake;
  }

  get indexUrl(): string {
    return this.index.url('');
  }

  get dataUrl(): string {
    return this.data.url('');
  }

  /** When the index was asked, in ms of the process. */
  get indexTimes(): number[] {
    return this.index.requests.map(({ at }) => at);
  }

  async close(): Promise<void> {
    await Promise.all([this.index.close(), this.data.close()]);
  }

  private answerIndex(request: IncomingMessage, response: ServerResponse): void {
    const fault = this.options.indexFaults?.shift();
    if (fault !== undefined) return this.send(response, fault);
    const url = new URL(request.url ?? '', 'http://index');
    if (url.pathname === '/collinfo.json') return sendJson(response, this.crawls.map(describeCrawl));
    const crawl = /^\/(.+)-index$/.exec(url.pathname)?.[1];
    if (crawl === undefined || !this.crawls.includes(crawl)) return void response.writeHead(404).end('<h1>Not found');
    return this.answerQuery(crawl, url.searchParams, response);
  }

  /** Pages are cut before the filters are applied, as blocks of the index are. */
  private answerQuery(crawl: string, query: URLSearchParams, response: ServerResponse): void {
    const { linesPerPage = 15_000, garbage = [] } = this.options;
    const matching = this.archive.captures
      .filter((capture) => capture.crawl === crawl && isMatch(capture.url, query.get('url') ?? ''))
      .sort((a, b) => (a.url < b.url ? -1 : 1));
    const pages = Math.ceil(matching.length / linesPerPage);
    if (query.has('showNumPages')) return sendJson(response, { pages, pageSize: 5, blocks: pages });
    const page = Number(query.get('page') ?? 0);
    const captures = matching.slice(page * linesPerPage, (page + 1) * linesPerPage);
    const found = captures.filter((capture) => query.getAll('filter').every((filter) => passes(capture, filter)));
    const lines = [...found.map((capture) => describeCapture(capture, query)), ...(page === 0 ? garbage : [])];
    if (lines.length === 0) return sendJson(response, { message: `No Captures found for: ${query.get('url')}` }, 404);
    response.writeHead(200, { 'content-type': 'text/x-ndjson' }).end(`${lines.join('\n')}\n`);
  }

  private answerData(request: IncomingMessage, response: ServerResponse): void {
    const fault = this.options.dataFaults?.shift();
    if (fault !== undefined) return this.send(response, fault);
    return sendRange(this.archive, request, response);
  }

  private send(response: ServerResponse, { status, headers, body = '' }: ServiceFault): void {
    if (status === 0) this.isSilent = true;
    else response.writeHead(status, headers).end(body);
  }
}

/** `*.a.example`, or `a.example/*`, where the index does not tell `www.` from none. */
function isMatch(url: string, pattern: string): boolean {
  const host = new URL(url).hostname.replace(/^www\./, '');
  if (!pattern.startsWith('*.')) return `${host}/*` === pattern.replace(/^www\./, '');
  return host === pattern.slice(2) || host.endsWith(pattern.slice(1));
}

/** `=status:200` is an exact match, `mime:html` one of a part. */
function passes({ status, mime }: StoredCapture, filter: string): boolean {
  const [name, value = ''] = filter.replace(/^=/, '').split(':');
  const actual = name === 'status' ? status : mime;
  return filter.startsWith('=') ? actual === value : actual.includes(value);
}

function describeCrawl(id: string): Record<string, string> {
  return { id, name: `${id} index`, 'cdx-api': `https://elsewhere.example/${id}-index` };
}

/** The index writes all values as strings. */
function describeCapture(capture: StoredCapture, query: URLSearchParams): string {
  const known = { ...capture, 'mime-detected': capture.mime };
  const fields = (query.get('fl') ?? '').split(',');
  return JSON.stringify(Object.fromEntries(fields.map((name) => [name, String(known[name as keyof typeof known])])));
}

function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
