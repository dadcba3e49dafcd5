import PQueue from 'p-queue';
import type { SiteResult, SiteTask } from '../crawl/site-result.js';
import type { ChunkHosts } from '../hosts/host-leases.js';
import { MAX_WAIT_IN_PLACE_MS } from '../fetch/retry-plan.js';
import { HostBusy, SitePostponed } from '../hosts/site-postponed.js';
import type { SiteFlusher } from './site-flusher.js';

/** Sites of one chunk that are crawled at the same time: while one waits for its host's delay the others go on. */
const SITES_AT_ONCE = 10;

/** A site that could not be worked on; `dueAt` on the monotonic clock. */
export interface WaitingSite {
  site: SiteTask;
  dueAt: number;
  postponed: SitePostponed;
}

export interface ChunkCrawlTools {
  crawlSite: (site: SiteTask, holdHost: ChunkHosts['hold']) => Promise<SiteResult>;
  flusher: SiteFlusher;
  /** The sites themselves are fetched from, and not an archive: their hosts are leased. */
  isLive: boolean;
  hosts: ChunkHosts;
  controller: AbortController;
}

/**
 * Works through the sites of a chunk, and returns those that must wait: longer than is waited for in place, or for
 * another worker. A site that must wait leaves its place to the others and is tried again while they keep the slot busy.
 */
export async function crawlChunk(sites: readonly SiteTask[], tools: ChunkCrawlTools): Promise<WaitingSite[]> {
  if (tools.isLive) await tools.hosts.claim(sites.map(({ host }) => host));
  let waiting = await crawlSites(sites, tools);
  for (;;) {
    const soon = performance.now() + MAX_WAIT_IN_PLACE_MS;
    const due = waiting.filter(({ dueAt, postponed }) => dueAt <= soon && !(postponed instanceof HostBusy));
    if (due.length === 0) return waiting;
    const rest = waiting.filter((item) => !due.includes(item));
    waiting = [
      ...rest,
      ...(await crawlSites(
        due.map(({ site }) => site),
        tools,
      )),
    ];
  }
}

async function crawlSites(sites: readonly SiteTask[], tools: ChunkCrawlTools): Promise<WaitingSite[]> {
  const { crawlSite, flusher, hosts, controller } = tools;
  const waiting: WaitingSite[] = [];
  /** The sites that use a host: two may lead to the same third one. */
  const users = new Map<string, Set<SiteTask>>();
  const use = (host: string, site: SiteTask): void => {
    users.set(host, (users.get(host) ?? new Set()).add(site));
  };
  const leaveAll = (site: SiteTask): void => {
    for (const [host, sitesOfHost] of users) {
      if (!sitesOfHost.delete(site) || sitesOfHost.size > 0) continue;
      users.delete(host);
      hosts.leave(host);
    }
  };
  const queue = new PQueue({ concurrency: SITES_AT_ONCE });
  const crawl = async (site: SiteTask): Promise<void> => {
    controller.signal.throwIfAborted();
    use(site.host, site);
    const holdHost = (host: string, delayMs: number): Promise<void> => {
      use(host, site);
      return hosts.hold(host, delayMs);
    };
    try {
      await flusher.add(await crawlSite(site, holdHost));
    } catch (postponed) {
      if (!(postponed instanceof SitePostponed)) throw postponed;
      const postponements = (site.postponements ?? 0) + (postponed.isAsked ? 1 : 0);
      waiting.push({ site: { ...site, postponements }, dueAt: performance.now() + postponed.waitMs, postponed });
    } finally {
      leaveAll(site);
    }
  };
  const crawls = sites.map((site) => queue.add(() => crawl(site)));
  try {
    await Promise.all(crawls);
  } catch (error) {
    // The others must not go on beside whoever runs the chunk next.
    controller.abort(error);
    await Promise.allSettled(crawls);
    throw error;
  }
  return waiting;
}
