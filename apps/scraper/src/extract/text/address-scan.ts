import type { Address } from '#common/domain/address.js';
import type { CandidateParser } from './candidate-parser.js';
import { isFalseFriend } from './false-friends.js';
import { isKnownTld } from './known-suffix.js';

const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;
/** Not every character that RFC 5322 allows: `/`, `|`, `=` and their like stand between addresses far more often than in one. */
const LOCAL_ASCII = asciiTable("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-'&~");
const DOMAIN_ASCII = asciiTable('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-');
const DOT = 46;
const LETTER = /[\p{L}\p{M}\p{N}]/u;
const LATIN = /[\p{Script=Latin}\p{M}]/u;

/** `acme.co` and `uk` on two lines. */
const BROKEN_SUFFIX = /^\.co\.?[ \t]?\n[ \t]{0,3}(uk|nz|za|jp|kr|il|th|ke|ug|zw|bw)(?![\p{L}\p{N}.@-])/u;

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
  const start = text[at - 1] === '"' ? quotedStart(text, at) : localStart(text, at, options.joins);
  if (start === at) return null;
  const end = domainEnd(text, at, options.joins);
  if (end === null || text[end] === '@') return null;
  if (isFalseFriend(text, start, at, end, options.code === true)) return null;
  const rest = text[end - 3] === '.' ? BROKEN_SUFFIX.exec(text.slice(end - 3, end + 8)) : null;
  const address = parser.parse(text.slice(start, end) + (rest === null ? '' : `.${rest[1]}`));
  return address === null ? null : { address, start, end: end - 3 + (rest?.[0].length ?? 3) };
}

/** Walks left while the characters belong together, then drops what cannot begin a local part. */
function localStart(text: string, at: number, joins: ReadonlySet<number> | undefined): number {
  const latin = isLatin(text.charCodeAt(at - 1));
  const limit = Math.max(0, at - MAX_LOCAL);
  let start = at;
  while (start > limit && continuesLocal(text.charCodeAt(start - 1), latin)) start -= 1;
  if (joins !== undefined && joins.size > 0) start = cutLocalAtJoin(text, start, at, joins);
  // One more character of the same word: longer than any local part, so this is not the start of one.
  if (start > 0 && start === at - MAX_LOCAL && continuesLocal(text.charCodeAt(start - 1), latin)) return at;
  if (text[start - 1] === '@' && !(joins?.has(start) ?? false)) {
    start = cutAtAmpersand(text, start, at);
    if (start === at) return at;
  }
  const local = text.slice(start, at);
  const phone = GLUED_PHONE.exec(local)?.[0].length ?? digitsOfPhone(text, start, local);
  return start + (phone > 0 ? phone : (LEADING_JUNK.exec(local)?.[0].length ?? 0));
}

/** `a@x.de&b@x.de`: what stands before the sign is a whole domain. Returns `at` where it is none. */
function cutAtAmpersand(text: string, start: number, at: number): number {
  const cut = text.slice(start, at).lastIndexOf('&');
  return cut > 0 && hasKnownTld(text.slice(start, start + cut)) ? start + cut + 1 : at;
}

/** `"john doe"@x.org` (RFC 5321). What begins with no letter or digit is a script's: `"info"+"@x.org"`. */
function quotedStart(text: string, at: number): number {
  const limit = Math.max(0, at - MAX_LOCAL);
  const quote = limit + text.slice(limit, at - 1).lastIndexOf('"');
  if (quote < limit) return at;
  const name = text.slice(quote + 1, at - 1);
  return /^[a-z\d][\x21-\x7e]{0,40}(?: [\x21-\x7e]{1,40}){0,3}$/i.test(name) && !name.includes('@') ? quote : at;
}

/** `E-Mail` + `info@x.de`, `a@x.de` + `b@x.de` in neighbouring tags: a label, or a whole address, is no part of the name. */
function cutLocalAtJoin(text: string, start: number, at: number, joins: ReadonlySet<number>): number {
  for (let cut = at - 1; cut > start; cut -= 1) {
    if (!joins.has(cut)) continue;
    const before = text.slice(Math.max(0, start - 1), cut);
    if (GLUED_LABEL.test(before) || isPhone(text, cut) || (before.startsWith('@') && hasKnownTld(before.slice(1))))
      return cut;
  }
  return start;
}

const GLUED_LABEL =
  /(?:^|[^a-z])(?:e-?mail|mail|e-?post|contact|contacto|contatto|kontakt|courriel|correo|email us|post|tel|fax|phone|adresse|address|\d{5,})$/i;
const GLUED_DIGITS = /^[\d.-]{0,20}\d{2}(?=[a-z]{3})/i;
const PHONE = /(?:^|[^\p{L}\d])[+(]?\d[\d \u00a0/().-]{5,20}\d$/u;
const MIN_PHONE_DIGITS = 7;
/** `+4930123456info`, `030-123-4567info`, `01.99.00.12.34info` */
const GLUED_PHONE = /^(?:\+\d{6,14}|\+?\d{1,5}(?:[.-]\d{2,7}){2,6})(?=[a-z]{3})/i;

/** A telephone number that runs into the name: `030 12345info@x.de`. */
function digitsOfPhone(text: string, start: number, local: string): number {
  const digits = GLUED_DIGITS.exec(local)?.[0].length ?? 0;
  return digits > 0 && isPhone(text, start + digits) ? digits : 0;
}

function isPhone(text: string, end: number): boolean {
  const phone = PHONE.exec(text.slice(Math.max(0, end - 24), end))?.[0] ?? '';
  return phone.replace(/\D/g, '').length >= MIN_PHONE_DIGITS;
}

/** Quotes and dashes of the sentence, and escapes left over from a URL or a script. */
const LEADING_JUNK = /^(?:.{0,60}%(?:0[ad]|2[0279c]|3[a-f]|5[bd]))?(?:%[0-9a-f]{2}|u00[23][0-9a-f]|[.'&~%+-])*/i;

/** Whether a character may stand in a local part whose last character is Latin, or is not. */
export function continuesLocal(code: number, latin: boolean): boolean {
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
  if (isLatin(code) || index === start || previous === DOT) return true;
  // A digit or hyphen says nothing of the script: the beginning of the domain does.
  return previous >= 128 ? !latin || !isLatin(previous) : !latin && !isAsciiLetter(previous);
}

/** Shortens a run of domain characters to the longest end that is a known top-level domain and no neighbour glued on. */
function trimDomain(
  text: string,
  start: number,
  runEnd: number,
  joins: ReadonlySet<number> | undefined,
): number | null {
  let end = cutAtWww(text, start, cutAtJoin(text, start, runEnd, joins));
  for (;;) {
    while (end > start && (text[end - 1] === '.' || text[end - 1] === '-')) end -= 1;
    // On the slice: on the whole text the search would go back to its beginning where there is no dot.
    const dot = start + text.slice(start, end).lastIndexOf('.');
    if (dot <= start) return null;
    const label = text.slice(dot + 1, end);
    const glued = isSentenceStart(text.slice(start, dot), label);
    if (isKnownTld(label) && !(glued && hasKnownTld(text.slice(start, dot)))) return end;
    const word = /^[a-z]{2,}(?=[A-Z]|\d{3})/.exec(label);
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

/** `x.itwww.x.it`: a whole domain, and the address of the site without anything between. */
function cutAtWww(text: string, start: number, end: number): number {
  const cut = text.slice(start, end).indexOf('www.', 4) + start;
  return cut > start && text[cut - 1] !== '.' && hasKnownTld(text.slice(start, cut)) ? cut : end;
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

/** ASCII counts as Latin. */
export function isLatin(code: number): boolean {
  return code < 128 || LATIN.test(String.fromCharCode(code));
}

function asciiTable(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
