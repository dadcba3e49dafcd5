import { Injectable } from '@nestjs/common';
import { parseSite } from '#common/domain/site.js';
import type { ChunkHosts } from '../hosts/host-leases.js';
import { FoundSitesStore } from '../sources/found-sites.store.js';
import type { FoundPage, Source, SourceAnswer, SourceHooks } from '../sources/source.js';
import { Sources } from '../sources/sources.js';
import type { Claim, ClaimedChunk } from './chunk.store.js';
import { ChunkSitesStore } from './chunk-sites.store.js';

/** Which sites a chunk visits: given, or asked of the job's source. */
@Injectable()
export class ChunkSites {
  constructor(
    private readonly store: ChunkSitesStore,
    private readonly found: FoundSitesStore,
    private readonly sources: Sources,
  ) {}

  open(claim: Claim): Promise<ClaimedChunk> {
    return this.store.open(claim);
  }

  isPlanned(jobId: string, host: string): Promise<boolean> {
    return this.store.isPlanned(jobId, host);
  }

  /**
   * Asks the source for the chunk's slice, unless an earlier answer has shown that it is beyond the end, and fills
   * `chunk.sites`. Repeatable: what an attempt has found and kept before it died stays the chunk's.
   */
  async find(chunk: ClaimedChunk, hosts: ChunkHosts, signal: AbortSignal): Promise<void> {
    const { slice, jobId, spec } = chunk;
    if (slice === null) return;
    const source = this.sources.get(spec.source.type);
    const { query, lastPage } = await hosts.whenReachable(() => this.found.readQuery(jobId, slice.query));
    let answer: SourceAnswer = { results: 0, isLast: false };
    if (lastPage === null || slice.page <= lastPage) {
      if (!source.isVisitedAtOnce) await hosts.whenReachable(() => this.found.clear(chunk));
      answer = await source.find({ spec, query, page: slice.page }, this.hooksOf(chunk, source, hosts, signal));
    }
    await hosts.whenReachable(() => this.found.recordAnswer(chunk, answer));
    if (source.isVisitedAtOnce) chunk.sites = await hosts.whenReachable(() => this.store.listFound(chunk));
  }

  private hooksOf(chunk: ClaimedChunk, source: Source, hosts: ChunkHosts, signal: AbortSignal): SourceHooks {
    return {
      signal,
      save: async (pages) => {
        const usable = pages.filter(isSite);
        await hosts.whenReachable<unknown>(() =>
          source.isVisitedAtOnce ? this.found.addOwn(chunk, usable) : this.found.addListed(chunk, usable),
        );
      },
      count: (provider, usage) => hosts.whenReachable(() => this.found.countUsage(chunk.jobId, provider, usage)),
      turn: (host, delayMs, work) => hosts.turn(host, delayMs, work),
      pause: (host, waitMs) => hosts.pause(host, waitMs),
      holdHost: (host, delayMs) => hosts.hold(host, delayMs),
      isHeld: (host) => hosts.isHeld(host),
    };
  }
}

function isSite({ url }: FoundPage): boolean {
  try {
    parseSite(url);
    return true;
  } catch {
    return false;
  }
}
