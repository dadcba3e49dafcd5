import { AT_ICON, AT_LIGATURE, iconOfImage, isAtIcon } from './at-icon.js';
import type { AddressReader } from './address-reader.js';
import { joinAttributes } from './encodings/attribute-pair.js';
import { reverseText } from './encodings/ciphers.js';
import { readDataPage } from './encodings/data-url.js';
import { isCipherName } from './encodings/encoded-attribute.js';
import type { FindingFlag, Method } from './finding.js';
import type { HtmlHandler } from './html-reader.js';
import { LinkCollector } from './link-collector.js';
import { OpenElements } from './open-elements.js';
import { PageSignals } from './page-signals.js';
import { PageStyles, type ElementStyle } from './page-styles.js';
import { ScriptCollector } from './scripts/script-collector.js';
import { StructureMarks } from './structures.js';
import { BLOCK_TAGS, CODE_TAGS, FRAME_TAGS, ICON_TAGS, INLINE_TAGS, SILENT_TAGS } from './tags.js';
import { HarvestNotice } from './text/harvest-notice.js';
import { TextBlocks } from './text/text-blocks.js';
import { appearanceOf } from './visibility.js';

/** Attributes that may hold a link, and those whose value is text for people. */
const LINK_ATTRIBUTES = new Set(['href', 'action', 'data-href', 'xlink:href']);
const TEXT_ATTRIBUTES = new Set(['content', 'value', 'title', 'alt', 'label', 'placeholder', 'aria-label', 'summary']);
/** Attributes with files, styles and code. */
const OTHER_ATTRIBUTE = /^(?:class|style|id|(?:data-)?src(?:set)?|on.*|[@].*)$/;
const MAILTO = /^\s*mailto:/i;
const CONTEXT_CHARS = 80;
const LD_JSON = /^\s*application\/ld\+json/i;
/** Script elements that hold markup for scripts to put on the page. */
const MARKUP_SCRIPT = /^\s*text\/(?:html|(?:x-)?(?:[\w-]{0,20}-?)?(?:template|tmpl|handlebars|mustache))/i;
/** Media of a style sheet for every reader. */
const SCREEN = /^\s*(?:(?:only\s)?(?:screen|all))?\s*$/i;
/** Text of one element that is turned around; an address is shorter. */
const MAX_REVERSED_CHARS = 2000;
/** Documents within the page (`srcdoc`, templates of scripts): how many are read, and their characters in all. */
export const MAX_INNER_PAGES = 16;
const MAX_INNER_CHARS = 256 * 1024;
const TRAP: readonly FindingFlag[] = ['honeypot'];
const PLACEHOLDER: readonly FindingFlag[] = ['placeholder'];
const NO_FLAGS: readonly FindingFlag[] = [];

/**
 * The one pass over a page: tells the address reader what each text, link and attribute is, and collects links and
 * signals on the way.
 */
export class PageScan implements HtmlHandler {
  readonly links = new LinkCollector();
  readonly signals = new PageSignals();
  readonly structures = new StructureMarks();
  readonly notice = new HarvestNotice();
  readonly scripts = new ScriptCollector('first');
  /** Documents that stand in the page as a text, to be read after it. */
  readonly innerPages: string[] = [];
  private innerChars = 0;
  private readonly elements = new OpenElements();
  private readonly blocks: TextBlocks;
  /** What is not part of the text around it. */
  private readonly aside: TextBlocks;
  private asideDepth = 0;
  private trapDepth = 0;
  /** Open elements that are a trap if an address is all that they say. */
  private loneDepth = 0;
  /** The open element whose text is not for people, with its type and text where those matter. */
  private silent: { tag: string; attributes: ReadonlyMap<string, string>; parts: string[] } | null = null;
  private codeDepth = 0;
  /** How the element is marked that is open and says that it is an address. */
  private marked: Method | null = null;
  /** What the outermost element that turns its text around says so far. */
  private reversed: { parts: string[]; asideDepth: number } | null = null;
  /** The words so far, as evidence for what is found in a tag. */
  private readonly context = (): string => this.blocks.tail(CONTEXT_CHARS);

  /** `styles`: of the page that this one stands in, or was written by. */
  constructor(
    private readonly reader: AddressReader,
    readonly styles = new PageStyles(),
  ) {
    const readRun: ConstructorParameters<typeof TextBlocks>[0] = ({ text, joins, generated }) => {
      this.reader.readText(text, this.marked ?? 'text', { joins, generated, code: this.codeDepth > 0 });
      this.notice.addText(text);
    };
    this.blocks = new TextBlocks(readRun);
    this.aside = new TextBlocks((run) => this.withLoneFlags(run.text, () => readRun(run)));
  }

  onOpen(tag: string, attributes: Map<string, string>): void {
    this.links.onOpen(tag, attributes);
    this.signals.onOpen(tag, attributes);
    this.structures.onOpen(tag, attributes);
    this.scripts.onOpen(tag, attributes);
    this.elements.onOpen(tag);
    if (attributes.size > 0) return this.openWithAttributes(tag, attributes);
    this.separate(tag);
    this.openByTag(tag, attributes);
  }

  private openWithAttributes(tag: string, attributes: Map<string, string>): void {
    const sheet = this.styles.styleOf(attributes);
    if (FRAME_TAGS.has(tag)) this.addInnerPage(readDataPage(attributes.get('src') ?? attributes.get('data') ?? ''));
    const icon = tag === 'img' ? iconOfImage(attributes) : null;
    if (icon === null) this.separate(tag);
    else this.addIcon(icon);
    this.openEffects(tag, attributes, sheet);
    const marked = this.structures.methodOf(attributes, this.marked);
    if (this.loneDepth === 0) this.readAttributes(tag, attributes, marked);
    else this.withLoneFlags(this.aside.tail(CONTEXT_CHARS), () => this.readAttributes(tag, attributes, marked));
    if (sheet !== null) this.openContent(tag, attributes, sheet);
    if (marked !== null) this.openMarked(tag, marked);
    this.openByTag(tag, attributes);
    if (sheet === null && ICON_TAGS.has(tag) && isAtIcon(attributes)) this.openIcon(tag);
  }

  private openByTag(tag: string, attributes: Map<string, string>): void {
    if (SILENT_TAGS.has(tag)) this.silent = { tag, attributes, parts: [] };
    else if (CODE_TAGS.has(tag)) this.openCode(tag);
  }

  onClose(tag: string): void {
    this.links.onClose(tag);
    this.signals.onClose(tag);
    this.structures.onClose(tag);
    this.scripts.onClose(tag);
    if (tag === this.silent?.tag) this.closeSilent();
    this.elements.onClose(tag);
    this.separate(tag);
  }

  onText(text: string): void {
    this.scripts.onText(text);
    if (this.silent !== null) {
      this.silent.parts.push(text);
      return;
    }
    if (this.asideDepth === 0) {
      this.links.onText(text);
      this.signals.onText(text);
    }
    if (this.isReversed) this.reversed?.parts.push(text.replaceAll('\n', ' '));
    else this.current.addText(text === AT_LIGATURE ? AT_ICON : text);
  }

  finish(): void {
    this.closeSilent();
    this.elements.closeAll();
    this.blocks.flush();
    this.notice.finish();
  }

  private get current(): TextBlocks {
    return this.asideDepth > 0 ? this.aside : this.blocks;
  }

  private get isReversed(): boolean {
    return this.reversed?.asideDepth === this.asideDepth;
  }

  private separate(tag: string): void {
    if (this.isReversed && BLOCK_TAGS.has(tag)) this.reversed?.parts.push('\n');
    else if (BLOCK_TAGS.has(tag)) this.current.breakBlock();
    else this.current.join();
  }

  private closeSilent(): void {
    if (this.silent === null) return;
    const { tag, attributes, parts } = this.silent;
    const type = attributes.get('type') ?? '';
    this.silent = null;
    if (tag === 'style' && SCREEN.test(attributes.get('media') ?? '')) this.styles.addSheet(parts.join(''));
    else if (tag === 'style') return;
    else if (LD_JSON.test(type)) this.reader.readJsonLd(parts.join(''));
    else if (MARKUP_SCRIPT.test(type)) this.addInnerPage(parts.join(''));
  }

  private addInnerPage(html: string): void {
    if (html === '') return;
    this.innerChars += html.length;
    if (this.innerPages.length < MAX_INNER_PAGES && this.innerChars <= MAX_INNER_CHARS) this.innerPages.push(html);
  }

  /** Elements that hide what is in them, or turn it around. */
  private openEffects(tag: string, attributes: Map<string, string>, sheet: ElementStyle | null): void {
    const { visibility, isReversed } = appearanceOf(tag, attributes, sheet);
    if (visibility === 'trap') this.openTrap(tag);
    if (visibility === 'lone') this.openLone(tag);
    else if (visibility === 'aside' || (visibility === 'trap' && INLINE_TAGS.has(tag))) this.openAside(tag);
    if (isReversed && this.reversed === null) this.openReversed(tag);
  }

  /** Text around an inline trap goes on behind it: only what a block holds is a text of its own. */
  private openTrap(tag: string): void {
    const isInline = INLINE_TAGS.has(tag);
    const enter = (step: number): void => {
      if (!isInline) this.current.flush();
      this.trapDepth += step;
      this.reader.flags = this.trapDepth > 0 ? TRAP : NO_FLAGS;
    };
    enter(1);
    this.elements.open(tag, () => enter(-1));
  }

  private openAside(tag: string): void {
    this.asideDepth += 1;
    this.elements.open(tag, () => {
      if (this.asideDepth === 1) this.aside.flush();
      this.asideDepth -= 1;
    });
  }

  private openLone(tag: string): void {
    this.loneDepth += 1;
    this.elements.open(tag, () => (this.loneDepth -= 1));
    this.openAside(tag);
  }

  /** Reads a place in an element that hides itself: with words around the address it is for readers, who can unfold it. */
  private withLoneFlags(text: string, read: () => void): void {
    const { flags } = this.reader;
    if (this.loneDepth > 0 && !/\S\s+\S/.test(text)) this.reader.flags = TRAP;
    read();
    this.reader.flags = flags;
  }

  private openReversed(tag: string): void {
    const parts: string[] = [];
    this.reversed = { parts, asideDepth: this.asideDepth };
    this.elements.open(tag, () => {
      this.reversed = null;
      for (const [index, line] of parts.join('').split('\n').entries()) {
        if (index > 0) this.current.breakBlock();
        if (line.length <= MAX_REVERSED_CHARS) this.current.addGenerated(reverseText(line));
        else this.current.addText(line);
      }
    });
  }

  private openContent(tag: string, attributes: Map<string, string>, sheet: ElementStyle): void {
    const before = this.styles.contentText(sheet.before, attributes);
    const after = this.styles.contentText(sheet.after, attributes);
    if (before !== '') this.current.addGenerated(before);
    if (after !== '') this.elements.open(tag, () => this.current.addGenerated(after));
  }

  private openCode(tag: string): void {
    this.enterCode(1);
    this.elements.open(tag, () => this.enterCode(-1));
  }

  private enterCode(step: number): void {
    this.current.flush();
    this.codeDepth += step;
  }

  /** What is marked as an e-mail address begins and ends there, whatever is written right beside it. */
  private openMarked(tag: string, method: Method): void {
    const before = this.marked;
    this.current.flush();
    this.marked = method;
    this.elements.open(tag, () => {
      this.current.flush();
      this.marked = before;
    });
  }

  /** An element that is drawn as an at-sign has no text of its own. */
  private openIcon(tag: string): void {
    const { chars } = this.current;
    this.elements.open(tag, () => {
      if (this.current.chars === chars) this.addIcon(AT_ICON);
    });
  }

  private addIcon(icon: string): void {
    if (this.isReversed) {
      this.reversed?.parts.push(icon);
      return;
    }
    this.current.join();
    this.current.addText(icon);
    this.current.join();
  }

  private readAttributes(tag: string, attributes: Map<string, string>, marked: Method | null): void {
    for (const [name, value] of attributes) {
      if (OTHER_ATTRIBUTE.test(name)) continue;
      if (name === 'data-cfemail') this.reader.readCloudflare(value, this.context);
      else if (LINK_ATTRIBUTES.has(name)) this.reader.readHref(value, this.context);
      else if (name === 'srcdoc') this.addInnerPage(value);
      else if (MAILTO.test(value) && !TEXT_ATTRIBUTES.has(name)) this.reader.readHref(value, this.context);
      else if (TEXT_ATTRIBUTES.has(name) || name.startsWith('data-') || isCipherName(name) || value.includes('@'))
        this.readValue(name, value, marked ?? (tag === 'meta' ? 'meta' : 'attribute'));
    }
    this.reader.readFirst(joinAttributes(tag, attributes), this.context, 'encoder');
  }

  private readValue(name: string, value: string, method: Method): void {
    if (this.reader.readEncoded(name, value, this.context)) return;
    const isExample = name === 'placeholder' || name === 'data-placeholder';
    this.reader.readAttribute(value, method, isExample ? PLACEHOLDER : NO_FLAGS);
  }
}
