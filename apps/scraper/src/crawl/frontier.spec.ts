import { describe, expect, it } from 'vitest';
import { Frontier, type FrontierEntry } from './frontier.js';
import { SiteScope } from './same-site.js';

const ORIGIN = 'https://a.example';
let fingerprints = 0;

function entries(frontier: Frontier): FrontierEntry[] {
  const found: FrontierEntry[] = [];
  for (let entry = frontier.next(); entry !== null; entry = frontier.next()) found.push(entry);
  return found;
}

function drain(frontier: Frontier): string[] {
  return entries(frontier).map(({ url }) => url.pathname + url.search);
}

function frontierOf(...links: (string | [path: string, text: string])[]): Frontier {
  const frontier = new Frontier();
  for (const link of links) {
    const [path, text] = typeof link === 'string' ? [link, ''] : link;
    frontier.addLink(path.startsWith('http') ? path : ORIGIN + path, text, 1);
  }
  return frontier;
}

/** Takes the next page and notes that it was read, and was like no other. */
function visit(frontier: Frontier): string | undefined {
  const entry = frontier.next();
  if (entry !== null) frontier.notePage(entry, { fingerprint: `f${(fingerprints += 1)}`, newAddresses: 0 });
  return entry?.url.pathname;
}

describe('Frontier', () => {
  it('hands out seeds, then contact pages, legal notices, about pages, then the rest as found', () => {
    const frontier = frontierOf('/z', '/team', '/y', '/impressum', '/kontakt');
    frontier.addSeed(new URL(`${ORIGIN}/seed`), null);
    expect(drain(frontier)).toEqual(['/seed', '/kontakt', '/impressum', '/team', '/z', '/y']);
  });

  it('says why each page is visited', () => {
    const frontier = frontierOf(['/kontakt', 'Kontakt'], '/x');
    frontier.addSeed(new URL(`${ORIGIN}/seed`), null);
    frontier.addSitemapUrl(`${ORIGIN}/impressum`, 1);
    expect(entries(frontier).map(({ kind, reason, isSeed }) => [kind, reason, isSeed])).toEqual([
      ['other', 'seed', true],
      ['contact', 'contact: "kontakt" in path and text', false],
      ['legal', 'sitemap: legal: "impressum" in path', false],
      ['other', 'link', false],
    ]);
  });

  it('knows a page again by any of its spellings, and fetches the first', () => {
    const spellings = [
      '/a?b=1&c',
      '/a?b=1&c#d',
      '/x/../a?b=1&c',
      '/a?c&b=1',
      '/a?gclid=1&b=1&c',
      'http://www.A.example:80/a/?b=1&c',
    ];
    expect(drain(frontierOf(...spellings))).toEqual(['/a?b=1&c']);
  });

  it('moves a page up when a better name for it comes along, and hands it out once', () => {
    const frontier = frontierOf('/x', '/p/7', '/y', ['/p/7', 'Kontakt'], ['/p/7', 'Contact us']);
    expect(entries(frontier).map(({ url, reason }) => [url.pathname, reason])).toEqual([
      ['/p/7', 'contact: "kontakt" in text'],
      ['/x', 'link'],
      ['/y', 'link'],
    ]);
    expect(frontier.isEmpty).toBe(true);
  });

  it('keeps the shortest way to a page', () => {
    const frontier = new Frontier();
    frontier.addLink(`${ORIGIN}/a`, '', 3);
    frontier.addLink(`${ORIGIN}/a`, '', 1);
    expect(frontier.next()?.depth).toBe(1);
  });

  it('does not hand out what was claimed', () => {
    const frontier = new Frontier();
    expect(frontier.claim(new URL(`${ORIGIN}/a`))).toBe(true);
    expect(frontier.claim(new URL(`${ORIGIN}/a/`))).toBe(false);
    frontier.addLink(`${ORIGIN}/a`, '', 1);
    expect([frontier.isEmpty, frontier.next()]).toEqual([true, null]);
  });

  it('holds a bounded number of links, and keeps room for those that promise something', () => {
    const frontier = new Frontier();
    for (let page = 0; page < 20_000; page += 1)
      frontier.addLink(`${ORIGIN}/${'abcdefghij'[page % 10]}-${page}`, '', 1);
    frontier.addLink(`${ORIGIN}/kontakt`, '', 1);
    expect(frontier.next()?.url.pathname).toBe('/kontakt');
  });

  it('holds bounded text', () => {
    const frontier = new Frontier();
    for (let page = 0; page < 5000; page += 1) frontier.addLink(`${ORIGIN}/${page}/${'a'.repeat(1900)}`, '', 1);
    let count = 0;
    for (let known = 0; known < 5000; known += 1)
      if (!frontier.claim(new URL(`${ORIGIN}/${known}/${'a'.repeat(1900)}`))) count += 1;
    expect(count).toBeLessThan(1000);
  });

  it('hands out numbered pages behind all others', () => {
    const numbered = Array.from({ length: 10 }, (_, page) => `/page/${page}`);
    expect(drain(frontierOf(...numbered, '/x', '/y'))).toEqual([
      ...numbered.slice(0, 4),
      '/x',
      '/y',
      ...numbered.slice(4),
    ]);
  });

  it('never drops a contact page for its number', () => {
    const frontier = frontierOf(...Array.from({ length: 100 }, (_, id) => `/index.php?id=${id}`), [
      '/index.php?id=999',
      'Contact',
    ]);
    expect(frontier.next()?.url.search).toBe('?id=999');
  });

  describe('with a sitemap', () => {
    it('takes from it what promises an address, after links that promise as much', () => {
      const frontier = new Frontier();
      for (const path of ['/products', '/contact', '/about', '/2024/05/contact'])
        frontier.addSitemapUrl(ORIGIN + path, 1);
      frontier.addLink(`${ORIGIN}/kontakt`, '', 1);
      frontier.addLink(`${ORIGIN}/x`, '', 1);
      expect(drain(frontier)).toEqual(['/kontakt', '/contact', '/about', '/x']);
    });

    it('takes a bounded number', () => {
      const frontier = new Frontier();
      for (let page = 0; page < 1000; page += 1) frontier.addSitemapUrl(`${ORIGIN}/${'x'.repeat(page)}/contact`, 1);
      expect(drain(frontier)).toHaveLength(100);
    });

    it('says whether it is worth asking', () => {
      const frontier = frontierOf('/x');
      expect([frontier.hasContactPage, frontier.hasVisitedContactPage]).toEqual([false, false]);
      frontier.addLink(`${ORIGIN}/contact`, '', 1);
      expect([frontier.hasContactPage, frontier.hasVisitedContactPage]).toEqual([true, false]);
      visit(frontier);
      expect([frontier.hasContactPage, frontier.hasVisitedContactPage]).toEqual([true, true]);
    });
  });

  it('puts the contact page in other languages off once one was read', () => {
    const frontier = frontierOf(
      '/de/kontakt',
      '/en/contact',
      '/fr/contact',
      '/de/kontakt/anfahrt',
      '/de/impressum',
      '/de/produkte',
      '/de/ueber-uns',
    );
    const order = Array.from({ length: 7 }, () => visit(frontier));
    expect(order).toEqual([
      '/de/kontakt',
      '/de/kontakt/anfahrt',
      '/de/impressum',
      '/de/ueber-uns',
      '/en/contact',
      '/fr/contact',
      '/de/produkte',
    ]);
  });

  describe('told a canonical address', () => {
    it('does not fetch the page again under it', () => {
      const frontier = frontierOf('/a');
      frontier.noteCanonical(new URL(`${ORIGIN}/a?variant=2`), `${ORIGIN}/b`);
      frontier.addLink(`${ORIGIN}/b`, '', 1);
      expect(drain(frontier)).toEqual(['/a']);
    });

    it('drops nothing that waits, and does not take any page for the contact page', () => {
      const frontier = frontierOf('/', '/contact');
      frontier.noteCanonical(new URL(`${ORIGIN}/x`), `${ORIGIN}/`);
      frontier.noteCanonical(new URL(`${ORIGIN}/y`), `${ORIGIN}/kontakt`);
      frontier.addLink(`${ORIGIN}/kontakt`, '', 1);
      expect(drain(frontier)).toEqual(['/contact', '/kontakt', '/']);
    });
  });

  it('stops early on a site that answers every address with the same page', () => {
    const frontier = frontierOf('/contact', '/about');
    let pages = 0;
    for (let entry = frontier.next(); entry !== null && pages < 1000; entry = frontier.next()) {
      pages += 1;
      if (!frontier.notePage(entry, { fingerprint: 'same', newAddresses: 0 })) continue;
      for (let link = 0; link < 50; link += 1) frontier.addLink(`${ORIGIN}/${'abcde'.repeat(link)}`, '', 1);
    }
    expect(pages).toBeLessThan(15);
  });

  it('stays within five hosts besides the seeds', () => {
    const frontier = frontierOf(...Array.from({ length: 100 }, (_, host) => `https://h${host}.a.example/`), '/x');
    frontier.addSeed(new URL(ORIGIN), null);
    expect(drain(frontier)).toHaveLength(7);
  });
});

describe('SiteScope', () => {
  const includes = (sameSite: boolean, seed: string, url: string): boolean => {
    const scope = new SiteScope(sameSite);
    scope.add(new URL(seed));
    return scope.includes(new URL(url));
  };

  it('is the registrable domain', () => {
    expect(includes(true, 'https://www.acme.co.uk/', 'http://shop.acme.co.uk:8080/')).toBe(true);
    expect(includes(true, 'https://www.acme.co.uk/', 'https://mill.co.uk/')).toBe(false);
    expect(includes(true, 'https://acme.github.io/', 'https://mill.github.io/')).toBe(false);
  });

  it('is the host and port where there is no domain, or where only the host is wanted', () => {
    expect(includes(true, 'http://127.0.0.1:1000/', 'http://127.0.0.1:1000/x')).toBe(true);
    expect(includes(true, 'http://127.0.0.1:1000/', 'http://127.0.0.1:2000/')).toBe(false);
    expect(includes(false, 'https://www.acme.de/', 'https://acme.de/')).toBe(false);
    expect(includes(false, 'https://www.acme.de/', 'http://www.acme.de/')).toBe(true);
  });
});
