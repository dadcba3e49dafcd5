import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#common/config/load-config.js';
import { type JobSpec, jobSpec } from '#common/contracts/job-spec.js';
import { origin } from '#common/contracts/origin.js';
import { startFakeSearch } from '../../../../test/support/search/fake-search.js';
import { createSiteCrawler } from '../crawl/create-site-crawler.js';
import { LocalServer } from '../fetch/testing/local-server.js';
import { SitePostponed } from '../hosts/site-postponed.js';
import { makeClient } from '../search/testing/canned-search.js';
import { createSources } from './create-sources.js';
import { type FoundPage, type Source, SourceError, type SourceHooks, type Usage } from './source.js';

const PAGES = ['http://a.example/', 'http://b.example/contact'];

/** A source with PAGES planted; `break` makes the service behind it answer with errors. */
interface Planted {
  source: Source;
  spec: JobSpec;
  query: string;
  break(): void;
  requests(): number;
  close(): Promise<void>;
}

const makeSources = (env: Record<string, string>) => {
  const config = loadConfig({}, { HOST_DELAY_MS: '0', PROVIDER_DELAY_MS: '0', ...env });
  const crawler = createSiteCrawler({
    userAgent: 'Gleaner/test',
    maxConcurrentFetches: 5,
    egressAllow: ['127.0.0.1'],
    dnsServers: [],
  });
  const client = makeClient();
  return { sources: createSources(config, client, crawler), close: () => (client.close(), crawler.close()) };
};

const SOURCES: [type: string, plant: () => Promise<Planted>][] = [
  [
    'search',
    async () => {
      const results = PAGES.map((url) => ({ url, title: url, snippet: '' }));
      const engine = await startFakeSearch({ provider: 'searxng', results: () => results });
      const { sources, close } = makeSources(engine.env);
      const spec = jobSpec.parse({ source: { type: 'search', providers: ['searxng'], skipDomains: [] } });
      return {
        source: sources.get('search'),
        spec,
        query: 'mills',
        break: () => engine.failAlways({ kind: 'status', status: 500 }),
        requests: () => engine.requests.length,
        close: async () => (close(), engine.close()),
      };
    },
  ],
  [
    'sitemap',
    async () => {
      let isBroken = false;
      const server = await LocalServer.start((request, response) => {
        if (request.url === '/robots.txt') return void response.writeHead(404).end();
        if (isBroken) return void response.writeHead(500).end();
        response.end(`<urlset>${PAGES.map((url) => `<url><loc>${url}</loc></url>`).join('')}</urlset>`);
      });
      const { sources, close } = makeSources({});
      return {
        source: sources.get('sitemap'),
        spec: jobSpec.parse({ source: { type: 'sitemap' } }),
        query: server.url('/sitemap.xml'),
        break: () => (isBroken = true),
        requests: () => server.pagesAsked.length,
        close: async () => (close(), server.close()),
      };
    },
  ],
];

describe.each(SOURCES)('the source %s', (_, plant) => {
  let planted: Planted;
  let saved: FoundPage[];
  let usage: Usage[];
  beforeEach(async () => {
    planted = await plant();
    [saved, usage] = [[], []];
  });
  afterEach(() => planted.close());

  const ask = (over: Partial<SourceHooks> = {}) => {
    const { source, spec, query } = planted;
    const hooks: SourceHooks = {
      signal: new AbortController().signal,
      save: async (pages) => void saved.push(...pages),
      count: async (_provider, counted) => void usage.push(counted),
      turn: (_host, _delayMs, work) => work(),
      pause: () => {},
      holdHost: async () => {},
      isHeld: () => true,
      ...over,
    };
    return source.find({ spec, query, page: 0 }, hooks);
  };

  it('keeps every page it finds, with what led to it', async () => {
    expect(await ask()).toMatchObject({ results: PAGES.length });
    expect(saved.map(({ url }) => url)).toEqual(PAGES);
    for (const page of saved) expect(page.origin === null || origin.safeParse(page.origin).success).toBe(true);
  });

  it('says that the service did not answer, and keeps nothing', async () => {
    planted.break();
    const error = await ask().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({
      code: expect.stringMatching(/^(?:connection|http_5xx)$/),
      retry: { isFinal: false },
    });
    expect((error as SourceError).message).toContain('500');
    expect(saved).toEqual([]);
  });

  it('asks nothing while it is not its turn', async () => {
    const busy = new SitePostponed(3000, 'another worker asks', false);
    const refuse = async (): Promise<never> => {
      throw busy;
    };
    await expect(ask({ turn: refuse, holdHost: refuse })).rejects.toBe(busy);
    expect(planted.requests()).toBe(0);
    expect(usage).toEqual([]);
  });

  it('stops with the reason of an abort', async () => {
    const reason = new Error('cancelled');
    await expect(ask({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(saved).toEqual([]);
  });

  it('does not go on where what it found cannot be kept', async () => {
    const lost = new Error('fenced');
    const save = async (): Promise<void> => {
      throw lost;
    };
    await expect(ask({ save })).rejects.toBe(lost);
  });
});
