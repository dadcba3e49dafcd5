import { setFlagsFromString } from 'node:v8';
import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Service } from '#common/bootstrap.js';
import { CHUNKS, SCRAPER_EVENTS } from '#common/broker/topology.js';
import { Config } from '#common/config/config.schema.js';
import { VERSION } from '#common/version.js';
import { ArchiveCrawler } from './archive/archive-crawler.js';
import { ChunkConsumer } from './chunks/chunk.consumer.js';
import { ChunkRunner } from './chunks/chunk-runner.js';
import { ClaimQueue } from './chunks/claim-queue.js';
import { ChunkSites } from './chunks/chunk-sites.js';
import { ChunkSitesStore } from './chunks/chunk-sites.store.js';
import { ChunkStore } from './chunks/chunk.store.js';
import { LeaseKeeper } from './chunks/lease-keeper.js';
import { SitePipeline } from './chunks/site-pipeline.js';
import { createSiteCrawler } from './crawl/create-site-crawler.js';
import { SiteCrawler } from './crawl/site-crawler.js';
import { ApiClient } from './fetch/api-client.js';
import { RobotsStore } from './fetch/robots.store.js';
import { createServiceGuard } from './fetch/service-guard.js';
import { HostLeaseStore } from './hosts/host-lease.store.js';
import { HostLeases } from './hosts/host-leases.js';
import { HostPacer } from './hosts/host-pacer.js';
import { ResultsStore } from './results/results.store.js';
import { StoredAddresses } from './results/stored-addresses.js';
import { createSources } from './sources/create-sources.js';
import { FoundSitesStore } from './sources/found-sites.store.js';
import { Sources } from './sources/sources.js';
import { MailDomains } from './verify/mail-domains.js';
import { SiteVerifier } from './verify/site-verifier.js';
import { WorkerPool } from './workers/worker-pool.js';

/** Requests to configured services, which may be in the internal network. */
const SERVICE_CLIENT = Symbol('service client');

/** Embedded without a CONTACT it can only be somebody at their own machine. */
const LOCAL_CONTACT = 'local';
/** How long the DNS may hold up a site, and which part of a chunk's time that may be. */
const MAX_VERIFY_MS = 10_000;
const VERIFY_SHARE = 0.1;

@Module({
  controllers: [ChunkConsumer],
  providers: [
    ChunkRunner,
    ChunkSites,
    ChunkSitesStore,
    ChunkStore,
    ClaimQueue,
    FoundSitesStore,
    HostLeases,
    HostLeaseStore,
    HostPacer,
    LeaseKeeper,
    ResultsStore,
    RobotsStore,
    SitePipeline,
    StoredAddresses,
    WorkerPool,
    {
      provide: SiteCrawler,
      inject: [Config, HostPacer, RobotsStore],
      useFactory: (config: Config, pacer: HostPacer, robotsStore: RobotsStore) =>
        createSiteCrawler(
          {
            userAgent: userAgentOf(config),
            maxConcurrentFetches: config.MAX_CONCURRENT_FETCHES,
            fetchTimeoutMs: config.FETCH_TIMEOUT_MS,
            egressAllow: [...config.EGRESS_ALLOW],
            dnsServers: [...config.DNS_SERVERS],
          },
          { pacer, robotsStore },
        ),
    },
    { provide: SiteVerifier, inject: [Config], useFactory: createSiteVerifier },
    { provide: SERVICE_CLIENT, inject: [Config], useFactory: createServiceClient },
    {
      provide: ArchiveCrawler,
      inject: [SERVICE_CLIENT, SiteCrawler, Config],
      useFactory: (client: ApiClient, { extractor }: SiteCrawler, config: Config) =>
        new ArchiveCrawler(client, extractor, {
          indexUrl: config.COMMONCRAWL_INDEX_URL ?? 'https://index.commoncrawl.org',
          dataUrl: config.COMMONCRAWL_DATA_URL ?? 'https://data.commoncrawl.org',
        }),
    },
    { provide: Sources, inject: [Config, SERVICE_CLIENT, SiteCrawler], useFactory: createSources },
  ],
})
export class ScraperModule implements OnApplicationShutdown, OnModuleInit {
  constructor(
    private readonly crawler: SiteCrawler,
    private readonly verifier: SiteVerifier,
    @Inject(SERVICE_CLIENT) private readonly services: ApiClient,
  ) {}

  /**
   * On a machine with much memory V8 lets garbage pile up to several times what lives before it collects. Pages come and
   * go by the hundred here: collecting after a growth by a tenth takes the peak over the hostile web from 560 to 260 MiB.
   */
  onModuleInit(): void {
    setFlagsFromString('--heap-growing-percent=10');
  }

  onApplicationShutdown(): void {
    this.crawler.close();
    this.verifier.close();
    this.services.close();
  }
}

function userAgentOf({ CONTACT }: Config): string {
  return `Gleaner/${VERSION} (+${CONTACT ?? LOCAL_CONTACT})`;
}

function createServiceClient(config: Config): ApiClient {
  const options = { userAgent: userAgentOf(config), timeoutMs: config.FETCH_TIMEOUT_MS };
  return new ApiClient(createServiceGuard(config), options);
}

function createSiteVerifier(config: Config): SiteVerifier {
  const mailDomains = config.VERIFY_MX
    ? new MailDomains({ dnsServers: config.DNS_SERVERS, egressAllow: config.EGRESS_ALLOW })
    : null;
  const budgetMs = Math.min(MAX_VERIFY_MS, VERIFY_SHARE * config.CHUNK_TIMEOUT_MS);
  return new SiteVerifier({ mailDomains, budgetMs });
}

export const scraper: Service = {
  name: 'scraper',
  defaultPort: 0,
  modules: [ScraperModule],
  consumes: [
    { subscription: CHUNKS, concurrency: (config) => config.WORKER_SLOTS },
    { subscription: SCRAPER_EVENTS, concurrency: () => 10 },
  ],
  onFatal: (app, error) => app.get(ChunkRunner).recordDeath(error),
};
