import { scanAddresses, type Candidate, type ScanOptions } from './address-scan.js';
import type { CandidateParser } from './candidate-parser.js';
import { scanObfuscated } from './obfuscated-text.js';

/** Characters that are drawn as nothing: zero-width, soft hyphen, direction marks. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const NEEDS_FOLDING = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\uff01-\uff5e]/;

export interface TextCandidate extends Candidate {
  method: 'text' | 'obfuscated-text';
}

/** The addresses in a text for people, plain or written so that only people should read them; offsets are in `text`. */
export function scanText(
  source: string,
  parser: CandidateParser,
  options: ScanOptions = {},
): { text: string; candidates: TextCandidate[] } {
  const text = NEEDS_FOLDING.test(source) ? foldText(source) : source;
  // Folding moves the offsets: where both occur, glued neighbours are left to the other rules.
  const joins = text === source ? options.joins : undefined;
  const plain = scanAddresses(text, parser, { ...options, ...(joins && { joins }) });
  return {
    text,
    candidates: [
      ...plain.map((candidate) => ({ ...candidate, method: 'text' as const })),
      ...scanObfuscated(text, parser).map((candidate) => ({ ...candidate, method: 'obfuscated-text' as const })),
    ],
  };
}

/** Removes what is drawn as nothing. */
export function dropInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}

/** Removes invisible characters and turns full-width forms into ASCII: what a reader sees (and would type). */
function foldText(text: string): string {
  return dropInvisible(text).replace(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
}
