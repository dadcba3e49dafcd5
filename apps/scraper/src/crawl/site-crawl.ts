import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeError } from '#common/domain/errors.js';
import type { PageFindings } from '../extract/finding.js';
import type { PageExtractor } from '../extract/page-extractor.js';
import { FetchError } from '../fetch/fetch-error.js';
import type { FetchedPage, PageFetcher } from '../fetch/page-fetcher.js';
import { normaliseUrl, pageKey } from './crawl-url.js';
import { Frontier, type FrontierEntry } from './frontier.js';
import { SiteScope } from './same-site.js';
import { SiteFindings } from './site-findings.js';
import type { Admission, SiteGate } from './site-gate.js';
import { decideOutcome } from './site-outcome.js';
import type { CrawlPolicy, PageError, SiteResult, SiteTask } from './site-result.js';

const MAX_AT_ONCE = 6;
const MAX_ERRORS = 100;
/** A scheme that is refused at this level may well be served by the other one. */
const TRY_HTTP_AFTER = new Set(['connection', 'tls']);

/** What one crawl works with. */
export interface CrawlTools {
  fetcher: PageFetcher;
  extractor: PageExtractor;
  gate: SiteGate;
  signal: AbortSignal;
  /** `performance.now()` from which on no further page is begun: what was found by then is the result. */
  until: number;
  onPage?: ((url: string) => void) | undefined;
}

/** A page that is not fetched for a reason that is nobody's error: it left the site, or is known already. */
class SkippedPage extends Error {}

/** One walk through one site: what is waiting, what was found, what went wrong. */
export class SiteCrawl {
  private readonly frontier = new Frontier();
  private readonly scope: SiteScope;
  private readonly found = new SiteFindings();
  private readonly errors: PageError[] = [];
  private readonly seedErrors: FetchError[] = [];
  private started = 0;
  private pages = 0;
  private shellPages = 0;
  private bytes = 0;
  private hasContactForm = false;

  constructor(
    private readonly task: SiteTask,
    private readonly policy: CrawlPolicy,
    private readonly tools: CrawlTools,
  ) {
    this.scope = new SiteScope(policy.sameSite);
  }

  async run(): Promise<SiteResult> {
    for (const seed of this.task.urls) this.addSeed(seed);
    const running = new Set<Promise<void>>();
    const atOnce = this.policy.hostDelayMs > 0 ? 1 : MAX_AT_ONCE;
    for (;;) {
      this.tools.signal.throwIfAborted();
      while (running.size < atOnce && this.started < this.policy.maxPagesPerSite && this.hasTime()) {
        const entry = this.frontier.next();
        if (entry === null) break;
        const visit = this.visit(entry).finally(() => running.delete(visit));
        running.add(visit);
      }
      if (running.size === 0) return this.finish();
      await Promise.race(running);
    }
  }

  /** The first page is always begun. */
  private hasTime(): boolean {
    return this.started === 0 || performance.now() + this.policy.hostDelayMs < this.tools.until;
  }

  private addSeed(text: string): void {
    const isBare = !/^https?:\/\//i.test(text);
    const url = normaliseUrl(isBare ? `https://${text}` : text);
    if (url === null) return this.noteError(new FetchError('parse', text.slice(0, 200), 'not a crawlable URL'), true);
    this.scope.add(url);
    this.frontier.addSeed(url, isBare ? new URL(`http://${text}`) : null);
  }

  /** Settles for everything but an abort: one bad page must not end the site. */
  private async visit(entry: FrontierEntry): Promise<void> {
    try {
      this.started += 1;
      await this.visitUrl(entry, entry.url).catch((error: unknown) => {
        if (entry.fallback === null || !(error instanceof FetchError) || !TRY_HTTP_AFTER.has(error.code)) throw error;
        return this.visitUrl(entry, entry.fallback);
      });
    } catch (error) {
      this.tools.signal.throwIfAborted();
      if (error instanceof SkippedPage) return;
      this.noteError(error instanceof FetchError ? error : internalError(entry.url, error), entry.isSeed);
    }
  }

  private async visitUrl(entry: FrontierEntry, url: URL): Promise<void> {
    const chain = new Set<string>();
    let admission: Admission = { robots: 'ignored', delayMs: 0 };
    this.tools.onPage?.(url.href);
    const page = await this.tools.fetcher.fetchPage(url.href, {
      signal: this.tools.signal,
      beforeRequest: async (target, from) => {
        if (from !== null) this.checkRedirect(entry, target, chain);
        chain.add(pageKey(target));
        admission = await this.tools.gate.admit(target);
      },
      onStart: (target) => this.tools.gate.noteStart(target, admission),
    });
    await this.readPage(entry, page, admission);
  }

  /** A seed may lead anywhere (the guard permitting); any other page only within the site, and not to a known page. */
  private checkRedirect(entry: FrontierEntry, target: URL, chain: ReadonlySet<string>): void {
    if (!entry.isSeed && !this.scope.includes(target)) throw new SkippedPage('redirects to another site');
    if (chain.has(pageKey(target))) return;
    if (!this.frontier.claim(target)) throw new SkippedPage('redirects to a page of this crawl');
  }

  private async readPage(entry: FrontierEntry, page: FetchedPage, admission: Admission): Promise<void> {
    this.pages += 1;
    this.bytes += page.bytes;
    if (page.cut !== null) this.noteError(new FetchError(page.cut, page.url, describeCut(page)), false);
    const result = await this.tools.extractor.extractPage(page, this.tools.signal);
    this.found.addPage(result.findings, { url: page.url, httpStatus: page.status, robots: admission.robots });
    this.hasContactForm ||= result.hasContactForm;
    if (result.scriptOnly) this.shellPages += 1;
    await this.followLinks(entry, new URL(page.url), result);
  }

  private async followLinks(entry: FrontierEntry, pageUrl: URL, result: PageFindings): Promise<void> {
    // `a.example` that redirects to `www.a.example` lives there, also where only one host is to be crawled.
    if (entry.isSeed && this.scope.isSameSite(pageUrl)) this.scope.add(pageUrl);
    if (entry.depth >= this.policy.maxDepth || !this.scope.includes(pageUrl)) return;
    for (const [index, link] of result.links.entries()) {
      if (index % 500 === 499) await nextTurn();
      if (URL.canParse(link.url) && this.scope.includes(new URL(link.url)))
        this.frontier.addLink(link.url, link.text, entry.depth + 1);
    }
  }

  private noteError(error: FetchError, isSeed: boolean): void {
    if (isSeed) this.seedErrors.push(error);
    if (this.errors.length >= MAX_ERRORS) return;
    this.errors.push({
      code: error.code,
      url: error.url.slice(0, 2048),
      message: error.message.slice(0, 500),
      at: Date.now(),
    });
  }

  private finish(): SiteResult {
    const { outcome, detail } = decideOutcome({
      hasCounted: this.found.hasCounted,
      pages: this.pages,
      shellPages: this.shellPages,
      hasContactForm: this.hasContactForm,
      budgetSpent: !this.frontier.isEmpty,
      seedErrors: this.seedErrors,
    });
    const { pages, bytes, errors } = this;
    return { host: this.task.host, outcome, detail, pages, bytes, emails: this.found.list(), errors };
  }
}

function internalError(url: URL, cause: unknown): FetchError {
  return new FetchError('internal', url.href, describeError(cause), { cause });
}

function describeCut(page: FetchedPage): string {
  return page.cut === 'too_large'
    ? 'longer than the limit: read up to it'
    : 'the connection ended early: read what came';
}
