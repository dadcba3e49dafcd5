import { describe, expect, it } from 'vitest';
import { makeSiteResult } from '../../../../test/support/make-job.js';
import type { SiteTask } from '../crawl/site-result.js';
import type { ChunkHosts } from '../hosts/host-leases.js';
import { HostBusy, SitePostponed } from '../hosts/site-postponed.js';
import { type ChunkCrawlTools, crawlChunk } from './chunk-crawl.js';
import type { SiteFlusher } from './site-flusher.js';

const sites = (...hosts: string[]): SiteTask[] => hosts.map((host) => ({ host, urls: [`http://${host}/`] }));

/** What is flushed, held and left; `answers` = what each crawl of a host throws, one after the other, before it succeeds. */
function makeTools(answers: Record<string, Error[]> = {}) {
  const flushed: string[] = [];
  const left: string[] = [];
  const asked: string[] = [];
  const hosts: Pick<ChunkHosts, 'claim' | 'hold' | 'leave'> = {
    claim: async () => [],
    hold: async () => {},
    leave: (host) => left.push(host),
  };
  const flusher: Pick<SiteFlusher, 'add'> = { add: async (site) => void flushed.push(site.host) };
  const tools: ChunkCrawlTools = {
    isLive: true,
    hosts: hosts as ChunkHosts,
    flusher: flusher as SiteFlusher,
    controller: new AbortController(),
    crawlSite: async ({ host }, holdHost) => {
      asked.push(host);
      await holdHost(host, 0);
      const error = answers[host]?.shift();
      if (error) throw error;
      return makeSiteResult(host, []);
    },
  };
  return { tools, flushed, left, asked };
}

describe('crawlChunk', () => {
  it('flushes every site and leaves every host', async () => {
    const { tools, flushed, left } = makeTools();
    expect(await crawlChunk(sites('a.example', 'b.example'), tools)).toEqual([]);
    expect(flushed.toSorted()).toEqual(['a.example', 'b.example']);
    expect(left.toSorted()).toEqual(['a.example', 'b.example']);
  });

  it('tries a site again in the same run that is due soon', async () => {
    const { tools, flushed } = makeTools({ 'a.example': [new SitePostponed(20, 'HTTP 429', true)] });
    expect(await crawlChunk(sites('a.example', 'b.example'), tools)).toEqual([]);
    expect(flushed).toEqual(['b.example', 'a.example']);
  });

  it('returns sites that must wait long, and those whose host another worker has', async () => {
    const answers = {
      'a.example': [new SitePostponed(60_000, 'HTTP 503', true)],
      'b.example': [new HostBusy('b.example', 5)],
    };
    const { tools, flushed, asked, left } = makeTools(answers);
    const waiting = await crawlChunk(sites('a.example', 'b.example', 'c.example'), tools);
    expect(waiting.map(({ site }) => site.host).toSorted()).toEqual(['a.example', 'b.example']);
    expect(flushed).toEqual(['c.example']);
    expect(asked).toHaveLength(3);
    expect(left).toHaveLength(3);
  });

  it('leaves a host that two sites use when the second of them has ended', async () => {
    const { tools, left } = makeTools();
    let endSecond: () => void = () => {};
    const seen: boolean[] = [];
    tools.crawlSite = async ({ host }, holdHost) => {
      await holdHost('www.example', 0);
      if (host === 'b.example') await new Promise<void>((resolve) => (endSecond = resolve));
      return makeSiteResult(host, []);
    };
    const { add } = tools.flusher;
    tools.flusher.add = async (site) => {
      await add.call(tools.flusher, site);
      setImmediate(() => {
        seen.push(left.includes('www.example'));
        endSecond();
      });
    };
    await crawlChunk(sites('a.example', 'b.example'), tools);
    expect(seen[0]).toBe(false);
    expect(left.toSorted()).toEqual(['a.example', 'b.example', 'www.example']);
  });

  it('stops the others when one fails', async () => {
    const { tools } = makeTools({ 'a.example': [new Error('boom')] });
    await expect(crawlChunk(sites('a.example', 'b.example'), tools)).rejects.toThrow('boom');
    expect(tools.controller.signal.aborted).toBe(true);
  });
});
