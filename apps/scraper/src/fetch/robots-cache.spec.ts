import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { EgressGuard } from '#common/egress/egress-guard.js';
import { PageFetcher } from './page-fetcher.js';
import { RobotsCache } from './robots-cache.js';
import { LocalServer, redirectTo, sendHtml } from './testing/local-server.js';

const closers: (() => void | Promise<void>)[] = [];
const never = new AbortController().signal;

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function makeCache(
  pages: Record<string, string | RequestListener>,
): Promise<{ server: LocalServer; cache: RobotsCache; home: URL }> {
  const server = await LocalServer.serve(pages);
  const guard = new EgressGuard({ allow: [server.host] });
  const fetcher = new PageFetcher(guard, { userAgent: 'Gleaner/test', maxConcurrentFetches: 4 });
  const cache = new RobotsCache(fetcher);
  closers.push(
    () => cache.close(),
    () => fetcher.close(),
    () => server.close(),
  );
  return { server, cache, home: new URL(server.url('/')) };
}

describe('RobotsCache', () => {
  it('asks each origin once, also when many crawls ask at the same time', async () => {
    const { server, cache, home } = await makeCache({ '/robots.txt': 'User-agent: *\nDisallow: /x' });
    await Promise.all([cache.read(home, never), cache.read(home, never)]);
    const { rules, exists } = await cache.read(home, never);
    expect([exists, rules.isAllowed(server.url('/x')), rules.isAllowed(server.url('/y'))]).toEqual([true, false, true]);
    expect(server.requests).toHaveLength(1);
  });

  it('allows everything where there is no file, nothing where the server fails', async () => {
    const missing = await makeCache({});
    expect((await missing.cache.read(missing.home, never)).rules.isAllowed(missing.server.url('/x'))).toBe(true);
    const failing = await makeCache({ '/robots.txt': (_request, response) => sendHtml(response, 'x', 500) });
    const answer = await failing.cache.read(failing.home, never);
    expect([answer.rules.isAllowed(failing.server.url('/x')), answer.failure?.code]).toEqual([false, 'http_5xx']);
  });

  it('applies the file a redirect leads to, and reads no more than 500 KiB of it', async () => {
    const long = `User-agent: *\nDisallow: /x\n${'#'.repeat(500 * 1024)}\nDisallow: /y`;
    const { server, cache, home } = await makeCache({ '/robots.txt': redirectTo('/rules'), '/rules': long });
    const { rules } = await cache.read(home, never);
    expect([rules.isAllowed(server.url('/x')), rules.isAllowed(server.url('/y'))]).toEqual([false, true]);
  });

  it('leaves the others their answer when one crawl gives up waiting', async () => {
    const { cache, home } = await makeCache({ '/robots.txt': 'User-agent: *' });
    const impatient = new AbortController();
    const [first, second] = [cache.read(home, impatient.signal), cache.read(home, never)];
    impatient.abort(new Error('cancelled'));
    await expect(first).rejects.toThrow('cancelled');
    expect((await second).exists).toBe(true);
  });
});
