import { setMaxListeners } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { PageExtractor } from '../extract/page-extractor.js';
import type { PageFetcher } from '../fetch/page-fetcher.js';
import type { RobotsCache } from '../fetch/robots-cache.js';
import type { HostPacer } from '../hosts/host-pacer.js';
import { SitemapReader } from '../sitemap/sitemap-reader.js';
import { SiteCrawl } from './site-crawl.js';
import { SiteGate } from './site-gate.js';
import type { CrawlPolicy, SiteResult, SiteTask } from './site-result.js';

/** What one crawl asks of, and tells to, whoever runs it. */
export interface CrawlHooks {
  signal: AbortSignal;
  /** Called when work on a page begins. */
  onPage?: (url: string) => void;
  /** Resolves when this host (`host:port`) may be fetched from; by default at once. Throws HostBusy. */
  holdHost?: (host: string, delayMs: number) => Promise<void>;
  /** Whether it is still this crawl's, asked when a fetch really starts. */
  isHeld?: (host: string) => boolean;
  /** Whether this host is another site of the same job. */
  isPlanned?: (host: string) => Promise<boolean>;
  /** False when the site was postponed too often: what it answers now is its end. */
  mayPostpone?: boolean;
}

/** Crawls sites: many at the same time, over one fetch pool, one robots cache and one pace per host. */
@Injectable()
export class SiteCrawler {
  private readonly sitemaps: SitemapReader;

  constructor(
    readonly fetcher: PageFetcher,
    private readonly robots: RobotsCache,
    readonly extractor: PageExtractor,
    private readonly pacer: HostPacer,
  ) {
    this.sitemaps = new SitemapReader(fetcher);
  }

  /**
   * Comes to a result with exactly one outcome, unless `signal` is aborted: then it throws the signal's reason; or
   * unless the site cannot be worked on now: SitePostponed says when it can.
   */
  async crawlSite(task: SiteTask, policy: CrawlPolicy, hooks: CrawlHooks): Promise<SiteResult> {
    const { signal, isPlanned = never, mayPostpone = true } = hooks;
    signal.throwIfAborted();
    // Every fetch and wait of every crawl under this signal listens to it for a while: many, which is no leak.
    setMaxListeners(0, signal);
    const gate = this.openGate(policy, hooks);
    const { fetcher, extractor, sitemaps } = this;
    const tools = {
      fetcher,
      extractor,
      sitemaps,
      gate,
      signal,
      isPlanned,
      mayPostpone,
      onPage: hooks.onPage ?? nothing,
    };
    return new SiteCrawl(task, policy, tools).run();
  }

  /** What every fetch for a job goes through, also those that are no crawl. */
  openGate(
    policy: Pick<CrawlPolicy, 'robots' | 'hostDelayMs'>,
    { signal, holdHost = nothing, isHeld = always }: Pick<CrawlHooks, 'signal' | 'holdHost' | 'isHeld'>,
  ): SiteGate {
    return new SiteGate(this.robots, this.pacer, { policy, signal, holdHost, isHeld });
  }

  /** Closes every connection; crawls still running fail. */
  close(): void {
    this.robots.close();
    this.fetcher.close();
    void this.extractor.close();
  }
}

const nothing = async (): Promise<void> => {};
const always = (): boolean => true;
const never = async (): Promise<boolean> => false;
