import { CONTACT_WORDS } from './contact-words.js';
import type { PageWords } from './page-words.js';

/** Kinds of pages that links are told apart by, the most telling first. */
export const PAGE_KINDS = ['contact', 'legal', 'about', 'service', 'privacy', 'more'] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

/** What a text says about the page that it names. */
export interface WordMatch {
  kind: PageKind;
  /** The words as they stand in the text, without case and accents. */
  words: string;
  /** The words are the whole text, a part of a short one, or a passage in a long one, which says little. */
  extent: 'whole' | 'part' | 'long';
}

interface Phrase {
  /** null for a phrase that looks like one of the kinds and is none. */
  kind: PageKind | null;
  tokens: string[];
  /** The last token is only a beginning. */
  isStem: boolean;
}

interface Span {
  start: number;
  end: number;
  kind: PageKind | null;
}

interface KnownSpan extends Span {
  kind: PageKind;
}

/** Words of one text that are looked at: more than any label has. */
const MAX_TOKENS = 60;
/** An unspaced text of up to so many characters is a label, a longer one a sentence. */
const MAX_LABEL_CHARS = 24;
const STEM_HEAD = 3;
const FIRST_UNSPACED = 0x0e00;
const NONE: readonly Phrase[] = [];
const NON_ASCII = /[^\x00-\x7f]/; // oxlint-disable-line no-control-regex -- ASCII is what it is
const WORDS = /[\p{L}\p{M}]+/gu;
const ASCII_WORDS = /[a-z]+/g;
/** Thai to Khmer, kana, Chinese characters and Hangul: words are not, or not reliably, set apart. */
const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
/** Accents, and what Hebrew and Arabic may or may not write. */
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]/g;
const PLAIN: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ı: 'i',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ς: 'σ',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
};
const SPECIAL = /[łøœæßıđðþςىیک]/g;

/** Lower case without accents, one spelling for one word: `Über` is `uber`, `ΕΠΙΚΟΙΝΩΝΊΑ` is `επικοινωνια`. */
export function plainText(text: string): string {
  const lower = text.toLowerCase();
  if (!NON_ASCII.test(lower)) return lower;
  // Decomposed to lose the accents, and composed again: Hangul would stay in pieces.
  const bare = lower.normalize('NFKD').replace(MARKS, '').normalize('NFC');
  return bare.replace(SPECIAL, (letter) => PLAIN[letter] ?? letter);
}

/** The words of a text that `plainText` has made; digits and punctuation separate. */
export function wordsOf(plain: string): string[] {
  return (plain.match(NON_ASCII.test(plain) ? WORDS : ASCII_WORDS) ?? []).slice(0, MAX_TOKENS);
}

/** Finds page words in short texts: each word is looked up once, so that the number of languages costs nothing. */
export class WordMatcher {
  private readonly byFirst = new Map<string, Phrase[]>();
  private readonly stems = new Map<string, Phrase[]>();
  private readonly unspaced = new Map<string, { text: string; kind: PageKind }[]>();
  private readonly unspacedDecoys: string[] = [];

  constructor(languages: readonly PageWords[]) {
    for (const words of languages) {
      for (const kind of PAGE_KINDS) this.addWords(words[kind] ?? '', kind);
      this.addWords(words.not ?? '', null);
    }
  }

  /** The most telling words of a text; longer than `maxWords` it is prose. */
  match(tokens: readonly string[], maxWords: number): WordMatch | null {
    const spans: Span[] = [];
    let isUnspaced = false;
    for (const [start, token] of tokens.entries()) {
      this.addSpans(spans, tokens, start);
      isUnspaced ||= token.charCodeAt(0) >= FIRST_UNSPACED || token.charCodeAt(token.length - 1) >= FIRST_UNSPACED;
    }
    const best = spans.length === 0 ? null : bestOf(spans);
    const spaced = best === null ? null : describeSpan(tokens, best, maxWords);
    const other = isUnspaced ? this.matchUnspaced(tokens.join('')) : null;
    if (spaced === null || other === null) return spaced ?? other;
    return rankOf(other.kind) <= rankOf(spaced.kind) ? other : spaced;
  }

  private addSpans(spans: Span[], tokens: readonly string[], start: number): void {
    const token = tokens[start] ?? '';
    for (const phrase of this.byFirst.get(token) ?? NONE) {
      if (startsWith(tokens, start, phrase))
        spans.push({ start, end: start + phrase.tokens.length, kind: phrase.kind });
    }
    for (const phrase of this.stems.get(token.slice(0, STEM_HEAD)) ?? NONE) {
      if (token.startsWith(phrase.tokens[0] ?? '')) spans.push({ start, end: start + 1, kind: phrase.kind });
    }
  }

  private matchUnspaced(compact: string): WordMatch | null {
    const text = this.unspacedDecoys.reduce((rest, decoy) => rest.replaceAll(decoy, ' '), compact);
    let best: { text: string; kind: PageKind } | null = null;
    for (let index = 0; index < text.length; index += 1) {
      for (const word of this.unspaced.get(text[index] ?? '') ?? []) {
        if (!text.startsWith(word.text, index)) continue;
        const order = best === null ? -1 : rankOf(word.kind) - rankOf(best.kind);
        if (best === null || order < 0 || (order === 0 && word.text.length > best.text.length)) best = word;
      }
    }
    if (best === null) return null;
    const isWhole = compact.length <= best.text.length + 2;
    return {
      kind: best.kind,
      words: best.text,
      extent: isWhole ? 'whole' : extentOf(compact.length <= MAX_LABEL_CHARS),
    };
  }

  private addWords(list: string, kind: PageKind | null): void {
    for (const entry of list.split(',')) {
      const plain = plainText(entry).trim();
      const tokens = wordsOf(plain);
      if (tokens.length === 0) continue;
      if (UNSPACED.test(plain)) this.addUnspaced(tokens.join(''), kind);
      else this.addPhrase({ kind, tokens, isStem: plain.endsWith('*') });
    }
  }

  private addUnspaced(text: string, kind: PageKind | null): void {
    if (kind === null) this.unspacedDecoys.push(text);
    else append(this.unspaced, text[0] ?? '', { text, kind });
  }

  private addPhrase(phrase: Phrase): void {
    const [first = ''] = phrase.tokens;
    if (phrase.tokens.length > 1) this.addPhrase({ ...phrase, tokens: [phrase.tokens.join('')] });
    if (phrase.tokens.length === 1 && phrase.isStem) append(this.stems, first.slice(0, STEM_HEAD), phrase);
    else append(this.byFirst, first, phrase);
  }
}

/** The matcher of all languages. */
export const pageWords = new WordMatcher(Object.values(CONTACT_WORDS));

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function startsWith(tokens: readonly string[], start: number, phrase: Phrase): boolean {
  return phrase.tokens.every((wanted, offset) => {
    const token = tokens[start + offset];
    if (token === undefined) return false;
    return phrase.isStem && offset === phrase.tokens.length - 1 ? token.startsWith(wanted) : token === wanted;
  });
}

/** "Contact lenses" have nothing to do with "contact", nor "work with us" with "us". */
function overrules(other: Span, span: Span): boolean {
  if (other.kind === null) return other.start < span.end && span.start < other.end;
  return other.start <= span.start && other.end >= span.end && other.end - other.start > span.end - span.start;
}

export function rankOf(kind: PageKind): number {
  return PAGE_KINDS.indexOf(kind);
}

function bestOf(spans: readonly Span[]): KnownSpan | null {
  let best: KnownSpan | null = null;
  for (const { start, end, kind } of spans) {
    if (kind === null || spans.some((other) => overrules(other, { start, end, kind }))) continue;
    if (best === null || isBetter({ start, end, kind }, best)) best = { start, end, kind };
  }
  return best;
}

function isBetter(span: KnownSpan, best: KnownSpan): boolean {
  const order = rankOf(span.kind) - rankOf(best.kind);
  return order < 0 || (order === 0 && span.end - span.start > best.end - best.start);
}

function describeSpan(tokens: readonly string[], span: KnownSpan, maxWords: number): WordMatch {
  const matched = tokens.slice(span.start, span.end);
  const others = new Set(tokens).size - new Set(matched).size;
  const extent = others === 0 ? 'whole' : extentOf(others + matched.length <= maxWords);
  return { kind: span.kind, words: matched.join(' '), extent };
}

function extentOf(isShort: boolean): 'part' | 'long' {
  return isShort ? 'part' : 'long';
}
