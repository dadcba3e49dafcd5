import { describe, expect, it } from 'vitest';
import { isWorthFollowing, normaliseUrl, pageKey } from './crawl-url.js';

const ORIGIN = 'https://a.example';

function absolute(url: string): string {
  return url.startsWith('http') ? url : ORIGIN + url;
}

function keyOf(url: string): string {
  const normalised = normaliseUrl(absolute(url));
  if (normalised === null) throw new Error(`${url} is not crawlable`);
  return pageKey(normalised);
}

describe('normaliseUrl', () => {
  it('refuses other schemes and overlong URLs', () => {
    expect(normaliseUrl('ftp://a.example/')).toBeNull();
    expect(normaliseUrl('not a url')).toBeNull();
    expect(normaliseUrl(`${ORIGIN}/${'a'.repeat(2048)}`)).toBeNull();
  });

  it.each([
    ['/?q=a+b%20c&utm_medium=x&d', '/?q=a+b%20c&d'],
    ['/a?', '/a'],
    ['/a?b=1#c', '/a?b=1'],
    [
      '/a?utm_source=x&utm-term=y&gclid=1&fbclid=2&mc_eid=3&_hsenc=4&pk_campaign=5&mtm_kwd=6&yclid=7&msclkid=8&igshid=9',
      '/a',
    ],
    ['/a?PHPSESSID=abc&x=1', '/a?x=1'],
    ['/a?sid=0123456789abcdef0123&x=1', '/a?x=1'],
    ['/a;jsessionid=1A2B3C?x=1', '/a?x=1'],
    ['/a?ref=footer', '/a'],
    ['/a?ref=producthunt.com', '/a'],
  ])('drops from %s what names no page', (url, expected) => {
    expect(normaliseUrl(ORIGIN + url)?.href).toBe(ORIGIN + expected);
  });

  it.each([
    '/a?id=5',
    '/a?ref=AB-1234',
    '/a?sid=12',
    '/a?session_id=7',
    '/a?b=2&a=1',
    '/a//b/',
    '/%7euser/%d0%bc',
    '/index.html',
    '/?lang=de',
    '/a?source=4',
    '/(S(abc123))/a.aspx',
    '/a?token=0123456789abcdef0123',
  ])('leaves %s as it is written', (url) => {
    expect(normaliseUrl(ORIGIN + url)?.href).toBe(ORIGIN + url);
  });
});

describe('pageKey', () => {
  it.each([
    ['/a', 'http://a.example/a'],
    ['/a', 'http://A.example:80/a'],
    ['/a', 'https://www.a.example/a'],
    ['/a', 'https://a.example./a'],
    ['/a', '/a/'],
    ['/a', '/x/../a'],
    ['/a', '//a'.replace('//', '/./')],
    ['/a/b', '/a//b'],
    ['/', '/index.html'],
    ['/', '/index.php'],
    ['/de', '/de/default.aspx'],
    ['/~user', '/%7Euser'],
    ['/%D0%BC', '/%d0%bc'],
    ['/%D0%BC', '/м'],
    ['/?a=1&b=2', '/?b=2&a=1'],
    ['/?a=1&b=2', '/?a=1&amp;b=2'],
    ['/?q=a%20b', '/?q=a+b'],
    ['/?a', '/?a='],
    ['/?a=1', '/?&a=1&'],
    ['/a.aspx', '/(S(x1y2z3))/a.aspx'],
    ['/a', '/a?s=0123456789abcdef0123456789abcdef'],
    ['/a', '/a?_=1690000000000'],
  ])('is one for %s and %s', (one, other) => {
    expect(keyOf(other)).toBe(keyOf(one));
  });

  it.each([
    ['/a', '/A'],
    ['/a', '/a.html'],
    ['/?a=1', '/?a=2'],
    ['/?a=1&a=2', '/?a=2&a=1'],
    ['/a%2Fb', '/a/b'],
    ['https://a.example/', 'https://b.a.example/'],
    ['https://a.example/', 'https://a.example:8443/'],
    ['https://www.example/', 'https://example/'],
    ['/go/http://x.example', '/go/http:/x.example'],
    ['/?s=shoes', '/?s=boots'],
    [`/${'a'.repeat(500)}b`, `/${'a'.repeat(500)}c`],
  ])('differs for %s and %s', (one, other) => {
    expect(keyOf(other)).not.toBe(keyOf(one));
  });

  it('is short however long the URL', () => {
    expect(keyOf(`/${'a'.repeat(2000)}`).length).toBeLessThan(200);
  });
});

describe('isWorthFollowing', () => {
  it.each(['/', '/contact', '/contact.html', '/a/b/a/c', '/page.php?x=y.pdf', '/logouts', '/printing'])(
    'follows %s',
    (path) => {
      expect(isWorthFollowing(new URL(ORIGIN + path))).toBe(true);
    },
  );

  it.each([
    '/a.pdf',
    '/b.JPG',
    '/feed.xml',
    '/a/a/a',
    '/x/a/x/b/x',
    `/${'a/b'.repeat(30)}`.replaceAll('ab', 'a/b'),
    `/${Array.from({ length: 21 }, (_, depth) => depth).join('/')}`,
    '/logout',
    '/user/sign-out.php',
    '/shop?add-to-cart=12',
    '/post?replytocom=3',
    '/w/index.php?title=A&action=edit',
    '/cdn-cgi/l/email-protection',
  ])('does not follow %s', (path) => {
    expect(isWorthFollowing(new URL(ORIGIN + path))).toBe(false);
  });
});
