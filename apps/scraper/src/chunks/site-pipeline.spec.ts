import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#common/config/load-config.js';
import { jobSpec } from '#common/contracts/job-spec.js';
import { type DnsServer, startDnsServer } from '../../../../test/support/dns-server.js';
import { makeEmail, makeSiteResult } from '../../../../test/support/make-job.js';
import type { CrawlHooks, SiteCrawler } from '../crawl/site-crawler.js';
import type { CrawlPolicy, SiteResult, SiteTask } from '../crawl/site-result.js';
import { MailDomains } from '../verify/mail-domains.js';
import { SiteVerifier } from '../verify/site-verifier.js';
import { type SiteHooks, SitePipeline } from './site-pipeline.js';

const FOUND = [makeEmail('anna@gmail.com', { kind: 'freemail' }), makeEmail('info@a.org')];

describe('SitePipeline', () => {
  let dns: DnsServer;
  let verifier: SiteVerifier;
  const crawls: { policy: CrawlPolicy; hooks: CrawlHooks }[] = [];

  beforeEach(async () => {
    crawls.length = 0;
    dns = await startDnsServer({ 'a.org': { A: ['8.8.8.8'] } });
    verifier = new SiteVerifier({ mailDomains: new MailDomains({ dnsServers: [dns.address] }), budgetMs: 10_000 });
  });
  afterEach(async () => {
    verifier.close();
    await dns.close();
  });

  function work(task: Partial<SiteTask>, spec: object, env: NodeJS.ProcessEnv = {}): Promise<SiteResult> {
    const crawler: Pick<SiteCrawler, 'crawlSite'> = {
      crawlSite: async (_task, policy, hooks) => {
        crawls.push({ policy, hooks });
        return makeSiteResult('a.org', FOUND);
      },
    };
    const pipeline = new SitePipeline(crawler as SiteCrawler, null as never, verifier, loadConfig({}, env));
    const hooks: SiteHooks = {
      signal: new AbortController().signal,
      turn: (_host, _delayMs, ask) => ask(),
      pause() {},
    };
    return pipeline.work(jobSpec.parse(spec), { host: 'a.org', urls: ['http://a.org/'], ...task }, hooks);
  }

  it('verifies what the policy leaves, and asks for nothing else', async () => {
    const { emails } = await work({}, { policy: { freemail: 'skip' } });
    expect(emails.map(({ verification }) => verification?.verdict)).toEqual(['valid']);
    expect(dns.queries).toEqual(['MX a.org', 'A a.org']);
  });

  it('asks no DNS server when the job does not want it', async () => {
    const { emails } = await work({}, { verify: { mx: false } });
    expect(emails.map(({ verification }) => verification?.verdict)).toEqual(['unknown', 'unknown']);
    expect(dns.queries).toEqual([]);
  });

  it('paces a site as its job says, else as the operator does', async () => {
    await work({}, { crawl: { hostDelayMs: 7 } }, { HOST_DELAY_MS: '90' });
    await work({}, {}, { HOST_DELAY_MS: '90' });
    expect(crawls.map(({ policy }) => policy.hostDelayMs)).toEqual([7, 90]);
  });

  it('gives a site no more than its part of the time of a chunk, and a long list of URLs all of it', async () => {
    await work({}, { crawl: { maxPagesPerSite: 2 } }, { CHUNK_TIMEOUT_MS: '100000' });
    const urls = ['1', '2', '3'].map((page) => `http://a.org/${page}`);
    await work({ urls }, { crawl: { maxPagesPerSite: 2, maxSecondsPerSite: 5 } }, { CHUNK_TIMEOUT_MS: '100000' });
    expect(crawls.map(({ policy }) => policy.maxSecondsPerSite)).toEqual([70, 70]);
  });

  it('postpones a site twice', async () => {
    for (const postponements of [undefined, 1, 2]) await work({ postponements }, {});
    expect(crawls.map(({ hooks }) => hooks.mayPostpone)).toEqual([true, true, false]);
  });
});
