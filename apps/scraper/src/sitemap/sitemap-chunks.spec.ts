import { describe, expect, it } from 'vitest';
import { SitemapScan } from './sitemap-scan.js';

function scan(text: string, chunkChars: number): string[] {
  const scan = new SitemapScan();
  const urls: string[] = [];
  const add = (entries: Iterable<{ url: string } | null>): void => {
    for (const entry of entries) if (entry !== null) urls.push(entry.url);
  };
  for (let from = 0; from < text.length; from += chunkChars) add(scan.read(text.slice(from, from + chunkChars)));
  add(scan.end());
  return urls;
}

const A = 'https://a.example/';
const LONG = 'x'.repeat(40_000);
const entry = (url: string): string => `<url><loc>${url}</loc></url>`;

describe('SitemapScan', () => {
  it.each<[string, string, string[]]>([
    [
      'XML',
      `\uFEFF <?xml version="1.0"?><urlset><!-- ${entry('no')} --><url a="1"><loc><![CDATA[${A}1]]></loc><image:image><image:loc>no</image:loc></image:image></url><url><loc/></url>${entry(`${A}?a&amp;b`)}</urlset>`,
      [`${A}1`, `${A}?a&b`],
    ],
    [
      'what is too long to be held',
      `<urlset ${LONG}>${entry(`${A}1`)}<!-->${LONG}${entry('no')}--><url><loc>${LONG}</loc></url>${entry(`${A}2`)}<?x ${LONG}?><![CDATA[${LONG}]]>${entry(`${A}3`)}</urlset>`,
      [`${A}1`, `${A}2`, `${A}3`],
    ],
    ['lines', `\uFEFF${A}1\r\n${A}${LONG}\n\n${A}2`, [`${A}1`, `${A}2`]],
  ])('reads the same of %s, wherever it is cut in chunks', (_, text, expected) => {
    for (const chunkChars of [1, 7, 1000, 17_000, text.length]) expect(scan(text, chunkChars)).toEqual(expected);
  });

  it('takes linear time for what never ends', () => {
    for (const flood of ['<!--', '<url><loc>', '<a ', 'x', '<![CDATA[']) {
      const startedAt = performance.now();
      scan(`<urlset><url><loc>${flood.repeat(Math.ceil((8 * 1024 * 1024) / flood.length))}`, 64 * 1024);
      expect(performance.now() - startedAt).toBeLessThan(2000);
    }
  });
});
