import { Injectable } from '@nestjs/common';
import { Config } from '#common/config/config.schema.js';
import type { Origin } from '#common/contracts/origin.js';
import type { JobSpec } from '#common/contracts/job-spec.js';
import { ArchiveCrawler } from '../archive/archive-crawler.js';
import type { ArchiveHooks } from '../archive/archive-hooks.js';
import { SiteCrawler, type CrawlHooks } from '../crawl/site-crawler.js';
import type { SiteResult, SiteTask } from '../crawl/site-result.js';
import { applyPolicy } from '../results/apply-policy.js';
import { SiteVerifier } from '../verify/site-verifier.js';

/** The part of a chunk's time that one site may take, so that a slow site ends with what it has and is not begun for ever. */
const SITE_SHARE = 0.7;
/** Times that a site is postponed because its host asks for it, before its answer counts as its end. */
const MAX_POSTPONEMENTS = 2;

/** What a site, live or archived, is worked on with. */
export type SiteHooks = Omit<CrawlHooks, 'mayPostpone'> & ArchiveHooks;

/** What one site goes through before it is written: it is crawled, its job's policy applied, what is left verified. */
@Injectable()
export class SitePipeline {
  constructor(
    private readonly crawler: SiteCrawler,
    private readonly archive: ArchiveCrawler,
    private readonly verifier: SiteVerifier,
    private readonly config: Config,
  ) {}

  async work(spec: JobSpec, site: SiteTask, hooks: SiteHooks): Promise<SiteResult> {
    const { source, crawl, policy, verify } = spec;
    const found =
      source.type === 'commoncrawl'
        ? await this.archive.crawlSite(site, { ...crawl, crawl: source.crawl ?? null }, hooks)
        : await this.crawl(spec, site, hooks);
    const result = site.origin ? withOrigin(found, site.origin) : found;
    return this.verifier.verifySite(applyPolicy(result, policy), { mx: verify.mx, signal: hooks.signal });
  }

  private crawl({ crawl, policy }: JobSpec, site: SiteTask, hooks: SiteHooks): Promise<SiteResult> {
    const hostDelayMs = crawl.hostDelayMs ?? this.config.HOST_DELAY_MS;
    const share = (SITE_SHARE * this.config.CHUNK_TIMEOUT_MS) / 1000;
    // A site that was given as a long list of URLs has all the time there is.
    const isList = site.urls.length > crawl.maxPagesPerSite;
    const maxSecondsPerSite = isList ? share : Math.min(crawl.maxSecondsPerSite, share);
    return this.crawler.crawlSite(
      site,
      { ...crawl, hostDelayMs, maxSecondsPerSite, robots: policy.robots },
      { ...hooks, mayPostpone: (site.postponements ?? 0) < MAX_POSTPONEMENTS },
    );
  }
}

/** What led to the site is evidence of everything found on it. */
function withOrigin(result: SiteResult, origin: Origin): SiteResult {
  const emails = result.emails.map((email) => ({
    ...email,
    sightings: email.sightings.map((sighting) => ({ origin, ...sighting })),
  }));
  return { ...result, emails };
}
