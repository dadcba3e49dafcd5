import type { AddressReader } from './address-reader.js';
import type { Method } from './finding.js';
import type { HtmlHandler } from './html-reader.js';
import { LinkCollector } from './link-collector.js';
import { PageSignals } from './page-signals.js';
import { BLOCK_TAGS, CODE_TAGS, INLINE_DECOY_TAGS, SILENT_TAGS } from './tags.js';
import { TextBlocks } from './text/text-blocks.js';

/** Attributes that may hold a link, and those whose value is text for people. */
const LINK_ATTRIBUTES = ['href', 'action', 'data-href', 'xlink:href'];
const TEXT_ATTRIBUTES = new Set(['content', 'value', 'title', 'alt', 'label', 'placeholder', 'aria-label', 'summary']);
const CONTEXT_CHARS = 80;
const HIDDEN_STYLE = /display\s*:\s*none/i;
const LD_JSON = /^\s*application\/ld\+json/i;

/**
 * The one pass over a page: tells the address reader what each text, link and attribute is, and collects links and
 * signals on the way.
 */
export class PageScan implements HtmlHandler {
  readonly links = new LinkCollector();
  readonly signals = new PageSignals();
  private readonly blocks: TextBlocks;
  /** The open element whose text is not for people, and what it says if it is JSON-LD. */
  private silentTag: string | null = null;
  private json: string[] | null = null;
  private codeDepth = 0;
  /** The element marked `itemprop="email"` that is open, with the depth of its own kind inside. */
  private marked: OpenElement | null = null;
  /** The hidden inline element that is open: a decoy inside a word (hidden blocks are menus and dialogs, and are read). */
  private decoy: OpenElement | null = null;

  constructor(private readonly reader: AddressReader) {
    this.blocks = new TextBlocks(({ text, joins }) => {
      this.reader.readText(text, this.marked === null ? 'text' : 'microdata', { joins, code: this.codeDepth > 0 });
    });
  }

  onOpen(tag: string, attributes: Map<string, string>): void {
    this.links.onOpen(tag, attributes);
    this.signals.onOpen(tag, attributes);
    this.separate(tag);
    this.readAttributes(tag, attributes);
    this.openDecoy(tag, attributes);
    if (SILENT_TAGS.has(tag)) this.openSilent(tag, attributes);
    else if (CODE_TAGS.has(tag)) this.changeCodeDepth(1);
    else this.openMarked(tag, attributes);
  }

  onClose(tag: string): void {
    this.links.onClose(tag);
    this.signals.onClose(tag);
    if (tag === this.silentTag) this.closeSilent();
    if (CODE_TAGS.has(tag)) this.changeCodeDepth(-1);
    this.closeMarked(tag);
    if (closesElement(this.decoy, tag)) this.decoy = null;
    this.separate(tag);
  }

  onText(text: string): void {
    if (this.silentTag !== null) {
      this.json?.push(text);
      return;
    }
    if (this.decoy !== null) return;
    this.links.onText(text);
    this.signals.onText(text);
    this.blocks.addText(text);
  }

  finish(): void {
    this.closeSilent();
    this.blocks.flush();
  }

  private separate(tag: string): void {
    if (BLOCK_TAGS.has(tag)) this.blocks.breakBlock();
    else this.blocks.join();
  }

  private openSilent(tag: string, attributes: Map<string, string>): void {
    this.silentTag = tag;
    this.json = tag === 'script' && LD_JSON.test(attributes.get('type') ?? '') ? [] : null;
  }

  private closeSilent(): void {
    if (this.json !== null) this.reader.readJsonLd(this.json.join(''));
    this.silentTag = null;
    this.json = null;
  }

  private changeCodeDepth(step: number): void {
    const depth = Math.max(0, this.codeDepth + step);
    if (depth > 0 !== this.codeDepth > 0) this.blocks.flush();
    this.codeDepth = depth;
  }

  private openDecoy(tag: string, attributes: Map<string, string>): void {
    if (this.decoy?.tag === tag) this.decoy.depth += 1;
    else if (this.decoy !== null) this.decoy = BLOCK_TAGS.has(tag) ? null : this.decoy;
    else if (INLINE_DECOY_TAGS.has(tag) && isHidden(attributes)) this.decoy = { tag, depth: 1 };
  }

  private openMarked(tag: string, attributes: Map<string, string>): void {
    if (this.marked !== null) {
      if (this.marked.tag === tag) this.marked.depth += 1;
    } else if (isEmailProperty(attributes) && !attributes.has('content')) {
      this.blocks.flush();
      this.marked = { tag, depth: 1 };
    }
  }

  private closeMarked(tag: string): void {
    if (!closesElement(this.marked, tag)) return;
    this.blocks.flush();
    this.marked = null;
  }

  private readAttributes(tag: string, attributes: Map<string, string>): void {
    for (const [name, value] of attributes) {
      if (name === 'data-cfemail') this.reader.readCloudflare(value, this.context());
      else if (LINK_ATTRIBUTES.includes(name)) this.reader.readHref(value, this.context());
      else if (value.includes('@') && isTextAttribute(name)) {
        this.reader.readAttribute(
          value,
          methodOfAttribute(tag, attributes),
          name === 'placeholder' ? ['placeholder'] : [],
        );
      }
    }
  }

  private context(): string {
    return this.blocks.tail(CONTEXT_CHARS);
  }
}

/** An open element, with the depth of its own kind inside: enough of a stack to know where it ends. */
interface OpenElement {
  tag: string;
  depth: number;
}

function closesElement(element: OpenElement | null, tag: string): boolean {
  if (element === null || element.tag !== tag) return false;
  element.depth -= 1;
  return element.depth === 0;
}

function isHidden(attributes: Map<string, string>): boolean {
  return attributes.has('hidden') || HIDDEN_STYLE.test((attributes.get('style') ?? '').slice(0, 500));
}

function isTextAttribute(name: string): boolean {
  return TEXT_ATTRIBUTES.has(name) || name.startsWith('data-');
}

function isEmailProperty(attributes: Map<string, string>): boolean {
  return /(?:^|\s)email(?:$|\s)/i.test(attributes.get('itemprop') ?? '');
}

function methodOfAttribute(tag: string, attributes: Map<string, string>): Method {
  if (isEmailProperty(attributes)) return 'microdata';
  return tag === 'meta' ? 'meta' : 'attribute';
}
