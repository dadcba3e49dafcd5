import type { Address } from '#common/domain/address.js';
import type { CandidateParser } from './candidate-parser.js';
import { isFalseFriend } from './false-friends.js';
import { isKnownTld } from './known-suffix.js';

const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;
/** Not every character that RFC 5322 allows: `/`, `|`, `=` and their like stand between addresses far more often than in one. */
const LOCAL_ASCII = asciiTable("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-'&~");
const DOMAIN_ASCII = asciiTable('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-');
const LETTER = /[\p{L}\p{M}\p{N}]/u;
const LATIN = /[\p{Script=Latin}\p{M}]/u;

/** An address in a text, and where. */
export interface Candidate {
  address: Address;
  start: number;
  end: number;
}

export interface ScanOptions {
  /** Offsets at which an inline tag joined two texts: where a neighbour may be glued to an address. */
  joins?: ReadonlySet<number>;
  /** The text is source code, where `name@host.sh` is rarely mail. */
  code?: boolean;
}

/**
 * Finds the addresses in a text by walking outward from each `@`, at most 64 characters to the left and 255 to the
 * right. A regular expression for the same takes seconds on hostile (and on some real) pages; this is linear.
 */
export function scanAddresses(text: string, parser: CandidateParser, options: ScanOptions = {}): Candidate[] {
  const found: Candidate[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const candidate = readAround(text, at, parser, options);
    if (candidate !== null) found.push(candidate);
  }
  return found;
}

function readAround(text: string, at: number, parser: CandidateParser, options: ScanOptions): Candidate | null {
  const start = localStart(text, at);
  if (start === at || text[start - 1] === '@') return null;
  const end = domainEnd(text, at, options.joins);
  if (end === null || text[end] === '@') return null;
  if (isFalseFriend(text, start, at, end, options.code === true)) return null;
  const address = parser.parse(text.slice(start, end));
  return address === null ? null : { address, start, end };
}

/** Walks left while the characters belong together, then drops what cannot begin a local part. */
function localStart(text: string, at: number): number {
  const latin = isLatin(text.charCodeAt(at - 1));
  const limit = Math.max(0, at - MAX_LOCAL);
  let start = at;
  while (start > limit && continuesLocal(text.charCodeAt(start - 1), latin)) start -= 1;
  // One more character of the same word: longer than any local part, so this is not the start of one.
  if (start > 0 && start === at - MAX_LOCAL && continuesLocal(text.charCodeAt(start - 1), latin)) return at;
  const junk = LEADING_JUNK.exec(text.slice(start, at));
  return start + (junk?.[0].length ?? 0);
}

/** Quotes and dashes of the sentence, and escapes left over from a URL or a script. */
const LEADING_JUNK = /^(?:%[0-9a-f]{2}|u00[23][0-9a-f]|[.'&~%+-])+/i;

function continuesLocal(code: number, latin: boolean): boolean {
  if (code < 128) return latin ? LOCAL_ASCII[code] === 1 : LOCAL_ASCII[code] === 1 && !isAsciiLetter(code);
  return LETTER.test(String.fromCharCode(code)) && isLatin(code) === latin;
}

function domainEnd(text: string, at: number, joins: ReadonlySet<number> | undefined): number | null {
  const start = at + 1;
  const latin = isLatin(text.charCodeAt(start));
  const limit = Math.min(text.length, start + MAX_DOMAIN);
  let end = start;
  while (end < limit && continuesDomain(text, end, latin, start)) end += 1;
  return trimDomain(text, start, end, joins);
}

/** A script change inside a label ends the domain (`.auまで`); after a dot it may be the TLD's own script. */
function continuesDomain(text: string, index: number, latin: boolean, start: number): boolean {
  const code = text.charCodeAt(index);
  if (code < 128) return DOMAIN_ASCII[code] === 1;
  if (!LETTER.test(text.charAt(index))) return false;
  const previous = text.charCodeAt(index - 1);
  if (index === start || previous === 46 || previous >= 128)
    return isLatin(previous) === isLatin(code) || previous === 46 || !latin || isLatin(code);
  return isLatin(code);
}

/** Shortens a run of domain characters to the longest end that is a known top-level domain and no neighbour glued on. */
function trimDomain(
  text: string,
  start: number,
  runEnd: number,
  joins: ReadonlySet<number> | undefined,
): number | null {
  let end = cutAtJoin(text, start, runEnd, joins);
  for (;;) {
    while (end > start && (text[end - 1] === '.' || text[end - 1] === '-')) end -= 1;
    const dot = text.lastIndexOf('.', end - 1);
    if (dot <= start) return null;
    const label = text.slice(dot + 1, end);
    const glued = isSentenceStart(text.slice(start, dot), label);
    if (isKnownTld(label) && !(glued && hasKnownTld(text.slice(start, dot)))) return end;
    const word = /^[a-z]{2,}(?=[A-Z])/.exec(label);
    if (word !== null && isKnownTld(word[0])) return dot + 1 + word[0].length;
    if (!glued) return null;
    end = dot;
  }
}

/** `x.de` + `www.x.de` in neighbouring tags: cut where the first part is a whole domain and the second starts anew. */
function cutAtJoin(text: string, start: number, end: number, joins: ReadonlySet<number> | undefined): number {
  if (joins === undefined || joins.size === 0) return end;
  const wholeIsKnown = hasKnownTld(text.slice(start, end).replace(/[.-]+$/, ''));
  for (let cut = start + 1; cut < end; cut += 1) {
    if (!joins.has(cut) || !hasKnownTld(text.slice(start, cut))) continue;
    if (!wholeIsKnown || /^(?:www\.|http|[A-Z])/.test(text.slice(cut, cut + 4))) return cut;
  }
  return end;
}

/** `x.de.Please`: a capitalised (or numeric) label after a domain in lower case is the next sentence. */
function isSentenceStart(domain: string, label: string): boolean {
  return /^(?:\p{Lu}[\p{Ll}-]|\d)/u.test(label) && domain === domain.toLowerCase();
}

function hasKnownTld(domain: string): boolean {
  const dot = domain.lastIndexOf('.');
  return dot > 0 && isKnownTld(domain.slice(dot + 1));
}

function isAsciiLetter(code: number): boolean {
  return (code > 64 && code < 91) || (code > 96 && code < 123);
}

function isLatin(code: number): boolean {
  return code < 128 || LATIN.test(String.fromCharCode(code));
}

function asciiTable(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
