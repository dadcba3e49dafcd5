import { describe, expect, it } from 'vitest';
import { isWorthFollowing, normaliseUrl } from './crawl-url.js';
import { Frontier } from './frontier.js';
import { scoreLink } from './link-score.js';
import { SiteScope } from './same-site.js';

const ORIGIN = 'https://a.example';

function drain(frontier: Frontier): string[] {
  const urls: string[] = [];
  for (let entry = frontier.next(); entry !== null; entry = frontier.next()) urls.push(entry.url.pathname);
  return urls;
}

describe('Frontier', () => {
  it('hands out seeds, then contact pages, legal notices, about pages, then the rest as found', () => {
    const frontier = new Frontier();
    for (const path of ['/z', '/team', '/y', '/impressum', '/kontakt']) frontier.addLink(ORIGIN + path, '', 1);
    frontier.addSeed(new URL(`${ORIGIN}/seed`), null);
    expect(drain(frontier)).toEqual(['/seed', '/kontakt', '/impressum', '/team', '/z', '/y']);
  });

  it('knows a page again by any of its spellings', () => {
    const frontier = new Frontier();
    for (const url of ['/a?b=1', '/a?b=1#c', '/x/../a?b=1', '/a?b=1&utm_source=d', '/a?gclid=1&b=1'])
      frontier.addLink(ORIGIN + url, '', 1);
    frontier.addLink('http://A.example:80/a?b=1', '', 1);
    expect(drain(frontier)).toEqual(['/a']);
  });

  it('holds a bounded number of links', () => {
    const frontier = new Frontier();
    for (let page = 0; page < 20_000; page += 1) frontier.addLink(`${ORIGIN}/${page}`, '', 1);
    expect(drain(frontier)).toHaveLength(10_000);
  });
});

describe('isWorthFollowing', () => {
  it.each(['/', '/contact', '/contact.html', '/a/b/a/c', '/page.php?x=y.pdf'])('follows %s', (path) => {
    expect(isWorthFollowing(new URL(ORIGIN + path))).toBe(true);
  });

  it.each([
    '/a.pdf',
    '/b.JPG',
    '/feed.xml',
    '/a/a/a',
    '/x/a/x/b/x',
    `/${'a/b'.repeat(30)}`.replaceAll('ab', 'a/b'),
    `/${Array.from({ length: 21 }, (_, depth) => depth).join('/')}`,
  ])('does not follow %s', (path) => {
    expect(isWorthFollowing(new URL(ORIGIN + path))).toBe(false);
  });
});

describe('normaliseUrl', () => {
  it('refuses other schemes and overlong URLs', () => {
    expect(normaliseUrl('ftp://a.example/')).toBeNull();
    expect(normaliseUrl('not a url')).toBeNull();
    expect(normaliseUrl(`${ORIGIN}/${'a'.repeat(2048)}`)).toBeNull();
  });

  it('leaves the rest of a query as it is written', () => {
    expect(normaliseUrl(`${ORIGIN}/?q=a+b%20c&utm_medium=x&d`)?.href).toBe(`${ORIGIN}/?q=a+b%20c&d`);
  });
});

describe('scoreLink', () => {
  it.each([
    ['/kontakt', '', 3],
    ['/p/12', 'お問い合わせ', 3],
    ['/%D0%BA%D0%BE%D0%BD%D1%82%D0%B0%D0%BA%D1%82%D1%8B', '', 3],
    ['/x', 'Contáctenos / Contacto', 3],
    ['/contatti', '', 3],
    ['/yhteystiedot', '', 3],
    ['/iletisim', '', 3],
    ['/x', 'Get-in-touch', 3],
    ['/impressum', '', 2],
    ['/mentions-legales', '', 2],
    ['/privacy-policy', '', 2],
    ['/uber-uns', '', 1],
    ['/x', 'Our team', 1],
    ['/o-nas', '', 1],
    ['/products', 'Products', 0],
    ['/x', 'seamless', 0],
  ])('rates %s "%s" as %i', (path, text, score) => {
    expect(scoreLink(new URL(ORIGIN + path), text)).toBe(score);
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
