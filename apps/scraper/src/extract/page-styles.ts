import { tokenize, TokenType, type CSSToken, type TokenIdent } from '@csstools/css-tokenizer';
import { copyText } from './copy-text.js';

/** Style sheets in pages are longer than this only where they are a framework's, which hides no addresses. */
const MAX_CSS_CHARS = 256 * 1024;
const MAX_RULE_CHARS = 2000;
const MAX_RULES = 200;
/** What a rule must mention to matter here; a look at each rule's text spares tokenising the others. */
const MATTERS =
  /--|content|direction|override|display|visibility|font-size\s{0,9}:\s{0,9}0|(?:left|right|top|indent)\s{0,9}:\s{0,9}-\d{3}|opacity\s{0,9}:\s{0,9}0|clip/i;
/** What generated content of an address is made of; icons, quotes and bullets are none of it. */
const ADDRESS_PART = /^[\w.+@()[\] -]{1,254}$/;

const OUT_OF_SIGHT =
  /(?:^|[;\s{])(?:(?:left|right|top|margin-left|text-indent)\s{0,9}:\s{0,9}-(?:\d{4,6}(?:px|pt)?|\d{3,6}r?em)|opacity\s{0,9}:\s{0,9}0(?:\.0{1,3})?(?:\s|;|$|!)|clip\s{0,9}:\s{0,9}rect\(\s{0,9}(?:0|1px))/i;
const COMMENT = /\/\*[^*]{0,500}\*\//g;
/** Blocks that hold for every reader at a screen. */
const FOR_ALL = /^@(?:media\s{1,9}(?:only\s{1,9})?(?:screen|all)\s{0,9}$|layer\b)/i;
const CUSTOM_PROPERTY = /(--[\w-]{1,60})\s{0,9}:\s{0,9}(["'])([\w.@+-]{1,254})\2/g;
const AT_SIGN = /@|[([]\s?at\s?[)\]]|^[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[a-z]{2,24}$/i;

/** A piece of `content`: a text, or the name of the attribute or the custom property that holds it. */
type ContentPart = { text: string } | { attribute: string } | { variable: string };

/** What the style sheets say about an element. */
export interface ElementStyle {
  before: readonly ContentPart[];
  after: readonly ContentPart[];
  /** Written from right to left. */
  isRtl: boolean;
  /** Latin letters are, too. */
  isOverride: boolean;
  isHidden: boolean;
  /** Takes up no room. */
  isTiny: boolean;
  /** Drawn where no reader sees it; texts for screen readers are, too. */
  isOutOfSight: boolean;
}
type Effects = Pick<ElementStyle, 'isRtl' | 'isOverride' | 'isHidden' | 'isTiny' | 'isOutOfSight'>;
const NO_EFFECTS: Effects = { isRtl: false, isOverride: false, isHidden: false, isTiny: false, isOutOfSight: false };
const EFFECTS = ['isRtl', 'isOverride', 'isHidden', 'isTiny', 'isOutOfSight'] as const;

/** What a `style` attribute says about its element; no style sheet has generated content there. */
export function readInlineStyle(style: string): Effects {
  const text = style.slice(0, 500);
  if (!MATTERS.test(text)) return NO_EFFECTS;
  return {
    isRtl: /direction\s{0,9}:\s{0,9}rtl/i.test(text),
    isOverride: /(?:bidi|isolate)-override/i.test(text),
    isHidden: /(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)/i.test(text),
    isTiny: /font-size\s{0,9}:\s{0,9}0(?:\s|;|$|p|e|r|!)/i.test(text),
    isOutOfSight: OUT_OF_SIGHT.test(text),
  };
}

interface StyleRule extends Partial<ElementStyle> {
  classes: string[];
  id: string | null;
  attribute: string | null;
}

/**
 * The few rules of a page's `<style>` elements that matter to what it says: text written by `content`, text turned
 * around, text hidden. Selectors are matched by the classes, id and attribute of their last compound only, which is
 * enough to tell the span that holds an address from the rest of the page.
 */
export class PageStyles {
  private readonly rules: StyleRule[] = [];
  /** Custom properties that hold a text. */
  private readonly variables = new Map<string, string>();
  private chars = 0;
  /** Whether an at-sign is among what is written: else `content` is decoration, and would spoil what it is put beside. */
  private writesAt = false;

  /** The text of one `<style>` element. */
  addSheet(css: string): void {
    this.chars += css.length;
    if (this.chars > MAX_CSS_CHARS) return;
    for (const { prelude, body } of readRules(css)) {
      if (this.rules.length >= MAX_RULES) return;
      if (body.length <= MAX_RULE_CHARS && MATTERS.test(body)) this.addRule(prelude, body);
    }
  }

  /** Null for the many elements that no such rule is about. */
  styleOf(attributes: Map<string, string>): ElementStyle | null {
    if (this.rules.length === 0) return null;
    const classes = new Set((attributes.get('class') ?? '').slice(0, 500).split(/\s+/));
    const matching = this.rules.filter((rule) => matches(rule, classes, attributes));
    if (matching.length === 0) return null;
    const all: ElementStyle = { before: [], after: [], ...NO_EFFECTS };
    for (const rule of matching) {
      if (rule.before !== undefined && this.writesAt) all.before = rule.before;
      if (rule.after !== undefined && this.writesAt) all.after = rule.after;
      for (const effect of EFFECTS) all[effect] ||= rule[effect] === true;
    }
    return all;
  }

  /** The text of generated content for one element. */
  contentText(parts: readonly ContentPart[], attributes: ReadonlyMap<string, string>): string {
    const textOf = (part: ContentPart): string | undefined => {
      if ('text' in part) return part.text;
      return 'attribute' in part ? attributes.get(part.attribute) : this.variables.get(part.variable);
    };
    return parts.map((part) => textOf(part) ?? '').join('');
  }

  private addRule(prelude: string, body: string): void {
    for (const [, name, , value] of body.matchAll(CUSTOM_PROPERTY))
      if (this.variables.size < MAX_RULES) this.variables.set(copyText(name!.toLowerCase()), copyText(value!));
    const declared = readDeclarations(body);
    this.writesAt ||= declared.content?.some((part) => 'text' in part && AT_SIGN.test(part.text)) === true;
    for (const selector of prelude.slice(-MAX_RULE_CHARS).split(',')) {
      const rule = readSelector(selector, declared);
      if (rule !== null && this.rules.length < MAX_RULES) this.rules.push(rule);
    }
  }
}

/** Rules for every reader: what depends on the size of the screen, on print or on support is left out. */
function* readRules(css: string): Generator<{ prelude: string; body: string }> {
  let start = 0;
  for (let open = css.indexOf('{'); open !== -1; open = css.indexOf('{', start)) {
    const prelude = css
      .slice(start, open)
      .replace(COMMENT, '')
      .replace(/^[\s}]+/, '');
    start = open + 1;
    if (FOR_ALL.test(prelude)) continue;
    const isBlock = prelude.startsWith('@');
    const close = isBlock ? blockEnd(css, open) : css.indexOf('}', open);
    if (close === -1) return;
    if (!isBlock) yield { prelude, body: css.slice(open + 1, close) };
    start = close + 1;
  }
}

function blockEnd(css: string, open: number): number {
  for (let depth = 0, index = open; index < css.length; index += 1) {
    const code = css.charCodeAt(index);
    if (code === 123) depth += 1;
    else if (code === 125 && --depth === 0) return index;
  }
  return -1;
}

interface Declared {
  content: ContentPart[] | null;
  style: Partial<ElementStyle>;
}

function readDeclarations(body: string): Declared {
  const effects = readInlineStyle(body);
  const style: Partial<ElementStyle> = {};
  for (const effect of EFFECTS) if (effects[effect]) style[effect] = true;
  return { style, content: /content/i.test(body) ? readContent(tokenize({ css: body })) : null };
}

/** The value of `content`, where it is made of nothing but strings and attributes that can be part of an address. */
function readContent(tokens: readonly CSSToken[]): ContentPart[] | null {
  const start = tokens.findIndex(
    (token, index) =>
      token[0] === TokenType.Ident &&
      token[1].toLowerCase() === 'content' &&
      tokens.slice(index + 1).find(([type]) => type !== TokenType.Whitespace)?.[0] === TokenType.Colon,
  );
  if (start === -1) return null;
  const parts: ContentPart[] = [];
  let called = '';
  for (const token of tokens.slice(start + 1)) {
    if (token[0] === TokenType.Semicolon) break;
    if (token[0] === TokenType.String) parts.push({ text: copyText(token[4].value) });
    if (token[0] === TokenType.Ident && called === 'attr') parts.push({ attribute: nameOf(token) });
    if (token[0] === TokenType.Ident && called === 'var') parts.push({ variable: nameOf(token) });
    called = token[0] === TokenType.Function ? token[4].value.toLowerCase() : '';
  }
  const isPart = parts.every((part) => !('text' in part) || ADDRESS_PART.test(part.text));
  return parts.length > 0 && isPart ? parts : null;
}

function readSelector(selector: string, declared: Declared): StyleRule | null {
  const last = /[^\s>+~]{1,200}$/.exec(selector.trim().slice(-200))?.[0] ?? '';
  const pseudo = /::?(before|after)$/i.exec(last)?.[1]?.toLowerCase();
  const compound = pseudo === undefined ? last : last.slice(0, last.lastIndexOf(':')).replace(/:$/, '');
  if (compound.includes(':') || compound.includes('=')) return null;
  const classes = [...compound.matchAll(/\.([\w-]{1,100})/g)].map((match) => copyText(match[1]!));
  const id = /#([\w-]{1,100})/.exec(compound)?.[1] ?? null;
  const attribute = /\[([\w-]{1,100})\]/.exec(compound)?.[1]?.toLowerCase() ?? null;
  if (classes.length === 0 && id === null && attribute === null) return null;
  const content = declared.content === null ? {} : { [pseudo ?? '']: declared.content };
  const effect = pseudo === undefined ? declared.style : content;
  return Object.keys(effect).length === 0 ? null : { classes, id, attribute, ...effect };
}

function matches(rule: StyleRule, classes: ReadonlySet<string>, attributes: Map<string, string>): boolean {
  if (rule.id !== null && attributes.get('id') !== rule.id) return false;
  if (rule.attribute !== null && !attributes.has(rule.attribute)) return false;
  return rule.classes.every((name) => classes.has(name));
}

function nameOf(token: TokenIdent): string {
  return copyText(token[4].value.toLowerCase());
}
