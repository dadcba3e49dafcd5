import { describe, expect, it } from 'vitest';
import { scanSitemap } from './sitemap-scan.js';
import type { SitemapEntry } from './sitemap-entry.js';

function scan(text: string, isCut = false): SitemapEntry[] {
  return [...scanSitemap(text, isCut)].filter((entry) => entry !== null);
}

function pages(text: string, isCut = false): string[] {
  return scan(text, isCut).map(({ url }) => url);
}

const A = 'https://a.example/';
const urlset = (...locs: string[]): string =>
  `<urlset>${locs.map((loc) => `<url><loc>${loc}</loc></url>`).join('')}</urlset>`;

describe('scanSitemap', () => {
  it('tells pages from other sitemaps', () => {
    expect(scan(urlset(A))).toEqual([{ kind: 'page', url: A }]);
    expect(scan(`<sitemapindex><sitemap><loc>${A}s.xml</loc></sitemap></sitemapindex>`)).toEqual([
      { kind: 'sitemap', url: `${A}s.xml` },
    ]);
  });

  it.each<[string, string, string[]]>([
    [
      'a real one',
      `\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n<!-- by a plugin -->\n<?xml-stylesheet href="x>y"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n <url>\n  <loc>\n ${A}x \n</loc><lastmod>2026-01-01</lastmod></url>\n</urlset>`,
      [`${A}x`],
    ],
    ['entities', urlset(`${A}?a=1&amp;b=2&#38;c=&#x33;`), [`${A}?a=1&b=2&c=3`]],
    ['a character section', urlset(`<![CDATA[${A}?a=1&b=2]]>`), [`${A}?a=1&b=2`]],
    ['a prefix', `<s:urlset><s:url><s:loc>${A}</s:loc></s:url></s:urlset>`, [A]],
    ['attributes', `<urlset><url id="1" x=">"><loc lang="en">${A}</loc></url></urlset>`, [A]],
    ['capitals', `<URLSET><URL><LOC>${A}</LOC></URL></URLSET>`, [A]],
    [
      'images and videos',
      `<urlset><url><loc>${A}</loc><image:image><image:loc>${A}i.jpg</image:loc></image:image><video:video><video:player_loc>${A}v</video:player_loc></video:video></url></urlset>`,
      [A],
    ],
    ['an empty loc', `<urlset><url><loc/></url><url><loc></loc></url><url><loc>${A}</loc></url></urlset>`, [A]],
    ['a loc with markup', urlset(`${A}<b>x`, A), [A]],
    ['a loc outside', `<urlset><loc>${A}</loc></urlset>`, []],
    ['a comment around entries', `<urlset><!-- ${urlset(A)} --></urlset>`, []],
    ['other closing tags missing', `<urlset><url><loc>${A}</loc><url><loc>${A}b</loc>`, [A, `${A}b`]],
    ['a page', '<!doctype html><html><body><a href="/">Home</a> <url> <loc> 5 < 6 </body></html>', []],
    ['JSON', `{"loc":"${A}"}`, []],
    ['something binary', '\x89PNG\r\n\x1a\n\0<<>>', []],
    ['nothing', '', []],
    ['a URL that is too long', urlset(A + 'x'.repeat(2048), A), [A]],
  ])('reads %s', (_, text, expected) => {
    expect(pages(text)).toEqual(expected);
  });

  it('reads one URL a line', () => {
    const text = `\uFEFF${A}1\r\n\n  ${A}2 \nftp://a.example/\nnot a url\n${A}${'x'.repeat(3000)}\n${A}3`;
    expect(pages(text)).toEqual([`${A}1`, `${A}2`, `${A}3`]);
  });

  it('leaves out what a cut has shortened', () => {
    expect(pages(`${A}1\n${A}2`, true)).toEqual([`${A}1`]);
    expect(pages(urlset(`${A}1`, `${A}22`).slice(0, -25), true)).toEqual([`${A}1`]);
  });

  it('never expands an entity that the file declares', () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('\n');
    const bomb = `<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY l0 "lol">${laughs}]>${urlset(`${A}&l9;`, A)}`;
    expect(pages(bomb)).toEqual([`${A}&l9;`, A]);
    const file = `<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>${urlset(`${A}&x;`)}`;
    expect(pages(file)).toEqual([`${A}&x;`]);
  });

  it.each([
    ['tags in tags', '<a>'],
    ['entries in entries', '<url><loc>'],
    ['entries never ended', '<url>'],
    ['open brackets', '<'],
    ['comments never ended', '<!--'],
    ['declarations', '<!x>'],
    ['document types', '<!DOCTYPE x [ <!ENTITY a "b"> '],
    ['sections', '<url><loc><![CDATA['],
    ['entities', '&amp;'],
    ['empty lines', '\n'],
    ['spaces', ' '],
  ])('takes linear time for 2 MiB of %s', (_, part) => {
    const flood = part.repeat(Math.ceil((2 * 1024 * 1024) / part.length));
    const startedAt = performance.now();
    scan(part.trim() === '' ? flood : `<urlset>${flood}`);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});
