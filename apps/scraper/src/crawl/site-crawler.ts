import { setMaxListeners } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { PageExtractor } from '../extract/page-extractor.js';
import type { PageFetcher } from '../fetch/page-fetcher.js';
import type { RobotsCache } from '../fetch/robots-cache.js';
import type { HostPacer } from './host-pacer.js';
import { SiteCrawl } from './site-crawl.js';
import { SiteGate } from './site-gate.js';
import type { CrawlPolicy, SiteResult, SiteTask } from './site-result.js';

export interface CrawlHooks {
  signal: AbortSignal;
  /** Time for the site in ms, none by default: no further page is begun after it. */
  budgetMs?: number;
  /** Called when work on a page begins. */
  onPage?(url: string): void;
}

/** Crawls sites: many at the same time, over one fetch pool, one robots cache and one pace per host. */
@Injectable()
export class SiteCrawler {
  constructor(
    private readonly fetcher: PageFetcher,
    private readonly robots: RobotsCache,
    private readonly extractor: PageExtractor,
    private readonly pacer: HostPacer,
  ) {}

  /** Always comes to a result with exactly one outcome, unless `signal` is aborted: then it throws the signal's reason. */
  async crawlSite(task: SiteTask, policy: CrawlPolicy, hooks: CrawlHooks): Promise<SiteResult> {
    hooks.signal.throwIfAborted();
    // Every fetch and wait of every crawl under this signal listens to it for a while: many, which is no leak.
    setMaxListeners(0, hooks.signal);
    const { fetcher, extractor } = this;
    const gate = new SiteGate(this.robots, this.pacer, policy, hooks.signal);
    const { signal, budgetMs = Number.POSITIVE_INFINITY } = hooks;
    const until = performance.now() + budgetMs;
    const onPage = hooks.onPage?.bind(hooks);
    return new SiteCrawl(task, policy, { fetcher, extractor, gate, signal, until, onPage }).run();
  }

  /** Closes every connection; crawls still running fail. */
  close(): void {
    this.robots.close();
    this.fetcher.close();
  }
}
