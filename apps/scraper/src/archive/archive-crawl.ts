import { CrawlErrors, cutError, internalError, overBudgetError } from '../crawl/crawl-errors.js';
import { SiteScope } from '../crawl/same-site.js';
import { SiteFindings } from '../crawl/site-findings.js';
import { decideOutcome } from '../crawl/site-outcome.js';
import type { SiteResult, SiteTask } from '../crawl/site-result.js';
import type { PageExtractor } from '../extract/page-extractor.js';
import { FetchError } from '../fetch/fetch-error.js';
import type { FetchedPage } from '../fetch/page-fetcher.js';
import { SitePostponed } from '../hosts/site-postponed.js';
import type { ArchiveHooks } from './archive-hooks.js';
import type { ArchivePolicy } from './archive-policy.js';
import { CaptureChoice, type ChosenCapture } from './capture-choice.js';
import type { CdxIndex } from './cdx-index.js';
import type { WarcReader } from './warc-reader.js';

const MAX_INDEX_PAGES = 5;
const READS_AT_ONCE = 2;
/** Times that a site is postponed because the archive asks for it, before its answer counts as the site's end. */
const MAX_POSTPONEMENTS = 5;

/** What one crawl of the archive works with. */
export interface ArchiveTools {
  index: CdxIndex;
  warcs: WarcReader;
  /** `host:port` of the data server. */
  dataHost: string;
  extractor: PageExtractor;
  hooks: ArchiveHooks;
}

/** One site as the archive has it: which captures are worth reading, what was found in them, what went wrong. */
export class ArchiveCrawl {
  private readonly found = new SiteFindings();
  private readonly errors = new CrawlErrors();
  private readonly choice: CaptureChoice;
  private waiting: ChosenCapture[] = [];
  private crawl = '';
  /** What the data server answered when it wanted to be left alone. */
  private busy: FetchError | null = null;
  private startedAt = 0;
  private started = 0;
  private pages = 0;
  private shellPages = 0;
  private bytes = 0;
  private indexBytes = 0;
  private hasContactForm = false;

  constructor(
    private readonly task: SiteTask,
    private readonly policy: ArchivePolicy,
    private readonly tools: ArchiveTools,
  ) {
    const { host } = task;
    const scope = scopeOf(host, policy.sameSite);
    this.choice = new CaptureChoice(policy.maxPagesPerSite, { host, isInScope: (url) => scope.includes(url) });
  }

  async run(): Promise<SiteResult> {
    await this.readIndex().catch((error: unknown) => this.settleIndexFault(error));
    this.tools.hooks.signal.throwIfAborted();
    this.waiting = this.choice.list();
    this.startedAt = performance.now();
    await Promise.all(Array.from({ length: READS_AT_ONCE }, () => this.readRecords()));
    return this.finish();
  }

  private async readIndex(): Promise<void> {
    const { index, hooks } = this.tools;
    this.crawl = await index.findCrawl(this.policy.crawl, hooks);
    const query = { crawl: this.crawl, host: this.task.host, sameSite: this.policy.sameSite };
    const pages = await index.countPages(query, hooks);
    for (let page = 0; page < Math.min(pages, MAX_INDEX_PAGES); page += 1) {
      const { lines, bytes } = await index.readPage(query, page, hooks);
      this.indexBytes += bytes;
      await this.choice.addLines(lines);
    }
  }

  /** What was read of the index until then is used, unless it only asks for patience. */
  private settleIndexFault(error: unknown): void {
    this.tools.hooks.signal.throwIfAborted();
    if (error instanceof SitePostponed) throw error;
    const fault = error instanceof FetchError ? error : internalError(urlOf(this.task.host), error);
    if (fault.retryAfterMs !== null && this.mayPostpone) throw postpone(fault);
    this.errors.add(fault, true);
  }

  private async readRecords(): Promise<void> {
    while (this.waiting.length > 0 && this.busy === null && this.spentBudget() === null) {
      const capture = this.waiting.shift()!;
      this.started += 1;
      await this.readRecord(capture).catch((error: unknown) => this.settleFault(capture, error));
    }
  }

  private spentBudget(): 'bytes' | 'seconds' | null {
    if (this.started === 0) return null;
    if (this.bytes >= this.policy.maxBytesPerSite) return 'bytes';
    return performance.now() - this.startedAt >= this.policy.maxSecondsPerSite * 1000 ? 'seconds' : null;
  }

  /** One bad record must not end the site. */
  private settleFault(capture: ChosenCapture, error: unknown): void {
    const { hooks, dataHost } = this.tools;
    hooks.signal.throwIfAborted();
    const fault = error instanceof FetchError ? error : internalError(capture.url, error);
    this.errors.add(fault, true);
    if (fault.retryAfterMs === null) return;
    this.busy ??= fault;
    hooks.pause(dataHost, fault.retryAfterMs);
  }

  private async readRecord(capture: ChosenCapture): Promise<void> {
    const { warcs, hooks } = this.tools;
    hooks.onPage?.(capture.url.href);
    const page = await warcs.readPage(capture, hooks.signal);
    try {
      await this.extract(page, capture);
    } finally {
      page.release();
    }
  }

  private async extract(page: FetchedPage, { capturedAt, reason }: ChosenCapture): Promise<void> {
    this.pages += 1;
    this.bytes += page.bytes;
    const cut = cutError(page);
    if (cut !== null) this.errors.add(cut, false);
    const result = await this.tools.extractor.extractPage(page, this.tools.hooks.signal);
    if (result.isOverBudget) this.errors.add(overBudgetError(page.url), false);
    this.found.addPage(result.findings, {
      url: page.url,
      httpStatus: page.status,
      robots: 'archived',
      noindex: page.noindex || result.noindex,
      noHarvest: result.noHarvest,
      via: reason,
      seenAt: capturedAt,
      origin: { type: 'commoncrawl', crawl: this.crawl, capturedAt: isoSeconds(capturedAt) },
    });
    this.hasContactForm ||= result.hasContactForm;
    if (result.scriptOnly) this.shellPages += 1;
  }

  private get mayPostpone(): boolean {
    return (this.task.postponements ?? 0) < MAX_POSTPONEMENTS;
  }

  /** A site that must wait is begun anew later, unless it gave something or was waited for too often. */
  private finish(): SiteResult {
    if (this.busy !== null && !this.found.hasCounted && this.mayPostpone) throw postpone(this.busy);
    const { pages, shellPages, hasContactForm } = this;
    const { outcome, detail } = decideOutcome({
      hasCounted: this.found.hasCounted,
      pages,
      shellPages,
      hasContactForm,
      spent: this.waiting.length > 0 ? this.spentBudget() : this.choice.hasMore ? 'pages' : null,
      stoppedBy: this.busy?.message ?? null,
      duplicateOf: null,
      seedErrors: this.errors.ofSeeds,
    });
    return {
      host: this.task.host,
      outcome,
      detail: this.started === 0 && this.errors.list.length === 0 ? 'the archive has no page of it' : detail,
      robots: pages > 0 ? 'archived' : null,
      pages,
      bytes: this.bytes + this.indexBytes,
      emails: this.found.list(),
      errors: this.errors.list,
    };
  }
}

/** The index does not tell `a.example` from `www.a.example`, and sites mostly live on the latter. */
function scopeOf(host: string, sameSite: boolean): SiteScope {
  const scope = new SiteScope(sameSite);
  scope.add(urlOf(host));
  const twin = `https://${host.startsWith('www.') ? host.slice(4) : `www.${host}`}`;
  if (URL.canParse(twin)) scope.add(new URL(twin));
  return scope;
}

function urlOf(host: string): URL {
  return new URL(`https://${host}`);
}

function postpone({ message, retryAfterMs }: FetchError): SitePostponed {
  return new SitePostponed(retryAfterMs ?? 0, message, true);
}

/** As the index writes it: without milliseconds. */
function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
