import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteKey } from '#common/domain/site.js';
import type { ErrorCode, SiteOutcome } from '#common/domain/site-outcome.js';
import { createSiteCrawler } from '../../apps/scraper/src/crawl/create-site-crawler.js';
import type { SiteCrawler } from '../../apps/scraper/src/crawl/site-crawler.js';
import type { CrawlPolicy, SiteResult } from '../../apps/scraper/src/crawl/site-result.js';
import { Cluster } from '../support/cluster.js';
import type { Endpoint } from '../support/hostile-web/endpoint.js';
import { ENDPOINTS, startHostileWeb, type HostileWeb } from '../support/hostile-web/hostile-web.js';
import { addressesOf, judge, outcomesOf, type Outcome } from '../support/hostile-web/judge.js';
import { hostileAuthority } from '../support/hostile-web/tls.js';
import { type PlantedWeb, startPlantedWeb } from '../support/planted-web.js';
import { waitFor } from '../support/wait-for.js';

/** For what never ends, and for what ends by itself also on a busy machine. */
const SHORT_DEADLINE_MS = 1500;
const LONG_DEADLINE_MS = 20_000;
const CRAWLS_AT_ONCE = 12;
const TERMINAL = ['completed', 'completed_with_errors', 'failed', 'cancelled'];
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

interface Job {
  id: string;
  status: string;
  progress: { emails: number; sites: number; sitesTotal: number };
}
interface SiteRow {
  host: string;
  outcome: SiteOutcome;
  emails: number;
}

describe('a job over the hostile web and 50 good sites', () => {
  let hostile: HostileWeb;
  let good: PlantedWeb;
  let cluster: Cluster;
  let folder: string;
  let job: Job;
  let sites: SiteRow[];
  const endpoints = ENDPOINTS.filter(({ postpones }) => postpones !== true);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gleaner-hostile-'));
    const authorityFile = join(folder, 'authority.pem');
    writeFileSync(authorityFile, hostileAuthority().cert);
    hostile = await startHostileWeb({ network: 62 });
    good = await startPlantedWeb({ hosts: 50, pagesPerHost: 5, network: 63 });
    cluster = await Cluster.start('distributed', {
      scrapers: 1,
      env: {
        EGRESS_ALLOW: [...hostile.allow, '127.63.0.0/16'].join(),
        DNS_SERVERS: hostile.dns.address,
        FETCH_TIMEOUT_MS: '5000',
        NODE_EXTRA_CA_CERTS: authorityFile,
      },
    });
    await readMetric(cluster, 'nodejs_eventloop_lag_max_seconds'); // and forgets the start of the process
    const { id } = await cluster.call<Job>('/v1/jobs', {
      source: { type: 'sites', sites: [...good.sites, ...endpoints.map((endpoint) => hostile.url(endpoint))] },
      crawl: { hostDelayMs: 0 },
      verify: { mx: false },
    });
    job = await waitFor(
      async () => {
        const current = await cluster.call<Job>(`/v1/jobs/${id}`);
        return TERMINAL.includes(current.status) ? current : null;
      },
      { timeoutMs: 90_000, intervalMs: 100, message: 'the job to end' },
    );
    sites = await cluster.list<SiteRow>(`/v1/jobs/${id}/sites?limit=500`);
  }, 120_000);

  afterAll(async () => {
    await cluster.stop();
    await Promise.all([hostile.close(), good.close()]);
    rmSync(folder, { recursive: true });
  });

  it('ends completed, with one true outcome for each site', () => {
    expect(job.status).toBe('completed');
    expect(sites).toHaveLength(endpoints.length + good.sites.length);
    expect(job.progress).toMatchObject({ sites: sites.length, sitesTotal: sites.length });
    const outcomeOf = new Map(sites.map(({ host, outcome }) => [host, outcome]));
    const wrong = endpoints.filter((endpoint) => !outcomesOf(endpoint).includes(outcomeOf.get(hostOf(endpoint))!));
    expect(wrong.map((endpoint) => `${endpoint.path}: ${outcomeOf.get(hostOf(endpoint))}`)).toEqual([]);
  });

  it('finds every address of the good sites, and in the hostile web only what is stated', async () => {
    const rows = await cluster.list<{ address: string }>(`/v1/jobs/${job.id}/emails?limit=500`);
    const found = new Set(rows.map(({ address }) => address));
    expect(rows).toHaveLength(job.progress.emails);
    expect([...good.addresses].filter((address) => !found.has(address))).toEqual([]);
    const stated = new Set([...good.addresses, ...endpoints.flatMap(addressesOf)]);
    expect([...found].filter((address) => !stated.has(address))).toEqual([]);
    expect(sites.filter(({ host, outcome }) => host.startsWith('127.63.') && outcome !== 'found')).toEqual([]);
  });

  it('lists the errors', async () => {
    const errors = await cluster.list<{ code: ErrorCode }>(`/v1/jobs/${job.id}/errors?limit=500`);
    const codes = [...new Set(errors.map(({ code }) => code))].toSorted();
    expect(codes).toEqual(STATED_CODES);
  });

  it('connects to no canary', () => {
    expect(hostile.canaries.hits()).toEqual([]);
  });

  it('stays below 256 MiB, and its event loop is never blocked for 500 ms', async () => {
    expect.soft(await readMetric(cluster, 'nodejs_eventloop_lag_max_seconds')).toBeLessThanOrEqual(0.5);
    expect.soft(peakMemoryMib(cluster)).toBeLessThanOrEqual(256);
  });

  function hostOf(endpoint: Endpoint): string {
    const url = hostile.url(endpoint);
    return siteKey(new URL(url.includes('://') ? url : `http://${url}`));
  }
});

async function readMetric(cluster: Cluster, name: string): Promise<number> {
  const text = await (await fetch(`${cluster.scrapers[0]!.url}/metrics`)).text();
  const value = new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`no metric ${name}`);
  return Number(value);
}

function peakMemoryMib(cluster: Cluster): number {
  const status = readFileSync(`/proc/${cluster.scrapers[0]!.child.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
