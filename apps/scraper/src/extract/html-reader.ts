import { Tokenizer, type QuoteType, type TokenizerCallbacks } from 'htmlparser2';
import type { PageTurns } from './page-turns.js';

/** Characters tokenised before other work of the process gets its turn: 1 ms of tags, 20 ms of nothing but addresses. */
const SLICE_CHARS = 16 * 1024;
/** Beyond these a tag is an attack; what is over is not read. */
const MAX_ATTRIBUTES = 256;
const MAX_ATTRIBUTE_CHARS = 32 * 1024;

/** The start tag of an element whose text is code, where it is not too long to be one. */
const CODE_TAG = /<(?:script|style)(?:\s[^>]{0,2000})?>/gi;
const SCRIPT_END = /<\/script/gi;
const STYLE_END = /<\/style/gi;

/** Most elements have no attributes: they share one map. Nobody writes to it. */
const NONE = new Map<string, string>();

/** What a page is made of, in order. Tag and attribute names are in lower case, entities decoded. */
export interface HtmlHandler {
  onOpen(tag: string, attributes: Map<string, string>): void;
  onClose(tag: string): void;
  onText(text: string): void;
}

/**
 * Reads HTML with htmlparser2's tokenizer, not its parser: the parser keeps a stack of open elements in an array that
 * it shifts and searches, which is quadratic (200,000 nested tags: 3.5 s against 0.02 s), and nothing here needs it.
 * Yields to the event loop between slices; ends early where the page has had its share of CPU time.
 */
export async function readHtml(html: string, handler: HtmlHandler, turns: PageTurns): Promise<void> {
  const reader = new TokenReader(html, handler);
  const tokenizer = new Tokenizer({}, reader);
  let codeAt = behindCodeTag(html, 0);
  for (let start = 0; start < html.length;) {
    if (codeAt <= start) codeAt = behindCodeTag(html, start);
    const end = Math.min(html.length, start + SLICE_CHARS, codeAt);
    const goesOn = await turns.take(() => tokenizer.write(html.slice(start, end)));
    if (!goesOn) return;
    // Elsewhere the tokenizer may be in the middle of an end tag.
    start = end === codeAt && reader.isInCode ? reader.skipCode(end) : end;
  }
  await turns.take(() => tokenizer.end());
}

/** Where the next start tag ends whose element may hold code: a slice ends there. */
function behindCodeTag(html: string, start: number): number {
  CODE_TAG.lastIndex = start;
  return CODE_TAG.test(html) ? CODE_TAG.lastIndex : Number.POSITIVE_INFINITY;
}

/**
 * Turns the tokenizer's offsets into tags, attributes and text. It hands on the text of scripts and styles by itself: a
 * search for their end tag is many times as fast as looking at each character.
 */
class TokenReader implements TokenizerCallbacks {
  private tag = '';
  private attributes = NONE;
  private name = '';
  private value: string[] = [];
  private valueChars = 0;
  /** Of an element whose text is code, from its start tag to its end tag. */
  private code: string | null = null;
  /** Characters that the tokenizer has not seen. */
  private skipped = 0;

  constructor(
    private readonly html: string,
    private readonly handler: HtmlHandler,
  ) {}

  get isInCode(): boolean {
    return this.code !== null;
  }

  /** Hands on the code from here to its end tag. Returns where that is. */
  skipCode(start: number): number {
    const endTag = this.code === 'style' ? STYLE_END : SCRIPT_END;
    endTag.lastIndex = start;
    const end = endTag.exec(this.html)?.index ?? this.html.length;
    for (let from = start; from < end; from += SLICE_CHARS)
      this.handler.onText(this.html.slice(from, Math.min(end, from + SLICE_CHARS)));
    this.skipped += end - start;
    this.code = null;
    return end;
  }

  private cut(start: number, end: number): string {
    return this.html.slice(start + this.skipped, end + this.skipped);
  }

  onopentagname(start: number, end: number): void {
    this.tag = this.cut(start, end).toLowerCase();
    this.attributes = NONE;
  }

  onopentagend(): void {
    if (this.tag === 'script' || this.tag === 'style') this.code = this.tag;
    this.handler.onOpen(this.tag, this.attributes);
  }

  onselfclosingtag(): void {
    this.handler.onOpen(this.tag, this.attributes);
    this.handler.onClose(this.tag);
  }

  onclosetag(start: number, end: number): void {
    this.code = null;
    this.handler.onClose(this.cut(start, end).toLowerCase());
  }

  onattribname(start: number, end: number): void {
    this.name = this.cut(start, Math.min(end, start + 100)).toLowerCase();
    this.value = [];
    this.valueChars = 0;
  }

  onattribdata(start: number, end: number): void {
    this.addValue(this.cut(start, end));
  }

  onattribentity(codepoint: number): void {
    this.addValue(String.fromCodePoint(codepoint));
  }

  onattribend(_quote: QuoteType): void {
    if (this.attributes === NONE) this.attributes = new Map();
    if (this.attributes.size >= MAX_ATTRIBUTES || this.attributes.has(this.name)) return;
    this.attributes.set(this.name, this.value.length === 1 ? this.value[0]! : this.value.join(''));
  }

  ontext(start: number, end: number): void {
    this.handler.onText(this.cut(start, end));
  }

  ontextentity(codepoint: number): void {
    this.handler.onText(String.fromCodePoint(codepoint));
  }

  oncomment(): void {}
  oncdata(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  onend(): void {}

  private addValue(part: string): void {
    if (this.valueChars > MAX_ATTRIBUTE_CHARS) return;
    this.valueChars += part.length;
    this.value.push(part);
  }
}
