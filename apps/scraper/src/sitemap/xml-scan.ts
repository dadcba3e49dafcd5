import { MAX_URL_LENGTH } from '#common/domain/site.js';
import type { SitemapEntry } from './sitemap-entry.js';

/** Less than 1 ms of a file that is nothing but tags. */
const STEPS_AT_ONCE = 2_000;
/** A URL as written: every character of it may be an entity (`&#x2F;`). What is longer is not kept for the next chunk. */
const MAX_WRITTEN_CHARS = 8 * MAX_URL_LENGTH;
const MAX_NAME_CHARS = 64;
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const CDATA = '<![CDATA[';

/**
 * The `<loc>` directly inside each `<url>` and `<sitemap>` of a file that comes in chunks, whatever the prefix; not those
 * of images and videos below. Between two chunks it holds one unfinished tag or `<loc>` at most.
 */
export class XmlScan {
  private rest = '';
  /** The end of something too long to be held. */
  private skipTo: string | null = null;
  private kind: SitemapEntry['kind'] | null = null;
  private depth = 0;
  private entryDepth = 0;
  private steps = 0;

  *read(chunk: string): Generator<SitemapEntry | null> {
    const text = this.rest + chunk;
    this.rest = '';
    for (let open = this.resume(text); open >= 0;) {
      if ((this.steps += 1) % STEPS_AT_ONCE === 0) yield null;
      const mark = endMark(text, open);
      const end = placeAfter(text, mark, text.startsWith('<!--', open) ? open + 4 : open);
      // The beginning of a comment or section may itself be cut in two.
      if (end < 0 || text.length - open < CDATA.length) return void this.hold(text, open, mark);
      const name = nameOfTag(text, open, end);
      const isEmpty = text[end - 2] === '/';
      const isLoc = name === 'loc' && !isEmpty && this.kind !== null && this.depth === this.entryDepth;
      const close = isLoc ? text.indexOf('</', end) : end;
      if (close < 0 && this.hold(text, open, '</')) return;
      this.enter(name, isEmpty);
      if (close < 0) return;
      if (isLoc && this.kind !== null && close - end <= MAX_WRITTEN_CHARS) {
        const url = readCharacters(text.slice(end, close));
        if (url !== '' && url.length <= MAX_URL_LENGTH) yield { kind: this.kind, url };
      }
      open = text.indexOf('<', close);
    }
  }

  /** Where the next tag begins; no mark but `</` has a bracket that opens one. */
  private resume(text: string): number {
    if (this.skipTo === null) return text.indexOf('<');
    const found = text.indexOf(this.skipTo);
    if (found < 0) {
      this.rest = text.slice(Math.max(0, text.length - this.skipTo.length + 1));
      return -1;
    }
    this.skipTo = null;
    return text.indexOf('<', found);
  }

  /** Whether the next chunk is to begin with what is unfinished; else what belongs to it is skipped. */
  private hold(text: string, open: number, mark: string): boolean {
    const isShort = text.length - open <= MAX_WRITTEN_CHARS;
    this.skipTo = isShort ? null : mark;
    this.rest = text.slice(isShort ? open : Math.max(open, text.length - mark.length + 1));
    return isShort;
  }

  private enter(name: string, isEmpty: boolean): void {
    if (name.startsWith('/')) this.depth -= 1;
    else if (name !== '' && !isEmpty) this.depth += 1;
    if (name !== 'url' && name !== 'sitemap') return;
    this.kind = name === 'url' ? 'page' : 'sitemap';
    this.entryDepth = this.depth;
  }
}

/** What ends the tag, comment, section or instruction that begins at `open`. */
function endMark(text: string, open: number): string {
  if (text.startsWith('<!--', open)) return '-->';
  if (text.startsWith(CDATA, open)) return ']]>';
  // A document type with declarations of its own is skipped one declaration after the other.
  return text.startsWith('<?', open) ? '?>' : '>';
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
