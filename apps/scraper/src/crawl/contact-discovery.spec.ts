import { describe, expect, it } from 'vitest';
import { LAYOUTS, makeContactSites, type ContactSite } from '../../../../test/support/contact-sites.js';
import { LocalServer, sendHtml } from '../fetch/testing/local-server.js';
import { createSiteCrawler } from './create-site-crawler.js';
import type { CrawlPolicy } from './site-result.js';

const WITHIN = 4;
/** One page at a time, so that the server sees the order. */
const POLICY: CrawlPolicy = {
  maxDepth: 2,
  maxPagesPerSite: 6,
  maxBytesPerSite: 50_000_000,
  maxSecondsPerSite: 300,
  sameSite: true,
  hostDelayMs: 1,
  robots: 'respect',
};
const SITES = makeContactSites();

/** The paths of a site's pages in the order in which a crawl that fetches one at a time asks for them. */
async function crawlOrder(site: ContactSite): Promise<string[]> {
  const server = await LocalServer.start((request, response) => {
    const body = site.pages.get(request.url ?? '');
    sendHtml(response, body ?? 'not here', body === undefined ? 404 : 200);
  });
  const crawler = createSiteCrawler({
    userAgent: 'Gleaner/test',
    maxConcurrentFetches: 6,
    egressAllow: [server.host],
    dnsServers: [],
  });
  try {
    await crawler.crawlSite({ host: server.host, urls: [server.url('/')] }, POLICY, {
      signal: new AbortController().signal,
    });
    return server.pagesAsked;
  } finally {
    crawler.close();
    await server.close();
  }
}

describe('contact page discovery', () => {
  it('is tried on sites of many languages and kinds', () => {
    expect(SITES.length).toBeGreaterThanOrEqual(30);
    expect(new Set(SITES.map(({ name }) => name.split(' ')[0])).size).toBeGreaterThanOrEqual(10);
    expect(new Set(SITES.map(({ layout }) => layout))).toEqual(new Set(LAYOUTS));
    for (const { pages, contactPath } of SITES) {
      expect(pages.size).toBeGreaterThanOrEqual(15);
      expect(pages.size).toBeLessThanOrEqual(40);
      expect(pages.has(contactPath)).toBe(true);
    }
  });

  it('fetches the contact page among the first four pages of 9 in 10 sites', async () => {
    const misses: string[] = [];
    for (const site of SITES) {
      const order = await crawlOrder(site);
      const at = order.indexOf(site.contactPath);
      if (at === -1 || at >= WITHIN) misses.push(`${site.name}: ${site.contactPath} is not in ${order.join(' ')}`);
    }
    expect(1 - misses.length / SITES.length, misses.join('\n')).toBeGreaterThanOrEqual(0.9);
  });
});
