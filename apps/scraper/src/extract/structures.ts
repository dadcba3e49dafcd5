import { load, type CheerioAPI } from 'cheerio/slim';
import { NO_CONTEXT, type AddressReader } from './address-reader.js';
import type { Method } from './finding.js';
import { readInlineStyle } from './page-styles.js';
import { VOID_TAGS } from './tags.js';

/** cheerio builds a tree of the whole page at once: 10 ms for so many characters. */
const MAX_CHARS = 256 * 1024;
/** Its parser is quadratic in nesting, and reads text by recursion; no honest page has a third of it. */
const MAX_DEPTH = 300;
const MAX_ELEMENTS = 2000;
/** Elements whose end tags are often left out: they say nothing about nesting. */
const UNCLOSED_TAGS = new Set(['p', 'li', 'dt', 'dd', 'td', 'th', 'tr', 'thead', 'tbody', 'option']);
const TELLING_CLASS = /card|spamspan|value/;
const EMAIL_PROPERTY = /(?:^|[\s:/#])(?:e?mail|hasEmail|mbox)(?:$|\s)/i;
/**
 * Notes on the one pass over a page which elements say of themselves that they are an e-mail address, and whether the
 * page has structures that only a tree of it can tell: addresses in parts.
 */
export class StructureMarks {
  private hasCard = false;
  private hasParts = false;
  private depth = 0;
  private isTooDeep = false;

  onOpen(tag: string, attributes: ReadonlyMap<string, string>): void {
    if (!VOID_TAGS.has(tag) && !UNCLOSED_TAGS.has(tag)) this.depth += 1;
    if (this.depth > MAX_DEPTH) this.isTooDeep = true;
    const classes = attributes.get('class');
    if (classes === undefined || classes.length > 500 || !TELLING_CLASS.test(classes)) return;
    if (/(?:^|\s)(?:vcard|h-card)(?:$|\s)/.test(classes)) this.hasCard = true;
    if (/(?:^|\s)spamspan(?:$|\s)/.test(classes)) this.hasParts = true;
    if (this.hasCard && /(?:^|\s)value(?:$|\s)/.test(classes)) this.hasParts = true;
  }

  onClose(tag: string): void {
    if (!VOID_TAGS.has(tag) && !UNCLOSED_TAGS.has(tag)) this.depth = Math.max(0, this.depth - 1);
  }

  /**
   * By which vocabulary an element is marked as an e-mail address: schema.org in two syntaxes, or microformats, where a
   * `value` may stand within it. `outer`: how the element around it is marked.
   */
  methodOf(attributes: ReadonlyMap<string, string>, outer: Method | null): Method | null {
    if (attributes.size === 0) return null;
    if (isEmailProperty(attributes.get('itemprop'))) return 'microdata';
    if (isEmailProperty(attributes.get('property')) || isEmailProperty(attributes.get('rel'))) return 'rdfa';
    const classes = (attributes.get('class') ?? '').slice(0, 500);
    if (!/mail|value/.test(classes)) return null;
    const isEmail = /(?:^|\s)u-email(?:$|\s)/.test(classes) || (this.hasCard && /(?:^|\s)email(?:$|\s)/.test(classes));
    const isValue = outer === 'microformat' && /(?:^|\s)value(?:$|\s)/.test(classes);
    return isEmail || isValue ? 'microformat' : null;
  }

  /** Whether `readStructures` is worth its cost for a page of so many characters, and bounded. */
  areReadable(chars: number): boolean {
    return this.hasParts && !this.isTooDeep && chars <= MAX_CHARS;
  }
}

function isEmailProperty(value: string | undefined): boolean {
  return value !== undefined && EMAIL_PROPERTY.test(value.slice(0, 200));
}

/** Addresses in parts: the value-class pattern of hCard and h-card (microformats.org), and Drupal's SpamSpan. */
export function readStructures(html: string, reader: AddressReader): void {
  const $ = load(html, { xml: { xmlMode: false, decodeEntities: true } });
  for (const element of $('.vcard .email, .h-card .u-email').slice(0, MAX_ELEMENTS)) {
    const values = $(element).find('.value').toArray();
    if (values.length > 0) readPart($, element, values.map((value) => $(value).text()).join(''), 'microformat', reader);
  }
  for (const element of $('span.spamspan').slice(0, MAX_ELEMENTS)) {
    const part = (name: string): string => $(element).find(`.${name}`).first().text().slice(0, 200);
    readPart($, element, `${plain(part('u'))}@${plain(part('d'))}`, 'encoder', reader);
  }
}

type Element = Parameters<CheerioAPI>[0];

function readPart($: CheerioAPI, element: Element, text: string, method: Method, reader: AddressReader): void {
  if (!isHidden($, element)) reader.readRecipient(text.slice(0, 320), NO_CONTEXT, method);
}

/** Without the dots written out that SpamSpan puts in. */
function plain(text: string): string {
  return text.replace(/\s?[[(]\s?(?:dot|punkt|point)\s?[)\]]\s?/gi, '.').replace(/\s/g, '');
}

/** What may be a trap is left to the pass over the page, which flags it. */
function isHidden($: CheerioAPI, element: Element): boolean {
  const around = $(element).parents().addBack().toArray();
  return around.some((one) => {
    const { hidden, style = '', 'aria-hidden': aria } = $(one).attr() ?? {};
    return hidden !== undefined || aria === 'true' || readInlineStyle(style).isHidden;
  });
}
