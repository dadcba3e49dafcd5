import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EgressGuard } from '#common/egress/egress-guard.js';
import { DATABASES, type TestDatabase } from '../../../../test/support/test-database.js';
import { PageFetcher } from './page-fetcher.js';
import { RobotsCache } from './robots-cache.js';
import { RobotsStore } from './robots.store.js';
import { LocalServer, redirectTo, sendHtml } from './testing/local-server.js';

const closers: (() => unknown)[] = [];
const never = new AbortController().signal;

afterEach(async () => {
  vi.useRealTimers();
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(pages: Record<string, string | RequestListener>): Promise<LocalServer> {
  const server = await LocalServer.serve(pages);
  closers.push(() => server.close());
  return server;
}

/** The cache of one replica. */
function makeReplica(server: LocalServer, store: RobotsStore | null = null): RobotsCache {
  const guard = new EgressGuard({ allow: [server.host] });
  const fetcher = new PageFetcher(guard, { userAgent: 'Gleaner/test', maxConcurrentFetches: 4, retryDelayMs: 1 });
  const cache = new RobotsCache(fetcher, store);
  closers.push(
    () => fetcher.close(),
    () => cache.close(),
  );
  return cache;
}

async function makeCache(
  pages: Record<string, string | RequestListener>,
): Promise<{ server: LocalServer; cache: RobotsCache; home: URL }> {
  const server = await serve(pages);
  return { server, cache: makeReplica(server), home: new URL(server.url('/')) };
}

const sendStatus =
  (status: number, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers);
    response.end('User-agent: *\nDisallow: /y');
  };

describe('RobotsCache', () => {
  it('asks each origin once, also when many crawls ask at the same time', async () => {
    const { server, cache, home } = await makeCache({ '/robots.txt': 'User-agent: *\nDisallow: /x' });
    await Promise.all([cache.read(home, never), cache.read(home, never)]);
    const { rules, exists } = await cache.read(home, never);
    expect([exists, rules.isAllowed(server.url('/x')), rules.isAllowed(server.url('/y'))]).toEqual([true, false, true]);
    expect(server.requests).toHaveLength(1);
  });

  it.each([404, 410, 401, 403, 400, 451])('takes a %i for no file: all is allowed', async (status) => {
    const { server, cache, home } = await makeCache({ '/robots.txt': sendStatus(status) });
    const answer = await cache.read(home, never);
    expect(answer).toMatchObject({ status: 'absent', exists: false, failure: null, reason: `HTTP ${status}` });
    expect(answer.rules.isAllowed(server.url('/y'))).toBe(true);
  });

  it.each([
    [429, 'http_4xx'],
    [500, 'http_5xx'],
    [503, 'http_5xx'],
  ])('takes a %i for "stay out": nothing is allowed', async (status, code) => {
    const { server, cache, home } = await makeCache({ '/robots.txt': sendStatus(status) });
    const answer = await cache.read(home, never);
    expect([answer.status, answer.failure?.code]).toEqual(['unreadable', code]);
    expect(answer.rules.isAllowed(server.url('/x'))).toBe(false);
  });

  it('allows nothing where the file ends before its end', async () => {
    const half: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('User-agent: *\nDisallow: /x', () => response.destroy());
    };
    const { server, cache, home } = await makeCache({ '/robots.txt': half });
    const answer = await cache.read(home, never);
    expect([answer.failure?.code, answer.rules.isAllowed(server.url('/y'))]).toEqual(['connection', false]);
  });

  it('follows five redirects; after a sixth there is no file', async () => {
    const hops = Object.fromEntries([1, 2, 3, 4, 5].map((hop) => [`/${hop}`, redirectTo(`/${hop + 1}`)]));
    const pages = { ...hops, '/6': 'User-agent: *\nDisallow: /x' };
    const five = await makeCache({ ...pages, '/robots.txt': redirectTo('/2') });
    expect((await five.cache.read(five.home, never)).rules.isAllowed(five.server.url('/x'))).toBe(false);
    const six = await makeCache({ ...pages, '/robots.txt': redirectTo('/1') });
    const answer = await six.cache.read(six.home, never);
    expect([answer.status, answer.rules.isAllowed(six.server.url('/x'))]).toEqual(['absent', true]);
  });

  it('applies the file a redirect to another host leads to, but never follows one to a forbidden address', async () => {
    const canary = await serve({ '/robots.txt': 'User-agent: *\nAllow: /' });
    const { server, cache, home } = await makeCache({ '/robots.txt': redirectTo(canary.url('/robots.txt')) });
    const answer = await cache.read(home, never);
    expect([answer.failure?.code, answer.rules.isAllowed(server.url('/x'))]).toEqual(['blocked_egress', false]);
    expect(canary.requests).toHaveLength(0);
  });

  it('reads no more than 500 KiB, and does not take a cut line for a rule', async () => {
    const start = 'User-agent: *\nDisallow: /x\n#';
    const cutAt = 500 * 1024 - '\nDisallow: /'.length;
    const long = `${start.padEnd(cutAt, '#')}\nDisallow: /private\nDisallow: /y`;
    const { server, cache, home } = await makeCache({ '/robots.txt': long });
    const { rules } = await cache.read(home, never);
    const allowed = ['/x', '/y', '/'].map((path) => rules.isAllowed(server.url(path)));
    expect(allowed).toEqual([false, true, true]);
  });

  it('hands out the sitemaps of the file', async () => {
    const { cache, home } = await makeCache({ '/robots.txt': 'Sitemap: https://a.example/s.xml' });
    expect((await cache.read(home, never)).sitemaps).toEqual(['https://a.example/s.xml']);
  });

  it('reads the file as UTF-8 whatever its header says, unless it is not', async () => {
    const sendIn =
      (encoding: BufferEncoding): RequestListener =>
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' });
        response.end(Buffer.from('User-agent: *\nDisallow: /über', encoding));
      };
    for (const encoding of ['utf8', 'latin1'] as const) {
      const { server, cache, home } = await makeCache({ '/robots.txt': sendIn(encoding) });
      expect((await cache.read(home, never)).rules.isAllowed(server.url('/über-uns'))).toBe(false);
    }
  });

  it('leaves the others their answer when one crawl gives up waiting', async () => {
    const { cache, home } = await makeCache({ '/robots.txt': 'User-agent: *' });
    const impatient = new AbortController();
    const [first, second] = [cache.read(home, impatient.signal), cache.read(home, never)];
    impatient.abort(new Error('cancelled'));
    await expect(first).rejects.toThrow('cancelled');
    expect((await second).exists).toBe(true);
  });

  it('asks again after a minute where it failed, after a day where it did not', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    let status = 500;
    const { server, cache, home } = await makeCache({
      '/robots.txt': (_request, response) => sendHtml(response, 'User-agent: *', status),
    });
    const readAfter = async (ms: number): Promise<[string, number]> => {
      vi.advanceTimersByTime(ms);
      return [(await cache.read(home, never)).status, server.requests.length];
    };
    expect(await readAfter(0)).toEqual(['unreadable', 1]);
    expect(await readAfter(59_000)).toEqual(['unreadable', 1]);
    status = 200;
    expect(await readAfter(2_000)).toEqual(['found', 2]);
    expect(await readAfter(23 * 3600_000)).toEqual(['found', 2]);
    expect(await readAfter(3600_001)).toEqual(['found', 3]);
  });
});

describe('RobotsCache, told when to come back', () => {
  it('does not ask before', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { server, cache, home } = await makeCache({ '/robots.txt': sendStatus(429, { 'retry-after': '300' }) });
    const askedAfter = async (ms: number): Promise<number> => {
      vi.advanceTimersByTime(ms);
      await cache.read(home, never);
      return server.requests.length;
    };
    expect([await askedAfter(0), await askedAfter(299_000), await askedAfter(2_000)]).toEqual([1, 1, 2]);
  });
});

describe('RobotsCache, when the database fails', () => {
  it('leaves it alone for a while', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    let asked = 0;
    const broken: Pick<RobotsStore, 'read' | 'save'> = {
      read: () => Promise.reject(new Error(`asked ${(asked += 1)} times`)),
      save: () => Promise.reject(new Error('not saved')),
    };
    const cache = makeReplica(await serve({}), broken as RobotsStore);
    for (const ms of [0, 9_000, 2_000]) {
      vi.advanceTimersByTime(ms);
      // Each another origin, none within the bounds of the guard: the answer comes at once.
      await cache.read(new URL(`http://127.0.0.1:${ms + 10_000}/`), never);
    }
    expect(asked).toBe(2);
  });
});

describe.each(DATABASES)('RobotsCache of several replicas on $name', ({ create }) => {
  const connect = async (): Promise<{ database: TestDatabase; store: RobotsStore }> => {
    const database = await create();
    let dropped: Promise<void> | null = null;
    const drop = (): Promise<void> => (dropped ??= database.drop());
    closers.push(drop);
    return { database: { ...database, drop }, store: new RobotsStore(database.dataSource) };
  };

  it.each<[string, RequestListener]>([
    ['a file', (_request, response) => response.end('User-agent: *\nDisallow: /x*y\nSitemap: https://a.example/s')],
    ['no file', sendStatus(404)],
    ['a failing server', sendStatus(500)],
  ])('fetches once for all of them: %s', async (_, listener) => {
    const { store } = await connect();
    const server = await serve({ '/robots.txt': listener });
    const home = new URL(server.url('/'));
    const first = await makeReplica(server, store).read(home, never);
    const second = await makeReplica(server, store).read(home, never);
    expect(server.requests).toHaveLength(1);
    expect({ ...second, failure: null }).toEqual({ ...first, failure: null });
    expect(second.failure?.status).toEqual(first.failure?.status);
    expect([second.failure?.code, second.failure?.message]).toEqual([first.failure?.code, first.failure?.message]);
  });

  it.each([429, 503])('tells all of them when a server that answers %i wants to be asked again', async (status) => {
    const { store } = await connect();
    const server = await serve({ '/robots.txt': sendStatus(status, { 'retry-after': '300' }) });
    const home = new URL(server.url('/'));
    const first = await makeReplica(server, store).read(home, never);
    expect(first.failure).toMatchObject({ status, retryAfterMs: 300_000 });
    const { failure } = await makeReplica(server, store).read(home, never);
    expect(failure).toMatchObject({ code: first.failure?.code, status });
    expect(failure?.retryAfterMs).toBeGreaterThan(270_000);
    expect(failure?.retryAfterMs).toBeLessThanOrEqual(300_000);
    expect(server.requests).toHaveLength(1);
  });

  it('keeps to itself what may be its own fault, and does not take it from others', async () => {
    const { store } = await connect();
    const server = await serve({ '/robots.txt': 'User-agent: *' });
    const home = new URL(server.url('/'));
    const narrow = makeReplica({ host: '127.0.0.1:1' } as LocalServer, store);
    expect((await narrow.read(home, never)).failure?.code).toBe('blocked_egress');
    expect(await store.read(home.origin)).toBeNull();
    for (const errorCode of ['blocked_egress', 'dns', 'connection', 'timeout', 'tls']) {
      await store.save(home.origin, { status: 'unreadable', body: null, errorCode, error: 'no' }, 60_000);
      expect((await makeReplica(server, store).read(home, never)).status).toBe('found');
    }
    expect((await narrow.read(home, never)).status).toBe('unreadable');
  });

  it('does not keep an answer longer for having loaded it late', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { database, store } = await connect();
    const server = await serve({ '/robots.txt': 'User-agent: *' });
    const home = new URL(server.url('/'));
    await makeReplica(server, store).read(home, never);
    await database.dataSource.query('UPDATE robots_cache SET expires_at = expires_at - 23 * 3600000');
    const late = makeReplica(server, store);
    await late.read(home, never);
    vi.advanceTimersByTime(3600_001);
    await database.dataSource.query('UPDATE robots_cache SET expires_at = 1');
    await late.read(home, never);
    expect(server.requests).toHaveLength(2);
  });

  it('fetches a file whose row is not of this version', async () => {
    const { store } = await connect();
    const server = await serve({ '/robots.txt': 'User-agent: *\nDisallow: /x' });
    const home = new URL(server.url('/'));
    await store.save(home.origin, { status: 'found', body: '{"version":0}', errorCode: null, error: null }, 60_000);
    expect((await makeReplica(server, store).read(home, never)).rules.isAllowed(server.url('/x'))).toBe(false);
    expect((await store.read(home.origin))?.body).toContain('"-/x"');
  });

  it('goes on without the database when that fails', async () => {
    const { database, store } = await connect();
    const server = await serve({ '/robots.txt': 'User-agent: *' });
    const cache = makeReplica(server, store);
    await database.drop();
    expect((await cache.read(new URL(server.url('/')), never)).exists).toBe(true);
  });
});
