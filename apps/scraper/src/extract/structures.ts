import { load, type CheerioAPI } from 'cheerio/slim';
import { NO_CONTEXT, type AddressReader } from './address-reader.js';
import type { Method } from './finding.js';
import { VOID_TAGS } from './tags.js';

/** cheerio builds a tree of the whole page at once: 10 ms for so many characters. */
const MAX_CHARS = 256 * 1024;
/** Its parser is quadratic in nesting, and reads text by recursion; no honest page has a third of it. */
const MAX_DEPTH = 300;
const MAX_ELEMENTS = 2000;
/** Elements whose end tags are often left out: they say nothing about nesting. */
const UNCLOSED_TAGS = new Set(['p', 'li', 'dt', 'dd', 'td', 'th', 'tr', 'thead', 'tbody', 'option']);

/** Selectors of what is an address by the structure it stands in. */
const STRUCTURES: readonly { mark: RegExp; selector: string; method: Method }[] = [
  { mark: /(?:^|\s)email(?:$|\s)/i, selector: '[itemprop~="email"]', method: 'microdata' },
  { mark: /(?:^|[\s:/#])(?:email|hasEmail|mbox)(?:$|\s)/i, selector: '[property]', method: 'rdfa' },
  {
    mark: /(?:^|\s)(?:u-email|vcard|h-card)(?:$|\s)/,
    selector: '.u-email, .vcard .email, .h-card .email',
    method: 'microformat',
  },
  { mark: /(?:^|\s)spamspan(?:$|\s)/, selector: 'span.spamspan', method: 'encoder' },
];

/** What may be a trap is left to the pass over the page, which flags it. */
const HIDDEN = '[hidden], [style*="none"], [style*="hidden"], [aria-hidden="true"]';

/** Whether an element says of itself that it is an e-mail address. */
export function isMarkedEmail(attributes: ReadonlyMap<string, string>): boolean {
  if (attributes.size === 0) return false;
  if (/(?:^|\s)email(?:$|\s)/i.test((attributes.get('itemprop') ?? '').slice(0, 200))) return true;
  return /(?:^|\s)(?:u-email|email|value)(?:$|\s)/.test((attributes.get('class') ?? '').slice(0, 200));
}

/** Notes on the one pass over a page whether it has such structures, and whether a tree of it can be built safely. */
export class StructureMarks {
  private hasMarks = false;
  private depth = 0;
  private isTooDeep = false;

  onOpen(tag: string, attributes: ReadonlyMap<string, string>): void {
    if (!VOID_TAGS.has(tag) && !UNCLOSED_TAGS.has(tag)) this.depth += 1;
    if (this.depth > MAX_DEPTH) this.isTooDeep = true;
    if (this.hasMarks || attributes.size === 0) return;
    for (const name of ['itemprop', 'property', 'class']) {
      const value = attributes.get(name);
      if (value !== undefined && value.length <= 500 && STRUCTURES.some(({ mark }) => mark.test(value)))
        this.hasMarks = true;
    }
  }

  onClose(tag: string): void {
    if (!VOID_TAGS.has(tag) && !UNCLOSED_TAGS.has(tag)) this.depth = Math.max(0, this.depth - 1);
  }

  /** Whether `readStructures` is worth its cost for this page, and bounded. */
  areReadable(chars: number): boolean {
    return this.hasMarks && !this.isTooDeep && chars <= MAX_CHARS;
  }
}

/**
 * Microdata, RDFa, hCard/h-card (microformats.org, with the value-class pattern) and SpamSpan: what says by its
 * structure that it is an address. Their texts are read by the pass over the page too, as plain text; what is read here
 * is surer, and finds values that stand in attributes or in parts.
 */
export function readStructures(html: string, reader: AddressReader): void {
  const $ = load(html, { xml: { xmlMode: false, decodeEntities: true } });
  for (const { mark, selector, method } of STRUCTURES) {
    for (const element of $(selector).slice(0, MAX_ELEMENTS)) {
      const node = $(element);
      if (node.closest(HIDDEN).length > 0) continue;
      if (selector === '[property]' && !mark.test(node.attr('property') ?? '')) continue;
      for (const value of valuesOf($, node, method)) reader.readRecipient(value, NO_CONTEXT, method);
    }
  }
}

type Node = ReturnType<CheerioAPI>;

function valuesOf($: CheerioAPI, node: Node, method: Method): string[] {
  if (method === 'encoder') return [spamSpanOf(node)];
  const href = node.attr('href');
  if (href !== undefined && /^mailto:/i.test(href)) return [];
  const stated = node.attr('content') ?? node.attr('value') ?? node.attr('title');
  if (stated !== undefined && stated.includes('@')) return [stated.replace(/^\s*mailto:/i, '')];
  const values = node.find('.value').toArray();
  const text = values.length > 0 ? values.map((value) => $(value).text()).join('') : node.text();
  return [text.slice(0, 320)];
}

/** Drupal's SpamSpan: user part in `.u`, domain in `.d`, dots perhaps written out. */
function spamSpanOf(node: Node): string {
  const part = (name: string): string => node.find(`.${name}`).first().text().slice(0, 200);
  const plain = (text: string): string =>
    text.replace(/\s?[[(]\s?(?:dot|punkt|point)\s?[)\]]\s?/gi, '.').replace(/\s/g, '');
  return `${plain(part('u'))}@${plain(part('d'))}`;
}
