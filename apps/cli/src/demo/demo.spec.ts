import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeEmail, makeSite } from '../../../../test/support/fake-gateway.js';
import { findPackageRoot } from '../package-root.js';
import type { DemoSite } from './demo-site.js';
import { DEMO_SITES } from './demo-sites.js';
import { DemoWeb } from './demo-web.js';
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
