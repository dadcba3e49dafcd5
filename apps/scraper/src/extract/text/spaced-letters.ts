import { scanAddresses, type Candidate } from './address-scan.js';
import type { CandidateParser } from './candidate-parser.js';

/** Longer than any address that somebody spaces out by hand. */
const MAX_LETTERS = 80;
const MIN_LETTERS = 6;
/** Without the flags `i` and `u` this costs a thirtieth on text that is not Latin-1. */
const SIGN = /@|[[({]\s?(?:[aA][tT]|@)\s?[\])}]/g;
const SPACE = /[ \u00a0\u2000-\u200a\u202f\u3000\t]/;
const LOCAL_LETTER = /[\p{L}\p{N}._+-]/u;
const DOMAIN_LETTER = /[\p{L}\p{N}.-]/u;
const WRITTEN_DOT = /^[[({]\s?(?:dot|punkt|\.)\s?[\])}]/iu;

/** `n a m e @ d o m a i n . t l d`: single letters with one space (or two) between them, around an `@`. */
export function scanSpacedLetters(text: string, parser: CandidateParser): Candidate[] {
  const found: Candidate[] = [];
  for (const { 0: sign, index } of text.matchAll(SIGN)) {
    if (!SPACE.test(text[index - 1] ?? '')) continue;
    const local = lettersBefore(text, index);
    if (local.letters.length < 2) continue;
    const domain = lettersAfter(text, index + sign.length);
    const isWord = domain.letters === '';
    // `a b c @word`: what begins right behind the sign is somebody's handle.
    if (isWord && !SPACE.test(text[index + sign.length] ?? '')) continue;
    const written = isWord ? wordAfter(text, index + sign.length) : domain;
    if (local.letters.length + domain.letters.length < MIN_LETTERS && (!isWord || local.letters.length < 3)) continue;
    const joined = `${local.letters}@${written.letters}`;
    const [candidate] = scanAddresses(joined, parser);
    if (candidate === undefined || candidate.start > 0) continue;
    found.push({ address: candidate.address, start: local.edge, end: written.edge });
  }
  return found;
}

function lettersBefore(text: string, at: number): { letters: string; edge: number } {
  const letters: string[] = [];
  let edge = at;
  while (letters.length < MAX_LETTERS) {
    const end = skipSpaces(text, edge, -1);
    if (end === edge && edge !== at) break;
    if (!LOCAL_LETTER.test(text[end - 1] ?? '') || !isAlone(text[end - 2], text[end - 1])) break;
    letters.unshift(text.charAt(end - 1));
    edge = end - 1;
  }
  return { letters: letters.join(''), edge };
}

function lettersAfter(text: string, from: number): { letters: string; edge: number } {
  const letters: string[] = [];
  let edge = from;
  while (letters.length < MAX_LETTERS) {
    const start = skipSpaces(text, edge, 1);
    if (start === edge && edge !== from) break;
    const dot = WRITTEN_DOT.exec(text.slice(start, start + 12))?.[0];
    if (dot === undefined && (!DOMAIN_LETTER.test(text[start] ?? '') || !isAlone(text[start + 1], text[start]))) break;
    letters.push(dot === undefined ? text.charAt(start) : '.');
    edge = start + (dot?.length ?? 1);
  }
  return { letters: letters.join(''), edge };
}

/** Only the name is spaced out: `n a m e @ domain.tld`. */
function wordAfter(text: string, from: number): { letters: string; edge: number } {
  const start = skipSpaces(text, from, 1);
  const word = /^[\p{L}\p{N}.-]{1,100}/u.exec(text.slice(start, start + 100))?.[0] ?? '';
  return { letters: word, edge: start + word.length };
}

/** At most two: a wider gap is between words. */
function skipSpaces(text: string, from: number, step: 1 | -1): number {
  let index = from;
  for (let count = 0; count < 2 && SPACE.test(text[step === 1 ? index : index - 1] ?? ''); count += 1) index += step;
  return index;
}

function isAlone(neighbour: string | undefined, letter: string | undefined): boolean {
  return neighbour === undefined || letter === undefined || !/[\p{L}\p{N}]/u.test(neighbour);
}
