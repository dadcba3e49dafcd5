import { continuesLocal, isLatin } from './address-scan.js';
import { MARK } from './at-words.js';
import { isKnownTld } from './known-suffix.js';

const MAX_LOCAL = 64;
const MAX_LABELS = 6;
const MAX_BLANKS = 24;
const LABEL_CHAR = /[\p{L}\p{M}\p{N}-]/u;
/** `acme . co . uk` */
const SECOND_LEVEL = /^(?:co|com|org|net|ac|gov|edu) [a-z]{2}(?![\p{L}\p{N}])/u;
/** `acme . ` as in `john . doe [at] acme . com`: dots stand apart on both sides of the sign. */
const SPACED_DOMAIN = /^[\s\ufddb]{0,24}[\p{L}\p{N}-]{1,63}\s{1,3}\.\s{1,3}[\p{L}\p{N}]/u;
/** A space, or what is left of a word that was replaced. */
const BLANK = /[\s\ufddb]/;

/** One side of a written-out address. */
export interface Part {
  text: string;
  /** Where it begins (a local part) or ends (a domain). */
  edge: number;
  /** The words in it: none, in brackets (or of one meaning only), or bare. */
  words: 'none' | 'marked' | 'bare';
  /** Dots that are dots. */
  hasDots: boolean;
  /** Dots, or hyphens, with a space beside them. */
  isBroken: boolean;
  /** A word for a dot without anything behind it. */
  dangles: boolean;
}

/** The local part that ends at `at`, words and all; null where there is none, or it is no beginning. */
export function readLocal(marked: string, at: number): Part | null {
  const part: Part = { text: '', edge: at, words: 'none', hasDots: false, isBroken: false, dangles: false };
  let end = skipBack(marked, at);
  // `office, at acme dot com`
  if (marked[at] === MARK.bareAt && marked[end - 1] === ',') end -= 1;
  const latin = isLatin(marked.charCodeAt(end - 1));
  const isSpaced = marked[at] === MARK.at && SPACED_DOMAIN.test(marked.slice(at + 1, at + 100));
  for (;;) {
    let start = end;
    while (start > 0 && end - start <= MAX_LOCAL && continuesLocal(marked.charCodeAt(start - 1), latin)) start -= 1;
    if (start === end) break;
    part.text = marked.slice(start, end) + part.text;
    part.edge = start;
    if (part.text.length > MAX_LOCAL) return null;
    const before = skipBack(marked, start);
    const isDot = isSpaced && before < start && marked[before - 1] === '.' && BLANK.test(marked[before - 2] ?? '');
    const sign = isDot ? PLAIN_DOT : signOf(marked[before - 1]);
    if (sign === null) break;
    part.text = sign.character + part.text;
    part.words = widen(part.words, sign.isBare);
    end = skipBack(marked, before - 1);
  }
  const junk = /^[-.'_&~%+]+/.exec(part.text)?.[0].length ?? 0;
  part.text = part.text.slice(junk);
  return part.text === '' || marked[part.edge - 1] === '@' ? null : part;
}

/** The domain that begins after the sign: labels with a dot, a word for a dot, or a dot beside a space between them. */
export function readDomain(marked: string, from: number): Part | null {
  const part: Part = { text: '', edge: from, words: 'none', hasDots: false, isBroken: false, dangles: false };
  let start = skipAhead(marked, from);
  for (let labels = 0; labels <= MAX_LABELS; labels += 1) {
    if (marked[start] === MARK.bareAt && part.text.endsWith('.')) {
      // Austria's top-level domain.
      part.text += 'at';
      part.edge = start + 2;
      break;
    }
    const end = labelEnd(marked, start);
    if (end === start) {
      part.dangles = part.words !== 'none' && /[.-]$/.test(part.text);
      break;
    }
    part.text += marked.slice(start, end);
    part.edge = end;
    const next = readSeparator(marked, end, part);
    if (next === null) break;
    start = next;
  }
  part.text = part.text.replace(/[.-]+$/, '');
  return part.text.includes('.') ? part : null;
}

/** Adds what stands between two labels to `part`; where the next one begins, or null where the domain ends. */
function readSeparator(marked: string, end: number, part: Part): number | null {
  if (marked[end] === '.' && LABEL_CHAR.test(marked[end + 1] ?? '')) {
    part.text += '.';
    part.hasDots = true;
    return end + 1;
  }
  const ahead = skipAhead(marked, end);
  const sign = signOf(marked[ahead]);
  if (sign !== null) {
    part.text += sign.character;
    part.words = widen(part.words, sign.isBare);
    return skipAhead(marked, ahead + 1);
  }
  return readBrokenDot(marked, end, ahead, part);
}

/** `acme. com`, `acme .com`, `acme-⏎mill.com`: only where the domain cannot end before it. */
function readBrokenDot(marked: string, end: number, ahead: number, part: Part): number | null {
  const isDot = marked[ahead] === '.';
  const isHyphen = marked[end - 1] === '-' && ahead > end;
  if (!isDot && !isHyphen) return null;
  const label = part.text.slice(part.text.lastIndexOf('.') + 1);
  const next = skipAhead(marked, isDot ? ahead + 1 : ahead);
  const isWhole = part.text.includes('.') && isKnownTld(label);
  if (isWhole && !(next > ahead + 1 && SECOND_LEVEL.test(`${label} ${marked.slice(next, next + 3)}`))) return null;
  if (!/[\p{Ll}\d]/u.test(marked[next] ?? '')) return null;
  if (isDot) part.text += '.';
  part.isBroken = true;
  return next;
}

function labelEnd(marked: string, start: number): number {
  let end = start;
  while (end < marked.length && end - start < MAX_LOCAL && LABEL_CHAR.test(marked.charAt(end))) end += 1;
  return end;
}

function skipBack(text: string, from: number): number {
  let index = from;
  let blanks = 0;
  while (index > 0 && BLANK.test(text.charAt(index - 1)) && blanks <= MAX_BLANKS) {
    index -= 1;
    if (text[index] !== MARK.fill) blanks += 1;
  }
  return index;
}

function skipAhead(text: string, from: number): number {
  let index = from;
  let blanks = 0;
  while (index < text.length && BLANK.test(text.charAt(index)) && blanks <= MAX_BLANKS) {
    if (text[index] !== MARK.fill) blanks += 1;
    index += 1;
  }
  return index;
}

const PLAIN_DOT = { character: '.', isBare: false };
const SIGNS = new Map<string, { character: string; isBare: boolean }>([
  [MARK.dot, { character: '.', isBare: false }],
  [MARK.bareDot, { character: '.', isBare: true }],
  [MARK.namedDot, { character: '.', isBare: true }],
  [MARK.dash, { character: '-', isBare: false }],
  [MARK.bareDash, { character: '-', isBare: true }],
  [MARK.underscore, { character: '_', isBare: false }],
  [MARK.bareUnderscore, { character: '_', isBare: true }],
]);

function signOf(character: string | undefined): { character: string; isBare: boolean } | null {
  return character === undefined ? null : (SIGNS.get(character) ?? null);
}

function widen(words: Part['words'], isBare: boolean): Part['words'] {
  return isBare || words === 'bare' ? 'bare' : 'marked';
}
