import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PageFindings } from './finding.js';
import { PageExtractor, type SourcePage } from './page-extractor.js';
import { decodeText, detectCharset } from '../fetch/charset.js';
import { parseAddress } from '#common/domain/address.js';
import { PLANTED, STRESS_INPUTS } from '../../../../test/corpus/stress-inputs.js';

const extractor = new PageExtractor();

async function extract(text: string, options: Partial<SourcePage> = {}): Promise<PageFindings> {
  return extractor.extractPage({ url: 'https://acme-mill.de/', kind: 'html', text, cut: null, ...options });
}

/** What must hold for any page: addresses that are addresses, each once, no more than the text has room for. */
function expectSound({ findings }: PageFindings, text: string): void {
  for (const { address, confidence, snippet } of findings) {
    expect(parseAddress(address.address)?.normalised).toBe(address.normalised);
    expect(confidence).toBeGreaterThan(0);
    expect(confidence).toBeLessThanOrEqual(1);
    expect(snippet.length).toBeLessThanOrEqual(1000);
  }
  const distinct = new Set(findings.map(({ address }) => address.normalised));
  expect(distinct.size).toBe(findings.length);
  expect(findings.length).toBeLessThanOrEqual(text.length);
}

/** Pieces of pages, between bars: what starts, ends and obfuscates, to be put together in any order. */
const PIECES = String.raw`
<p>¦</p>¦<b>¦</b>¦<br>¦<td>¦<div hidden>¦<span style="display:none">¦</span>¦<wbr>¦<svg><text>¦<pre>¦<textarea>¦<template>
<script>¦</script>¦<style>¦</style>¦<noscript>¦<a href="mailto:¦<a href='javascript:f("¦<img alt="¦<b data-cfemail="
<b data-user="a" data-domain="¦<iframe srcdoc="¦<meta content="¦<input value="¦<i class="fa fa-at">¦<bdo dir="rtl">¦<!--¦-->
<script type="application/ld+json">{"email":"¦"}¦">¦'>¦>¦<¦="¦<![CDATA[¦]]>
&#64;¦&commat;¦&#x40¦&amp;#64;¦&period;¦&¦%40¦%2540¦\u0040¦\x40¦\¦&shy;¦&#8203;
@¦ at ¦(at)¦[ät]¦ [dot] ¦(punkt)¦ dot ¦.¦,¦;¦{¦}¦(¦)¦[¦]¦"¦'¦＠
info¦acme-mill¦de¦com¦x¦NOSPAM¦mailto:¦ed.llim-emca¦@ofni¦aW5mb0BhY21lLW1pbGwuZGU=¦мир¦木
document.write(¦"a"+"@"¦String.fromCharCode(64¦.split("").reverse()¦atob("¦while(1){¦/*¦*/¦//
.a:after{content:"¦@media x{¦.b{direction:rtl}¦unicode-bidi:bidi-override¦attr(data-x)¦\40 ¦ `
  .trimStart()
  .split(/[¦\n]/)
  .concat('\n', '\0', '\ud800');
const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 120 }).map((pieces) => pieces.join(''));

describe('PageExtractor on any input', () => {
  it('reads any bytes', async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      const body = Buffer.from(bytes);
      const text = await decodeText([body], detectCharset(body, null));
      expectSound(await extract(text), text);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('reads any text, as page, as plain text and as JSON', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 500 });
    const kind = fc.constantFrom('html' as const, 'text' as const, 'json' as const);
    const property = fc.asyncProperty(text, kind, fc.boolean(), async (page, as, isCut) => {
      expectSound(await extract(page, { kind: as, cut: isCut ? 'too_large' : null }), page);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('reads any soup of tags, attributes, entities, brackets, words and scripts', async () => {
    const property = fc.asyncProperty(soup, async (page) => expectSound(await extract(page), page));
    await fc.assert(property, { numRuns: 1000 });
  });

  it('reads a soup the same way every time', async () => {
    const property = fc.asyncProperty(soup, async (page) => {
      expect(await extract(page)).toEqual(await extract(page));
    });
    await fc.assert(property, { numRuns: 200 });
  });
});

describe('PageExtractor on pages made to hurt', () => {
  it.each(Object.entries(STRESS_INPUTS))('finds the address behind %s', async (_name, makeHtml) => {
    const { findings } = await extract(makeHtml());
    expect(findings.map(({ address }) => address.address)).toContain(PLANTED);
    expect(findings.length).toBeLessThanOrEqual(1000);
  });
});
