import { onTestFinished } from 'vitest';
import { EgressGuard } from '#common/egress/egress-guard.js';
import { ArchiveCrawler } from '../../../apps/scraper/src/archive/archive-crawler.js';
import type { ArchiveHooks } from '../../../apps/scraper/src/archive/archive-hooks.js';
import type { ArchivePolicy } from '../../../apps/scraper/src/archive/archive-policy.js';
import type { SiteResult, SiteTask } from '../../../apps/scraper/src/crawl/site-result.js';
import { PageExtractor } from '../../../apps/scraper/src/extract/page-extractor.js';
import { ApiClient } from '../../../apps/scraper/src/fetch/api-client.js';
import { FakeCommonCrawl, type CommonCrawlOptions } from '../common-crawl.js';
import type { PlantedCapture } from './planted-archive.js';

const POLICY: ArchivePolicy = {
  maxPagesPerSite: 20,
  maxBytesPerSite: 50_000_000,
  maxSecondsPerSite: 300,
  sameSite: true,
  crawl: null,
};
const LONG_TEXT = 'We build quiet things that last, and have done so since 1987 in the old mill by the river.';
/** The home page of the site that the cases are about, with an address. */
export const HOME: PlantedCapture = { url: 'https://www.mill.example/', html: page('Write to info@acme-mill.de') };

/** A page of some length. */
export function page(body: string): string {
  return `<title>x</title><p>${LONG_TEXT}</p><p>${body}</p>`;
}

/** Hooks that give a turn at once, and remember what was asked of them. */
export interface SeenHooks extends ArchiveHooks {
  turns: { host: string; delayMs: number; from: number; to: number }[];
  pauses: { host: string; waitMs: number }[];
  pagesBegun: string[];
}

function makeHooks(signal = new AbortController().signal): SeenHooks {
  const seen: Pick<SeenHooks, 'turns' | 'pauses' | 'pagesBegun'> = { turns: [], pauses: [], pagesBegun: [] };
  return {
    ...seen,
    signal,
    async turn(host, delayMs, work) {
      const from = performance.now();
      try {
        return await work();
      } finally {
        seen.turns.push({ host, delayMs, from, to: performance.now() });
      }
    },
    pause: (host, waitMs) => void seen.pauses.push({ host, waitMs }),
    onPage: (url) => void seen.pagesBegun.push(url),
  };
}

export interface ArchiveCase extends Partial<CommonCrawlOptions> {
  policy?: Partial<ArchivePolicy>;
  task?: Partial<SiteTask>;
  hooks?: Partial<ArchiveHooks>;
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** A crawl of `mill.example` in a fake Common Crawl, to be run any number of times. */
export interface ArchiveRun {
  archive: FakeCommonCrawl;
  hooks: SeenHooks;
  crawl: () => Promise<SiteResult>;
}

/** Ends with the test. */
export async function setUpArchive({
  policy,
  task,
  hooks,
  signal,
  timeoutMs = 3000,
  ...options
}: ArchiveCase): Promise<ArchiveRun> {
  const archive = await FakeCommonCrawl.start({ captures: [], ...options });
  const guard = new EgressGuard({ allow: ['127.0.0.1'], dnsServers: [] });
  const client = new ApiClient(guard, { userAgent: 'Gleaner/test', timeoutMs });
  const extractor = new PageExtractor();
  onTestFinished(async () => {
    client.close();
    await Promise.all([archive.close(), extractor.close()]);
  });
  const crawler = new ArchiveCrawler(client, extractor, archive);
  const seen = makeHooks(signal);
  const site = { host: 'mill.example', urls: ['mill.example'], ...task };
  const crawl = (): Promise<SiteResult> => crawler.crawlSite(site, { ...POLICY, ...policy }, { ...seen, ...hooks });
  return { archive, hooks: seen, crawl };
}

export async function crawlArchive(given: ArchiveCase): Promise<SiteResult> {
  return (await setUpArchive(given)).crawl();
}

/** The addresses found, sorted. */
export function addressesOf({ emails }: SiteResult): string[] {
  return emails.map(({ address }) => address.normalised).sort();
}
