import type { HtmlHandler } from '../html-reader.js';
import { readJsonTexts } from '../encodings/json-ld.js';
import { VOID_TAGS } from '../tags.js';
import { decodeCall, decodeMailtoToken } from './known-encoders.js';
import { buildsAddress, isCommon, isRunnable, MAX_SCRIPT_CHARS, turnsText } from './script-hints.js';
import type { JobNode, ScriptJob, Snippet } from './script-job.js';
import { readLiterals } from './script-literals.js';

const MAX_NODES = 2000;
/** From here on only what a script can ask for by a name is kept. */
const MAX_PLAIN_NODES = 1000;
const MAX_NODE_CHARS = 128 * 1024;
const MAX_ATTRIBUTE_CHARS = 1000;
const MAX_DEPTH = 200;
const MAX_SNIPPETS = 64;
/** Code that is kept until the page is over and one knows whether it is worth running. */
const MAX_KEPT_SNIPPETS = 256;
const MAX_KEPT_CHARS = 512 * 1024;
/** Functions that are looked for in the page's code. */
const MAX_NAMES = 32;
/** Of data for scripts, in one element. */
const MAX_STATE_CHARS = 1024 * 1024;
const MAX_LITERAL_SCRIPT_CHARS = 50 * 1024;
const MAX_TEXTS = 200;

/** With the mark of Cloudflare's Rocket Loader, or without. */
const JAVASCRIPT =
  /^\s{0,9}(?:[\da-f]{16,40}-)?(?:(?:text|application)\/(?:x-)?(?:java|ecma)script|module|text\/jsx?)?\s{0,9}(?:;|$)/i;
const JSON_TYPE = /^\s{0,9}application\/(?!ld\+)(?:[\w.-]{1,40}\+)?json/i;
/** A script that gives the page's data a name, and little else. */
const STATE =
  /^\s{0,99}(?:(?:window|self|globalThis)(?:\.|\[["'])|(?:var|let|const)\s)\s{0,9}[\w$]{0,20}(?:__\w{1,60}|STATE|state|Data|data|Props|props|config|Config|Redux|Apollo|Static|meta|Shopify|Context)[\w$."'\]]{0,40}\s{0,9}=\s{0,9}[^=]|^\s{0,99}(?:\(?self\.)?__next_f/;
/** Without one of these no text in data is an address. */
const HOLDS_AT = /@|%40|\\u0040/;
const NAMING = new Set(['id', 'class', 'name', 'href']);

/** An element with its attributes, or a text. */
interface SeenNode {
  parent: number;
  tag: string;
  attributes: Map<string, string> | string;
}

interface Kept extends Snippet {
  /** It looks as if it put an address together. */
  builds: boolean;
}

/** Something that code says, or is given, as it stands. */
export interface ScriptText {
  text: string;
  /** `encoder`: decoded arguments of a function that a script of another file defines. */
  kind: 'state' | 'literal' | 'encoder';
}

/**
 * Notes on a pass over a page what its scripts say and whether they are worth running. Elements, which scripts look up
 * and write to, are kept only in a second pass over the few pages where that is so: they cost a third of a pass.
 */
export class ScriptCollector implements HtmlHandler {
  private readonly elements: SeenNode[] = [];
  private readonly open: { tag: string; index: number }[] = [];
  private readonly kept: Kept[] = [];
  private readonly said: ScriptText[] = [];
  private readonly defined = new Map<string, boolean>();
  private nodeChars = 0;
  private keptChars = 0;
  private script: { type: string; index: number; parts: string[]; chars: number } | null = null;
  private inStyle = false;

  constructor(private readonly pass: 'first' | 'second') {}

  onOpen(tag: string, attributes: Map<string, string>): void {
    const index = this.pass === 'second' ? this.openNode(tag, attributes) : -1;
    if (attributes.size > 0) this.readAttributes(attributes, index);
    if (tag === 'script') this.script = { type: typeOf(attributes), index, parts: [], chars: 0 };
    else if (tag === 'style') this.inStyle = true;
  }

  onClose(tag: string): void {
    if (tag === 'script') this.closeScript();
    else if (tag === 'style') this.inStyle = false;
    const at = this.open.findLastIndex((one) => one.tag === tag);
    if (at !== -1) this.open.length = at;
  }

  onText(text: string): void {
    if (this.script !== null) this.addCode(this.script, text);
    else if (this.pass === 'second' && !this.inStyle) this.addText(text);
  }

  /** Whether something looks like building an address; on most pages nothing does. */
  get isWorthRunning(): boolean {
    return this.kept.some(({ builds, code }) => builds && isRunnable(code));
  }

  /** What there is to run, after the second pass. */
  finish(): ScriptJob {
    this.closeScript();
    const snippets = choose(this.kept.filter(({ code }) => isRunnable(code)));
    return { snippets, nodes: this.elements.map(toJobNode) };
  }

  /** Addresses in the code as they stand, after the page's end. */
  texts(): ScriptText[] {
    this.closeScript();
    const found = this.kept.filter(({ kind }) => kind === 'script').flatMap(literalsOf);
    const isTurned = found.length > 0 && this.kept.some(({ code }) => turnsText(code));
    const literals = isTurned ? [] : found;
    const calls = this.kept.flatMap(({ code }) => decodeCall(code, (name) => this.isDefined(name)));
    const decoded = calls.map((text): ScriptText => ({ text, kind: 'encoder' }));
    return [...this.said, ...decoded, ...literals].slice(0, MAX_TEXTS);
  }

  private get parent(): number {
    return this.open.at(-1)?.index ?? -1;
  }

  private hasRoom(chars: number): boolean {
    this.nodeChars += chars;
    return this.elements.length < MAX_NODES && this.nodeChars <= MAX_NODE_CHARS;
  }

  private openNode(tag: string, attributes: Map<string, string>): number {
    const index = this.addNode(tag, attributes);
    if (!VOID_TAGS.has(tag) && this.open.length < MAX_DEPTH) this.open.push({ tag, index });
    return index;
  }

  private addText(text: string): void {
    const parent = this.parent;
    if (parent !== -1 && this.hasRoom(text.length) && /\S/.test(text))
      this.elements.push({ parent, tag: '', attributes: text });
  }

  private addCode(script: NonNullable<typeof this.script>, text: string): void {
    if (script.chars > MAX_STATE_CHARS) return;
    script.chars += text.length;
    script.parts.push(text);
  }

  /** The index of the element, or of the one that it stands in where it is not kept. */
  private addNode(tag: string, attributes: Map<string, string>): number {
    if (this.elements.length > MAX_PLAIN_NODES && !isNamed(attributes)) return this.parent;
    let chars = tag.length;
    for (const value of attributes.values()) chars += Math.min(value.length, MAX_ATTRIBUTE_CHARS);
    if (!this.hasRoom(chars)) return this.parent;
    return this.elements.push({ parent: this.parent, tag, attributes }) - 1;
  }

  private readAttributes(attributes: Map<string, string>, element: number): void {
    const token = decodeMailtoToken(attributes);
    if (token !== null) this.say([token], 'encoder');
    for (const [name, value] of attributes) {
      if (name.startsWith('on')) this.keep({ kind: 'handler', code: value, element });
      else if ((name === 'href' || name === 'action') && /^\s{0,9}javascript:/i.test(value))
        this.keep({ kind: 'link', code: decodeLink(value), element });
    }
  }

  /** Scripts come last on many pages: handlers leave room for them. */
  private keep(snippet: Snippet): void {
    const { kind, code } = snippet;
    const room = kind === 'script' || kind === 'module' ? MAX_KEPT_SNIPPETS : MAX_KEPT_SNIPPETS / 2;
    if (this.kept.length >= room || code.length > MAX_SCRIPT_CHARS) return;
    this.keptChars += code.length;
    if (this.keptChars <= MAX_KEPT_CHARS) this.kept.push({ ...snippet, builds: buildsAddress(code) });
  }

  private closeScript(): void {
    if (this.script === null) return;
    const { type, index, parts } = this.script;
    this.script = null;
    const code = parts.join('');
    if (JSON_TYPE.test(type) && HOLDS_AT.test(code))
      this.say(readJsonTexts(code)?.map(({ text }) => text) ?? readLiterals(code, MAX_TEXTS), 'state');
    else if (!JAVASCRIPT.test(type)) return;
    else if (STATE.test(code.slice(0, 200))) this.say(readLiterals(code, MAX_TEXTS), 'state');
    if (JAVASCRIPT.test(type)) this.keep({ kind: /module/i.test(type) ? 'module' : 'script', code, element: index });
  }

  private say(texts: readonly string[], kind: ScriptText['kind']): void {
    for (const text of texts) if (this.said.length < MAX_TEXTS) this.said.push({ text, kind });
  }

  /** Whether a function is in the page's own code; in doubt, because there are so many, it is. */
  private isDefined(name: string): boolean {
    const last = name.split('.').at(-1) ?? name;
    const known = this.defined.get(last) ?? (this.defined.size >= MAX_NAMES || null);
    if (known !== null) return known;
    const marks = [`function ${last}`, `${last}=`, `${last} =`];
    const isHere = this.kept.some(({ kind, code }) => kind === 'script' && marks.some((mark) => code.includes(mark)));
    this.defined.set(last, isHere);
    return isHere;
  }
}

/** What builds addresses comes first, then what it may call, as far as there is room; in the order of the page. */
function choose(kept: readonly Kept[]): Snippet[] {
  const chosen = new Set<Kept>();
  let chars = 0;
  for (const isWanted of [true, false]) {
    for (const snippet of kept) {
      if (snippet.builds !== isWanted || chosen.size >= MAX_SNIPPETS) continue;
      if (chars + snippet.code.length > MAX_SCRIPT_CHARS) continue;
      chars += snippet.code.length;
      chosen.add(snippet);
    }
  }
  return kept.filter((snippet) => chosen.has(snippet)).map(({ kind, code, element }) => ({ kind, code, element }));
}

function literalsOf({ code }: Kept): ScriptText[] {
  if (code.length > MAX_LITERAL_SCRIPT_CHARS || STATE.test(code.slice(0, 200))) return [];
  const texts = readLiterals(code, MAX_TEXTS);
  return texts.length === 0 || isCommon(code) ? [] : texts.map((text) => ({ text, kind: 'literal' }));
}

/** A script of another file has no code here, whatever stands in the element. */
function typeOf(attributes: ReadonlyMap<string, string>): string {
  return attributes.has('src') ? 'file' : (attributes.get('type') ?? '');
}

function isNamed(attributes: ReadonlyMap<string, string>): boolean {
  for (const name of attributes.keys())
    if (NAMING.has(name) || name.startsWith('data-') || name.startsWith('on')) return true;
  return false;
}

function toJobNode({ parent, tag, attributes }: SeenNode): JobNode {
  if (typeof attributes === 'string') return { parent, text: attributes.slice(0, MAX_ATTRIBUTE_CHARS) };
  const own = [...attributes].filter(([name, value]) => !name.startsWith('on') && value.length <= MAX_ATTRIBUTE_CHARS);
  return { parent, tag, attributes: Object.fromEntries(own) };
}

/** A browser undoes percent signs before it runs what is behind `javascript:`. */
function decodeLink(href: string): string {
  const code = href.replace(/^\s{0,9}javascript:/i, '');
  try {
    return decodeURIComponent(code);
  } catch {
    return code;
  }
}
