import { siteKey } from '#common/domain/site.js';
import { abortableSleep } from '../abortable-sleep.js';
import type { PageFindings } from '../extract/finding.js';
import type { PageExtractor } from '../extract/page-extractor.js';
import { FetchError } from '../fetch/fetch-error.js';
import type { FetchedPage, PageFetcher } from '../fetch/page-fetcher.js';
import { MAX_WAIT_IN_PLACE_MS } from '../fetch/retry-plan.js';
import { HostBusy, SitePostponed } from '../hosts/site-postponed.js';
import type { SitemapReader } from '../sitemap/sitemap-reader.js';
import { nextTurn } from '../next-turn.js';
import { CrawlErrors, cutError, internalError, overBudgetError } from './crawl-errors.js';
import { normaliseUrl, pageKey } from './crawl-url.js';
import { Frontier, type FrontierEntry } from './frontier.js';
import { scoreLink } from './link-score.js';
import { SiteScope } from './same-site.js';
import { SiteFindings } from './site-findings.js';
import type { Admission, SiteGate } from './site-gate.js';
import { decideOutcome } from './site-outcome.js';
import type { CrawlPolicy, SiteResult, SiteTask } from './site-result.js';

const MAX_AT_ONCE = 6;
/** Wait before a page of another host of the site is tried again that somebody else is fetching from. */
const BUSY_RETRY_MS = 1000;
/** The longest that other URLs of a site wait when one of them answers 429 or 503 with a Retry-After. */
const MAX_PAUSE_MS = 10_000;
/** A site that asks for more than this is not waited for: its job would not end. */
const MAX_POSTPONE_MS = 60_000;
/** A scheme that is refused at this level may well be served by the other one. */
const TRY_HTTP_AFTER = new Set(['connection', 'tls']);

/** What one crawl works with. */
export interface CrawlTools {
  fetcher: PageFetcher;
  extractor: PageExtractor;
  sitemaps: SitemapReader;
  gate: SiteGate;
  signal: AbortSignal;
  isPlanned: (host: string) => Promise<boolean>;
  mayPostpone: boolean;
  onPage: (url: string) => void;
}

/** A page that is not fetched for a reason that is nobody's error: it left the site, or is known already. */
class SkippedPage extends Error {}

/** One walk through one site: what is waiting, what was found, what went wrong. */
export class SiteCrawl {
  private readonly frontier = new Frontier();
  private readonly scope: SiteScope;
  private readonly found = new SiteFindings();
  private readonly errors = new CrawlErrors();
  /** Pages of other hosts of the site that were busy when their turn came, and those to be tried again now. */
  private busy: FrontierEntry[] = [];
  private again: FrontierEntry[] = [];
  /** Until when a host need not be asked for again. */
  private readonly busyHosts = new Map<string, number>();
  /** Pages for which a request was made. */
  private readonly asked = new WeakSet<FrontierEntry>();
  private readonly chains = new WeakMap<FrontierEntry, Set<string>>();
  private busyUntil = Number.POSITIVE_INFINITY;
  private postponed: SitePostponed | null = null;
  private duplicateOf: string | null = null;
  private readonly sitemaps: string[] = [];
  private readonly startedAt = performance.now();
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
      if (running.size === 0 && this.wantsSitemap) await this.readSitemap();
      while (running.size < atOnce) {
        const entry = this.nextEntry();
        if (entry === null) break;
        const visit = this.visit(entry).finally(() => running.delete(visit));
        running.add(visit);
      }
      if (running.size > 0) await Promise.race(running);
      else if (!(await this.retryBusy())) return this.finish();
    }
  }

  /** Who was asked to wait follows no more links, but still visits the URLs that were given. */
  private nextEntry(): FrontierEntry | null {
    if (this.spentBudget() !== null || this.postponed?.isAsked === false) return null;
    for (;;) {
      const entry = this.again.shift() ?? this.frontier.next();
      if (entry === null || (this.postponed !== null && !entry.isSeed)) return null;
      if ((this.busyHosts.get(siteKey(entry.url)) ?? 0) <= performance.now()) return entry;
      this.busy.push(entry);
    }
  }

  /** What must not be exceeded by another page; the URLs that were given are always visited. */
  private spentBudget(): 'pages' | 'bytes' | 'seconds' | null {
    if (this.started === 0) return null;
    const { maxPagesPerSite, maxBytesPerSite, maxSecondsPerSite, hostDelayMs } = this.policy;
    if (this.started >= Math.max(maxPagesPerSite, this.task.urls.length)) return 'pages';
    if (this.bytes >= maxBytesPerSite) return 'bytes';
    const elapsedMs = performance.now() - this.startedAt;
    return elapsedMs + hostDelayMs >= maxSecondsPerSite * 1000 ? 'seconds' : null;
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
      this.settleFailedVisit(entry, error);
    }
  }

  private settleFailedVisit(entry: FrontierEntry, error: unknown): void {
    // What was refused before anything was asked of a server costs no page of the budget.
    if (!entry.isSeed && !this.asked.has(entry)) this.started -= 1;
    if (error instanceof SkippedPage) return;
    if (error instanceof HostBusy && error.host !== this.task.host && (this.pages > 0 || !entry.isSeed)) {
      this.busy.push(entry);
      this.busyHosts.set(error.host, performance.now() + BUSY_RETRY_MS);
    } else if (error instanceof SitePostponed) {
      this.postponed = error;
    } else {
      this.noteError(error instanceof FetchError ? error : internalError(entry.url, error), entry.isSeed);
    }
  }

  private async visitUrl(entry: FrontierEntry, url: URL): Promise<void> {
    this.tools.onPage(url.href);
    // A page that is tried again has claimed the pages that it leads through.
    const chain = this.chains.get(entry) ?? new Set<string>();
    this.chains.set(entry, chain);
    const watched = this.tools.gate.watch(async (target, from) => {
      await this.checkTarget(entry, target, from === null ? null : chain);
      chain.add(pageKey(target));
    });
    const onStart = (target: URL): void => {
      watched.hooks.onStart(target);
      this.asked.add(entry);
    };
    let admission: Admission | null = null;
    const page = await this.tools.fetcher
      .fetchPage(url.href, { signal: this.tools.signal, ...watched.hooks, onStart })
      .finally(() => (admission = watched.end()));
    try {
      await this.readPage(entry, page, admission);
    } finally {
      page.release();
    }
  }

  /**
   * A seed may lead anywhere (the guard permitting) but to another site of the job, which is crawled as such; any other
   * page only within the site, and not to a known page. `chain` = the pages that redirected here.
   */
  private async checkTarget(entry: FrontierEntry, target: URL, chain: ReadonlySet<string> | null): Promise<void> {
    const isRedirect = chain !== null && !chain.has(pageKey(target));
    if (isRedirect && !entry.isSeed && !this.scope.includes(target)) {
      throw new SkippedPage('redirects to another site');
    }
    const host = siteKey(target);
    if (host !== this.task.host && !(entry.isSeed && chain === null) && (await this.tools.isPlanned(host))) {
      if (entry.isSeed) this.duplicateOf = host;
      throw new SkippedPage('belongs to another site of the job');
    }
    if (isRedirect && !this.frontier.claim(target)) throw new SkippedPage('redirects to a page of this crawl');
  }

  private async readPage(entry: FrontierEntry, page: FetchedPage, admission: Admission | null): Promise<void> {
    this.pages += 1;
    this.bytes += page.bytes;
    const cut = cutError(page);
    if (cut !== null) this.noteError(cut, false);
    const result = await this.tools.extractor.extractPage(page, this.tools.signal);
    if (result.isOverBudget) this.noteError(overBudgetError(page.url), false);
    const newAddresses = this.found.addPage(result.findings, {
      url: page.url,
      httpStatus: page.status,
      robots: admission?.robots ?? 'ignored',
      noindex: page.noindex || result.noindex,
      noHarvest: result.noHarvest,
      via: entry.reason,
    });
    this.hasContactForm ||= result.hasContactForm;
    if (result.scriptOnly) this.shellPages += 1;
    if (entry.isSeed) this.sitemaps.push(...(admission?.sitemaps ?? []));
    const isNews = this.frontier.notePage(entry, { fingerprint: result.fingerprint, newAddresses });
    if (isNews || entry.isSeed) await this.followLinks(entry, new URL(page.url), result);
  }

  private async followLinks(entry: FrontierEntry, pageUrl: URL, result: PageFindings): Promise<void> {
    // `a.example` that redirects to `www.a.example` lives there, also where only one host is to be crawled.
    if (entry.isSeed && this.scope.isSameSite(pageUrl)) this.scope.add(pageUrl);
    if (result.canonical !== null && this.scope.includes(new URL(result.canonical)))
      this.frontier.noteCanonical(pageUrl, result.canonical);
    if (entry.depth >= this.policy.maxDepth || !this.scope.includes(pageUrl)) return;
    for (const [index, link] of result.links.entries()) {
      if (index % 500 === 499) await nextTurn();
      if (URL.canParse(link.url) && this.scope.includes(new URL(link.url)))
        this.frontier.addLink(link.url, link.text, entry.depth + 1);
    }
  }

  /** The given pages show no way to a contact page: perhaps the sitemap knows one. */
  private get wantsSitemap(): boolean {
    if (this.sitemaps.length === 0 || this.frontier.hasContactPage || this.policy.maxDepth === 0) return false;
    return this.started >= this.task.urls.length && this.postponed === null && this.spentBudget() === null;
  }

  private async readSitemap(): Promise<void> {
    const sitemaps = [...new Set(this.sitemaps.splice(0))];
    const isInScope = (url: URL): boolean => this.scope.includes(url);
    const watched = this.tools.gate.watch(async (target) => {
      if (!isInScope(target)) throw new SkippedPage('redirects to another site');
    });
    const { signal } = this.tools;
    const isLikely = (url: URL): boolean => scoreLink(url, '').kind !== 'other';
    const { urls, bytes, errors } = await this.tools.sitemaps
      .readCandidates({ signal, sitemaps, isInScope, isLikely, ...watched.hooks })
      .finally(watched.end);
    this.bytes += bytes;
    for (const error of errors) this.noteError(error, false);
    for (const url of urls) this.frontier.addSitemapUrl(url, 1);
  }

  /** Pages of busy hosts get another chance for a while, when nothing else is left. False when there is nothing to do. */
  private async retryBusy(): Promise<boolean> {
    if (this.busy.length === 0 || this.postponed !== null || this.spentBudget() !== null) return false;
    this.busyUntil = Math.min(this.busyUntil, performance.now() + MAX_WAIT_IN_PLACE_MS);
    if (performance.now() >= this.busyUntil) {
      for (const { url } of this.busy)
        this.noteError(new FetchError('timeout', url.href, 'another crawl is fetching from this host'), false);
      return false;
    }
    await abortableSleep(BUSY_RETRY_MS, this.tools.signal);
    this.again = this.busy;
    this.busy = [];
    return true;
  }

  private noteError(error: FetchError, isSeed: boolean): void {
    this.errors.add(error, isSeed);
    const waitMs = error.retryAfterMs ?? 0;
    if (waitMs > 0) this.tools.gate.pause(siteKey(new URL(error.url)), Math.min(waitMs, MAX_PAUSE_MS));
    if (waitMs > MAX_WAIT_IN_PLACE_MS) this.postponed ??= new SitePostponed(waitMs, error.message, true);
  }

  /** A site that must wait is begun anew later, unless it asked for that and gave something, or was or is waited for too long. */
  private finish(): SiteResult {
    const { postponed } = this;
    // Whoever fetches from this host next waits as well.
    if (postponed?.isAsked === true) this.tools.gate.pause(this.task.host, postponed.waitMs);
    if (postponed !== null && this.mustPostpone(postponed)) throw postponed;
    const { outcome, detail } = decideOutcome({
      hasCounted: this.found.hasCounted,
      pages: this.pages,
      shellPages: this.shellPages,
      hasContactForm: this.hasContactForm,
      spent: this.frontier.isEmpty ? null : this.spentBudget(),
      stoppedBy: postponed?.message ?? null,
      duplicateOf: this.duplicateOf,
      seedErrors: this.errors.ofSeeds,
    });
    const { pages, bytes } = this;
    const { list: errors } = this.errors;
    const robots = this.tools.gate.firstVerdict;
    return { host: this.task.host, outcome, detail, robots, pages, bytes, emails: this.found.list(), errors };
  }

  private mustPostpone({ isAsked, waitMs }: SitePostponed): boolean {
    // Its host became somebody else's in the middle: a part must not pass for the whole.
    return !isAsked || (!this.found.hasCounted && this.tools.mayPostpone && waitMs <= MAX_POSTPONE_MS);
  }
}
