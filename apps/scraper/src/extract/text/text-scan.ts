import { scanGroups } from './address-group.js';
import { scanAddresses, type Candidate, type ScanOptions } from './address-scan.js';
import type { CandidateParser } from './candidate-parser.js';
import { dropInvisible, foldText } from './fold-text.js';
import { scanNospam } from './nospam.js';
import { scanObfuscated } from './obfuscated-text.js';
import { scanRepeatedDomains } from './repeated-domain.js';
import { scanSpacedLetters } from './spaced-letters.js';

export interface TextCandidate extends Candidate {
  method: 'text' | 'obfuscated-text';
}

/**
 * The addresses in a text for people, plain or written so that only people should read them. Offsets are in the
 * returned `text`, which is `source` as a reader sees it.
 */
export function scanText(
  source: string,
  parser: CandidateParser,
  options: ScanOptions = {},
): { text: string; candidates: TextCandidate[] } {
  const { text, joins } = foldText(source, options.joins);
  const hasAt = text.includes('@');
  const cleaned = hasAt ? scanNospam(text, parser) : [];
  const plain = hasAt ? scanAddresses(text, parser, { ...options, ...(joins && { joins }) }) : [];
  const groups = hasAt || text.includes('}') ? scanGroups(text, parser) : [];
  const written = [
    ...cleaned,
    ...scanObfuscated(text, parser, options.code === true),
    ...(options.code === true ? [] : [...scanSpacedLetters(text, parser), ...scanRepeatedDomains(text, plain, parser)]),
  ];
  return {
    text,
    candidates: [
      ...withMethod([...withoutHidden(plain, cleaned), ...groups], 'text'),
      ...withMethod(written, 'obfuscated-text'),
    ],
  };
}

/**
 * The addresses in a place that is said to hold one (a `mailto:`, an e-mail property): its syntax decides, unless
 * something was put in that is to be taken out again, or the address is written out.
 */
export function scanRecipient(text: string, parser: CandidateParser): Candidate[] {
  const trimmed = dropInvisible(text).trim();
  const cleaned = scanNospam(trimmed, parser);
  if (cleaned.length > 0) return cleaned;
  const address = parser.parse(trimmed);
  return address === null ? scanText(trimmed, parser).candidates : [{ address, start: 0, end: trimmed.length }];
}

/** Adds to the candidates themselves: there may be thousands, and nobody else has them. */
function withMethod(candidates: readonly Candidate[], method: TextCandidate['method']): TextCandidate[] {
  return candidates.map((candidate) => Object.assign(candidate, { method }));
}

/** Without what was written only to be cleaned. */
function withoutHidden(plain: readonly Candidate[], cleaned: readonly Candidate[]): readonly Candidate[] {
  if (cleaned.length === 0) return plain;
  const spans = new Map(cleaned.map(({ start, end }) => [start, end]));
  const ends = new Set(spans.values());
  return plain.filter(({ start, end }) => !spans.has(start) && !ends.has(end));
}
