import { MAX_URL_LENGTH } from '#common/domain/site.js';

/** A page of the site, or another sitemap that an index names; the URL is not checked. */
export interface SitemapEntry {
  kind: 'page' | 'sitemap';
  url: string;
}

/** Less than 1 ms of a file that is nothing but tags, or lines. */
const STEPS_AT_ONCE = 2_000;
/** A URL as written: every character of it may be an entity (`&#x2F;`). */
const MAX_WRITTEN_CHARS = 8 * MAX_URL_LENGTH;
const MAX_NAME_CHARS = 64;
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const CDATA = '<![CDATA[';

/**
 * Reads the entries of a sitemap or sitemap index, XML or one URL a line, in one pass that only moves forward: a
 * document is never built, an entity that the file declares itself never expanded, nesting costs nothing, and what is
 * no sitemap simply has no entries. A null is no entry but an occasion to let other work have its turn. `isCut`: the
 * end of the file is missing.
 */
export function scanSitemap(text: string, isCut: boolean): Generator<SitemapEntry | null> {
  const isXml = text[text.search(/[^\s\uFEFF]/)] === '<';
  return isXml ? scanXml(text) : scanLines(text, isCut);
}

function* scanLines(text: string, isCut: boolean): Generator<SitemapEntry | null> {
  let steps = 0;
  for (let start = 0; start < text.length;) {
    const lineFeed = text.indexOf('\n', start);
    if (lineFeed < 0 && isCut) return;
    const end = lineFeed < 0 ? text.length : lineFeed;
    if ((steps += 1) % STEPS_AT_ONCE === 0) yield null;
    if (end - start <= MAX_URL_LENGTH + 1) {
      const url = text.slice(start, end).trim();
      if (/^https?:\/\//i.test(url)) yield { kind: 'page', url };
    }
    start = end + 1;
  }
}

/** The `<loc>` directly inside each `<url>` and `<sitemap>`, whatever the prefix; not those of images and videos below. */
function* scanXml(text: string): Generator<SitemapEntry | null> {
  let kind: SitemapEntry['kind'] | null = null;
  let depth = 0;
  let entryDepth = 0;
  let steps = 0;
  for (let open = text.indexOf('<'); open >= 0;) {
    if ((steps += 1) % STEPS_AT_ONCE === 0) yield null;
    let next = endOfTag(text, open);
    if (next < 0) return;
    const name = nameOfTag(text, open, next);
    if (name.startsWith('/')) depth -= 1;
    else if (name !== '' && text[next - 2] !== '/') depth += 1;
    if (name === 'url' || name === 'sitemap') {
      kind = name === 'url' ? 'page' : 'sitemap';
      entryDepth = depth;
    } else if (name === 'loc' && kind !== null && depth === entryDepth + 1) {
      const end = text.indexOf('</', next);
      if (end < 0) return;
      const url = end - next > MAX_WRITTEN_CHARS ? '' : readCharacters(text.slice(next, end));
      if (url !== '' && url.length <= MAX_URL_LENGTH) yield { kind, url };
      next = end;
    }
    open = text.indexOf('<', next);
  }
}

/** The place behind the tag, comment, section or declaration that begins at `open`; -1 where it has no end. */
function endOfTag(text: string, open: number): number {
  if (text.startsWith('<!--', open)) return placeAfter(text, '-->', open + 4);
  if (text.startsWith(CDATA, open)) return placeAfter(text, ']]>', open);
  if (text.startsWith('<?', open)) return placeAfter(text, '?>', open);
  // A document type with declarations of its own is skipped one declaration after the other.
  return placeAfter(text, '>', open);
}

function placeAfter(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? -1 : found + mark.length;
}

/** `loc`, `/loc`, without a namespace's prefix; empty for what is no element. */
function nameOfTag(text: string, open: number, end: number): string {
  const tag = text.slice(open + 1, Math.min(end - 1, open + 1 + MAX_NAME_CHARS));
  const [, slash = '', name = ''] = /^(\/?)(?:[\w.-]+:)?([\w.-]+)/.exec(tag) ?? [];
  return slash + name.toLowerCase();
}

/** Text and CDATA sections, trimmed; empty where there is markup inside. */
function readCharacters(source: string): string {
  const [first = '', ...sections] = source.split(CDATA);
  let text = decodeEntities(first);
  for (const section of sections) {
    const [inside = '', behind = ''] = section.split(']]>', 2);
    text += inside + decodeEntities(behind);
  }
  return first.includes('<') ? '' : text.trim();
}

function decodeEntities(text: string): string {
  return text.replace(ENTITY, (_, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? '';
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}
