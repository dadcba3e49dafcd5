import { describe, expect, it } from 'vitest';
import { PageFingerprint } from './page-fingerprint.js';

const TEXT =
  'We build quiet things that last, and have done so in the old mill by the river for longer than anybody here can remember.';

function fingerprint(text: string, url = 'https://a.example/x', pieces = 1): string {
  const print = new PageFingerprint(url);
  const size = Math.ceil(text.length / pieces);
  for (let start = 0; start < text.length; start += size) print.addText(text.slice(start, start + size));
  return print.finish();
}

describe('PageFingerprint', () => {
  it('is the same for the same words, whatever the case, spaces and slices', () => {
    const one = fingerprint(TEXT);
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprint(`  ${TEXT.toUpperCase()} `)).toBe(one);
    for (const pieces of [2, 7, TEXT.length]) expect(fingerprint(TEXT, undefined, pieces)).toBe(one);
  });

  it('tells lists apart that differ in their numbers only', () => {
    expect(fingerprint(`${TEXT} page 12`)).not.toBe(fingerprint(`${TEXT} page 13`));
    expect(fingerprint(`${TEXT} page 12`, 'https://a.example/page-12')).toBe(
      fingerprint(`${TEXT} page 13`, 'https://a.example/page-13'),
    );
  });

  it('ignores the words of the page’s own URL', () => {
    const soft404 = (words: string): string => `${TEXT} The page ${words} was not found.`;
    expect(fingerprint(soft404('Blue Shoes'), 'https://a.example/blue-shoes')).toBe(
      fingerprint(soft404('Grünes Öl'), `https://a.example/${encodeURIComponent('grünes-öl')}`),
    );
  });

  it('differs for other words, and for the same in another order', () => {
    expect(fingerprint(TEXT.replace('quiet', 'noisy'))).not.toBe(fingerprint(TEXT));
    expect(fingerprint(TEXT.split(' ').reverse().join(' '))).not.toBe(fingerprint(TEXT));
    const text = '木は机や椅子になります。私たちの工房は川のそばにあり静かに働きます';
    expect(fingerprint(text)).not.toBe('');
    expect(fingerprint(text.replace('工房', '会社'))).not.toBe(fingerprint(text));
  });

  it('is none for a page that says next to nothing', () => {
    expect(fingerprint('Welcome to the 12 pages of our site. Home Products Team')).toBe('');
    expect(fingerprint('')).toBe('');
  });

  it('takes a bad escape in a URL as it is', () => {
    expect(fingerprint(TEXT, 'https://a.example/%E0%A4%A')).toBe(fingerprint(TEXT));
  });
});
