import { Tokenizer, type QuoteType, type TokenizerCallbacks } from 'htmlparser2';
import type { PageTurns } from './page-turns.js';

/** Characters tokenised before other work of the process gets its turn: 1 ms of tags, 20 ms of nothing but addresses. */
const SLICE_CHARS = 16 * 1024;
/** Beyond these a tag is an attack; what is over is not read. */
const MAX_ATTRIBUTES = 256;
const MAX_ATTRIBUTE_CHARS = 32 * 1024;

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
  const tokenizer = new Tokenizer({}, new TokenReader(html, handler));
  for (let start = 0; start < html.length; start += SLICE_CHARS) {
    const goesOn = await turns.take(() => tokenizer.write(html.slice(start, start + SLICE_CHARS)));
    if (!goesOn) return;
  }
  await turns.take(() => tokenizer.end());
}

/** Turns the tokenizer's offsets into tags, attributes and text. */
class TokenReader implements TokenizerCallbacks {
  private tag = '';
  private attributes = NONE;
  private name = '';
  private value: string[] = [];
  private valueChars = 0;

  constructor(
    private readonly html: string,
    private readonly handler: HtmlHandler,
  ) {}

  onopentagname(start: number, end: number): void {
    this.tag = this.html.slice(start, end).toLowerCase();
    this.attributes = NONE;
  }

  onopentagend(): void {
    this.handler.onOpen(this.tag, this.attributes);
  }

  onselfclosingtag(): void {
    this.handler.onOpen(this.tag, this.attributes);
    this.handler.onClose(this.tag);
  }

  onclosetag(start: number, end: number): void {
    this.handler.onClose(this.html.slice(start, end).toLowerCase());
  }

  onattribname(start: number, end: number): void {
    this.name = this.html.slice(start, Math.min(end, start + 100)).toLowerCase();
    this.value = [];
    this.valueChars = 0;
  }

  onattribdata(start: number, end: number): void {
    this.addValue(this.html.slice(start, end));
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
    this.handler.onText(this.html.slice(start, end));
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
