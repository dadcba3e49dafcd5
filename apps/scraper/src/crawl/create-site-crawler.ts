import { EgressGuard } from '#common/egress/egress-guard.js';
import { PageExtractor } from '../extract/page-extractor.js';
import { PageFetcher } from '../fetch/page-fetcher.js';
import { RobotsCache } from '../fetch/robots-cache.js';
import type { CrawlOptions } from './crawl-options.js';
import { HostPacer } from './host-pacer.js';
import { SiteCrawler } from './site-crawler.js';

/** Puts the crawler of one process together; `close()` ends it. */
export function createSiteCrawler(options: CrawlOptions): SiteCrawler {
  const guard = new EgressGuard({ allow: options.egressAllow, dnsServers: options.dnsServers });
  const fetcher = new PageFetcher(guard, options);
  return new SiteCrawler(fetcher, new RobotsCache(fetcher), new PageExtractor(), new HostPacer());
}
