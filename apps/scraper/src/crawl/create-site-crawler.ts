import { EgressGuard } from '#common/egress/egress-guard.js';
import { PageExtractor } from '../extract/page-extractor.js';
import { PageFetcher } from '../fetch/page-fetcher.js';
import { RobotsCache } from '../fetch/robots-cache.js';
import type { RobotsStore } from '../fetch/robots.store.js';
import { HostPacer } from '../hosts/host-pacer.js';
import type { CrawlOptions } from './crawl-options.js';
import { SiteCrawler } from './site-crawler.js';

/** What a crawler shares: the pace of hosts with the leases of its replica, robots.txt answers with other replicas. */
export interface SharedParts {
  pacer?: HostPacer;
  robotsStore?: RobotsStore | null;
}

/** Puts the crawler of one process together; `close()` ends it. */
export function createSiteCrawler(
  options: CrawlOptions,
  { pacer = new HostPacer(), robotsStore = null }: SharedParts = {},
): SiteCrawler {
  const guard = new EgressGuard({ allow: options.egressAllow, dnsServers: options.dnsServers });
  const fetcher = new PageFetcher(guard, options);
  return new SiteCrawler(fetcher, new RobotsCache(fetcher, robotsStore), new PageExtractor(), pacer);
}
