import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzipText } from './sitemap-text.js';

describe('gunzipText', () => {
  it('unpacks a whole file', async () => {
    expect(await gunzipText(gzipSync('https://a.example/ü'), 1000)).toEqual({
      text: 'https://a.example/ü',
      isCut: false,
    });
  });

  it('gives the beginning of a file that is too long, damaged or not all there', async () => {
    const long = gzipSync('abc'.repeat(1_000_000));
    const cut = await gunzipText(long, 100_000);
    expect([cut.text.length, cut.text.slice(0, 6), cut.isCut]).toEqual([100_000, 'abcabc', true]);
    expect(await gunzipText(Buffer.from('no gzip'), 1000)).toEqual({ text: '', isCut: true });
    expect((await gunzipText(long.subarray(0, 1000), 10_000_000)).text).toMatch(/^(?:abc){1000}/);
  });
});
