import { reverseText } from '../encodings/ciphers.js';

/** Characters that are drawn as nothing: zero-width, soft hyphen, direction marks. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
/** What needs folding, in one class: invisible, full-width, and signs that look like `@`, `.` or `-`. */
const FOLDABLE =
  /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\uff01-\uff5e\ufe52\ufe6b\u24d0\u2024\u2010\u2011\ufe63]/g;
/** Drawn from its end to its beginning (Unicode bidirectional algorithm, RLO to PDF); an address is shorter. */
const OVERRIDDEN = /\u202e([^\u202c\n]{1,320})\u202c?/g;
/** `。` between two small ASCII letters or digits is a dot; elsewhere it ends a sentence. */
const IDEOGRAPHIC_DOT = /(?<=[a-z0-9])[\u3002\uff61](?=[a-z0-9])/g;
/** Entities and escapes that are left over where somebody encoded twice. */
const ESCAPE =
  /&(?:amp;){0,3}(?:#0{0,5}(\d{2,5})|#x0{0,5}([\da-f]{2,4})|(commat|period|sol|lpar|rpar|lsqb|lbrack|rsqb|rbrack|lowbar|hyphen|dash|colon|lt|gt|nbsp|amp|quot|shy|zwnj|zwsp));?|%40|%2540|\\{1,2}(?:u00|x)(40|2e|3c|3e)/gi;
const HAS_ESCAPE = /&(?:amp;|#|commat|period|lt;|gt;|nbsp;|shy;|lowbar)|%(?:25)?40|\\(?:u00|x)40/i;
const ENTITIES = new Map(
  Object.entries({
    commat: '@',
    period: '.',
    sol: '/',
    lpar: '(',
    rpar: ')',
    lsqb: '[',
    lbrack: '[',
    rsqb: ']',
    rbrack: ']',
    lowbar: '_',
    hyphen: '-',
    dash: '-',
    colon: ':',
    lt: '<',
    gt: '>',
    nbsp: ' ',
    amp: '&',
    quot: '"',
    shy: '',
    zwnj: '',
    zwsp: '',
  }),
);
const LOOK_ALIKES = new Map([
  ['\ufe6b', '@'],
  ['\u24d0', '@'],
  ['\ufe52', '.'],
  ['\u2024', '.'],
  ['\u2010', '-'],
  ['\u2011', '-'],
  ['\ufe63', '-'],
]);

interface FoldedText {
  text: string;
  joins: ReadonlySet<number> | undefined;
}

/** Removes what is drawn as nothing. */
export function dropInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}

/**
 * What a reader sees (and would type): without invisible characters, full-width forms and look-alikes as ASCII, twice
 * encoded characters decoded. `joins` move along.
 */
export function foldText(source: string, joins: ReadonlySet<number> | undefined): FoldedText {
  let folded: FoldedText = { text: source, joins };
  if (HAS_ESCAPE.test(source)) folded = replaceAll(folded, ESCAPE, decodeEscape);
  if (source.includes('\u202e')) folded = replaceAll(folded, OVERRIDDEN, ({ 1: text = '' }) => reverseText(text));
  if (folded.text.search(FOLDABLE) !== -1) folded = replaceAll(folded, FOLDABLE, foldCharacter);
  if (/[\u3002\uff61]/.test(folded.text)) folded = replaceAll(folded, IDEOGRAPHIC_DOT, () => '.');
  return folded;
}

function replaceAll(folded: FoldedText, pattern: RegExp, replace: (match: RegExpMatchArray) => string): FoldedText {
  const { text } = folded;
  const joins = [...(folded.joins ?? [])].sort((a, b) => a - b);
  const moved = new Set<number>();
  const parts: string[] = [];
  let [read, length, join] = [0, 0, 0];
  for (const match of text.matchAll(pattern)) {
    const replacement = replace(match);
    for (; join < joins.length && (joins[join] ?? 0) <= match.index; join += 1)
      moved.add((joins[join] ?? 0) - read + length);
    parts.push(text.slice(read, match.index), replacement);
    length += match.index - read + replacement.length;
    read = match.index + match[0].length;
  }
  for (; join < joins.length; join += 1) moved.add((joins[join] ?? 0) - read + length);
  parts.push(text.slice(read));
  return { text: parts.join(''), joins: folded.joins && moved };
}

function foldCharacter({ 0: character }: RegExpMatchArray): string {
  const code = character.charCodeAt(0);
  return code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : (LOOK_ALIKES.get(character) ?? '');
}

/** Only ASCII comes of it: nothing else matters to an address. */
function decodeEscape(match: RegExpMatchArray): string {
  const [whole, decimal, hex, name, escape] = match;
  if (name !== undefined) return ENTITIES.get(name.toLowerCase()) ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? escape ?? '40', 16) : Number(decimal);
  return code >= 32 && code < 127 ? String.fromCharCode(code) : whole;
}
