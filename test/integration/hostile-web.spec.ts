import PQueue from 'p-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteKey } from '#common/domain/site.js';
import type { ErrorCode } from '#common/domain/site-outcome.js';
import { createSiteCrawler } from '../../apps/scraper/src/crawl/create-site-crawler.js';
import type { SiteCrawler } from '../../apps/scraper/src/crawl/site-crawler.js';
import type { CrawlPolicy, SiteResult } from '../../apps/scraper/src/crawl/site-result.js';
import type { Endpoint } from '../support/hostile-web/endpoint.js';
import { ENDPOINTS, startHostileWeb, type HostileWeb } from '../support/hostile-web/hostile-web.js';
import { type HostileRun, runHostileJob } from '../support/hostile-web/hostile-job.js';
import { addressesOf, judge, outcomesOf, type Outcome } from '../support/hostile-web/judge.js';

/** For what never ends, and for what ends by itself also on a busy machine. */
const SHORT_DEADLINE_MS = 1500;
const LONG_DEADLINE_MS = 20_000;
const CRAWLS_AT_ONCE = 12;
/** What the endpoints state; each of these is met somewhere. */
const STATED_CODES: ErrorCode[] = [
  'bad_content_type',
  'bad_encoding',
  'blocked_egress',
  'connection',
  'dns',
  'http_4xx',
  'http_5xx',
  'parse',
  'robots_disallowed',
  'timeout',
  'tls',
  'too_large',
  'too_many_redirects',
];
const POLICY: Omit<CrawlPolicy, 'maxDepth'> = {
  maxPagesPerSite: 20,
  maxBytesPerSite: 50_000_000,
  maxSecondsPerSite: 60,
  sameSite: true,
  hostDelayMs: 0,
  robots: 'respect',
};
const CATEGORIES = [...new Set(ENDPOINTS.map(categoryOf))];

function categoryOf({ path }: Endpoint): string {
  return path.split('/')[1] ?? '';
}

describe('the crawler in the hostile web', () => {
  let web: HostileWeb;
  const crawlers: SiteCrawler[] = [];
  const outcomes = new Map<Endpoint, Outcome>();

  beforeAll(async () => {
    web = await startHostileWeb();
    // Those that hang wait side by side; the others take turns, so that their deadlines measure themselves.
    const [slow, quick] = [SHORT_DEADLINE_MS, LONG_DEADLINE_MS].map(startCrawler);
    const queue = new PQueue({ concurrency: CRAWLS_AT_ONCE });
    const isSlow = (endpoint: Endpoint): boolean => endpoint.slow === true;
    await Promise.all(web.endpoints.filter(isSlow).map((endpoint) => crawl(slow!, endpoint)));
    await queue.addAll(
      web.endpoints.filter((endpoint) => !isSlow(endpoint)).map((endpoint) => () => crawl(quick!, endpoint)),
    );
  }, 120_000);

  afterAll(async () => {
    for (const crawler of crawlers) crawler.close();
    await web.close();
  });

  function startCrawler(fetchTimeoutMs: number): SiteCrawler {
    const crawler = createSiteCrawler({
      userAgent: 'Gleaner/test (+https://gleaner-test.example/contact)',
      maxConcurrentFetches: 100,
      egressAllow: web.allow,
      dnsServers: [web.dns.address],
      fetchTimeoutMs,
    });
    crawlers.push(crawler);
    return crawler;
  }

  async function crawl(crawler: SiteCrawler, endpoint: Endpoint): Promise<void> {
    const url = web.url(endpoint);
    const host = new URL(url.includes('://') ? url : `http://${url}`).host;
    const policy = { ...POLICY, maxDepth: endpoint.maxDepth ?? 0 };
    const result = await crawler.crawlSite({ host, urls: [url] }, policy, { signal: new AbortController().signal });
    outcomes.set(endpoint, outcomeOf(result));
  }

  it('has at least 200 endpoints', () => {
    expect(ENDPOINTS.length).toBeGreaterThanOrEqual(200);
    expect(outcomes.size).toBe(ENDPOINTS.length);
  });

  it.each(CATEGORIES)('ends as stated at every endpoint of %s', (category) => {
    const endpoints = ENDPOINTS.filter((endpoint) => categoryOf(endpoint) === category);
    const complaints = endpoints.map((endpoint) => judge(endpoint, outcomes.get(endpoint)!, web.requestsOf(endpoint)));
    expect(complaints.filter((complaint) => complaint !== null)).toEqual([]);
  });

  it('never connects to a place that is not allowed', () => {
    expect(web.canaries.hits()).toEqual([]);
  });
});

function outcomeOf({ outcome, pages, emails, errors }: SiteResult): Outcome {
  const counted = emails.filter(({ flags }) => flags.length === 0);
  return {
    outcome,
    pages,
    errors,
    emails: counted.map(({ address, sightings }) => ({
      address: address.normalised,
      snippets: sightings.map(({ snippet }) => snippet),
    })),
  };
}

describe('a job over the hostile web and 50 good sites', () => {
  let run: HostileRun;

  beforeAll(async () => {
    run = await runHostileJob();
  }, 180_000);

  afterAll(() => run?.close());

  it('ends completed, with one true outcome for each site', () => {
    const { job, sites, endpoints, good, hostile } = run;
    const hostOf = (endpoint: Endpoint): string => {
      const url = hostile.url(endpoint);
      return siteKey(new URL(url.includes('://') ? url : `http://${url}`));
    };
    expect(job.status).toBe('completed');
    expect(sites).toHaveLength(endpoints.length + good.sites.length);
    expect(job.progress).toMatchObject({ sites: sites.length, sitesTotal: sites.length });
    const outcomeOf = new Map(sites.map(({ host, outcome }) => [host, outcome]));
    const wrong = endpoints.filter((endpoint) => !outcomesOf(endpoint).includes(outcomeOf.get(hostOf(endpoint))!));
    expect(wrong.map((endpoint) => `${endpoint.path}: ${outcomeOf.get(hostOf(endpoint))}`)).toEqual([]);
  });

  it('finds every address of the good sites, and in the hostile web only what is stated', async () => {
    const { cluster, job, sites, good, endpoints } = run;
    const rows = await cluster.list<{ address: string }>(`/v1/jobs/${job.id}/emails?limit=500`);
    const found = new Set(rows.map(({ address }) => address));
    expect(rows).toHaveLength(job.progress.emails);
    expect([...good.addresses].filter((address) => !found.has(address))).toEqual([]);
    const stated = new Set([...good.addresses, ...endpoints.flatMap(addressesOf)]);
    expect([...found].filter((address) => !stated.has(address))).toEqual([]);
    expect(sites.filter(({ host, outcome }) => host.startsWith('127.63.') && outcome !== 'found')).toEqual([]);
  });

  it('lists the errors', async () => {
    const errors = await run.cluster.list<{ code: ErrorCode }>(`/v1/jobs/${run.job.id}/errors?limit=500`);
    const codes = [...new Set(errors.map(({ code }) => code))].toSorted();
    expect(codes).toEqual(STATED_CODES);
  });

  it('connects to no canary', () => {
    expect(run.hostile.canaries.hits()).toEqual([]);
  });

  it('stays below 256 MiB', () => {
    expect(run.peakMib).toBeLessThanOrEqual(256);
  });
});
