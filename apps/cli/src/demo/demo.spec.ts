import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeEmail, makeJobAnswer, makeSite, makeSource } from '../../../../test/support/fake-gateway.js';
import { findPackageRoot } from '../package-root.js';
import type { DemoSite } from './demo-site.js';
import { DEMO_SITES } from './demo-sites.js';
import { DemoWeb } from './demo-web.js';
import { DemoSearch } from './demo-search.js';
import { SearchIndex } from './search-index.js';
import { findFaults } from './search-score.js';
import { describeScore, isPassed, scoreDemo } from './score.js';

describe('the demo sites', () => {
  it('are exactly the folders of the demo web', () => {
    const folders = readdirSync(join(findPackageRoot(), 'apps/cli/demo-web')).sort();
    expect(DEMO_SITES.flatMap(({ folder }) => folder ?? []).sort()).toEqual(folders);
  });

  it('plant no address twice', () => {
    const all = DEMO_SITES.flatMap(({ planted, harder = [], never = [] }) => [...planted, ...harder, ...never]);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('DemoWeb', () => {
  let web: DemoWeb;
  const urlOf = (title: RegExp, path = '/'): string => {
    const [host] = [...web.sites].find(([, site]) => title.test(site.title)) ?? [];
    return `http://${host}${path}`;
  };

  beforeEach(async () => {
    web = await DemoWeb.start(DEMO_SITES);
  });
  afterEach(() => web.close());

  it('serves every site on a port of its own', async () => {
    expect(new Set(web.hosts).size).toBe(DEMO_SITES.length);
    expect(await (await fetch(urlOf(/Bakery/))).text()).toContain('Backstube Kornblume');
    expect((await fetch(urlOf(/Bakery/, '/nothing-here'))).status).toBe(404);
  });

  it('redirects, and answers with the status of a site that is gone', async () => {
    expect((await fetch(urlOf(/Winery/))).url).toMatch(/\/pt\/$/);
    expect((await fetch(urlOf(/Moved away/))).status).toBe(410);
  });

  it('leaves the charset to the pages', async () => {
    const response = await fetch(urlOf(/Newspaper/));
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(new TextDecoder('windows-1252').decode(await response.arrayBuffer())).toContain('fête');
  });

  it('refuses connections to the dead host, as long as it is up', async () => {
    await expect(fetch(urlOf(/Dead/))).rejects.toThrow();
  });

  it.each(['/..%2f..%2fdemo-sites.ts', '/%2e%2e/law-firm/index.html', '/%ff', '/%00'])(
    'serves nothing outside of a site: %s',
    async (path) => {
      expect((await fetch(urlOf(/Bakery/, path))).status).toBe(404);
    },
  );
});

describe('DemoSearch', () => {
  let web: DemoWeb;
  let search: DemoSearch;
  const ask = (path: string): Promise<Response> => fetch(new URL(path, search.url));
  const find = async (query: string, pageno = 1): Promise<{ url: string; title: string; content: string }[]> => {
    const response = await ask(`/search?${new URLSearchParams({ q: query, format: 'json', pageno: String(pageno) })}`);
    return ((await response.json()) as { results: [] }).results;
  };

  beforeEach(async () => {
    web = await DemoWeb.start(DEMO_SITES);
    search = await DemoSearch.start(await SearchIndex.build(web));
  });
  afterEach(async () => {
    await search.close();
    await web.close();
  });

  it('finds sites by their words, after a social network, as the pages describe themselves', async () => {
    const [social, first] = await find('newspaper contact');
    expect(new URL(social?.url ?? '').hostname).toBe('www.facebook.com');
    expect(web.sites.get(new URL(first?.url ?? '').host)?.title).toMatch(/^Newspaper/);
    expect(first).toMatchObject({
      title: 'Le Courrier du Vallon',
      content: expect.stringContaining('La fête du pont'),
    });
  });

  it('goes on from page to page without repeating itself, to an empty one', async () => {
    const pages = [await find('the and of de', 1), await find('the and of de', 2), await find('the and of de', 9)];
    expect(pages.map((page) => page.length > 0)).toEqual([true, true, false]);
    const urls = pages.flat().map(({ url }) => url);
    expect(new Set(urls).size).toBe(urls.length);
  });

  it('knows no site that does not answer', async () => {
    for (const title of ['moved away', 'dead host']) expect(await find(title)).toHaveLength(1);
  });

  it('answers nothing but searches', async () => {
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/search?q=x')).status).toBe(404);
  });
});

describe('findFaults', () => {
  const host = '127.0.0.1:1';
  const plan = {
    sites: new Map([[host, { title: 'X', outcome: 'found' as const, planted: ['a@x.de'], never: ['c@x.de'] }]]),
    target: 1,
  };
  const origin = { type: 'search', provider: 'searxng', query: 'x', page: 0, rank: 2 } as const;
  const usage = [{ provider: 'searxng', requests: 1, results: 2, skipped: 1 }];
  const good = {
    job: makeJobAnswer({ usage }),
    emails: [makeEmail({ address: 'A@x.de', sources: [makeSource({ origin })] })],
    sites: [makeSite({ host })],
  };

  it('has nothing to say against a search that stops at its target', () => {
    expect(findFaults(good, plan)).toEqual([]);
  });

  it.each([
    ['an end without success', { job: makeJobAnswer({ usage, status: 'failed', error: 'why' }) }, 'is failed: why'],
    ['fewer addresses', { emails: [] }, '0 addresses, not 1'],
    ['more addresses', { emails: [...good.emails, ...good.emails] }, '2 addresses, not 1'],
    ['an address of unknown origin', { emails: [makeEmail({ address: 'a@x.de' })] }, 'which search led to it'],
    ['a social network that was visited', { job: makeJobAnswer({ usage: [] }) }, 'no social network was left out'],
    ['a forbidden address', { emails: [{ ...good.emails[0]!, address: 'c@x.de' }] }, 'must not be: c@x.de'],
    ['a foreign site', { sites: [makeSite({ host: 'b.example' })] }, 'no site of the demo: b.example'],
  ])('names %s', (_, change, fault) => {
    expect(findFaults({ ...good, ...change }, plan)).toEqual([expect.stringContaining(fault)]);
  });
});

describe('scoreDemo', () => {
  const site: DemoSite = {
    folder: 'x',
    title: 'X',
    outcome: 'found',
    planted: ['a@x.de'],
    harder: ['b@x.de'],
    never: ['c@x.de'],
  };
  const sites = new Map([['127.0.0.1:1', site]]);
  const results = [makeSite({ host: '127.0.0.1:1' })];
  const emailsOf = (...addresses: string[]) => addresses.map((address) => makeEmail({ address }));

  it('passes without the hidden ones, and whatever the case', () => {
    const score = scoreDemo(sites, emailsOf('A@x.de'), results);
    expect(isPassed(score)).toBe(true);
    expect(describeScore(score, 6.25)).toEqual(['found 1 of 1 planted addresses in 6.3 s, and 0 of 1 hidden ones']);
  });

  it('names what is missing, forbidden, unknown or ended otherwise', () => {
    const score = scoreDemo(sites, emailsOf('c@x.de', 'd@x.de'), []);
    expect(isPassed(score)).toBe(false);
    expect(describeScore(score, 1).slice(1)).toEqual([
      'missed: a@x.de',
      'found, but must not be: c@x.de',
      'found, but never planted: d@x.de',
      'unexpected outcome: X: no outcome instead of found',
    ]);
  });
});
