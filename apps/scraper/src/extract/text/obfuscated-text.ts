import { scanAddresses, type Candidate } from './address-scan.js';
import { markWords, MARK, mayBeWrittenOut } from './at-words.js';
import type { CandidateParser } from './candidate-parser.js';
import {
  hasEvidence,
  hasLabel,
  hasStrongEvidence,
  isWholeLine,
  isNoName,
  isMidSentence,
  isRole,
  standsAsAddress,
  type ProseSpot,
} from './prose-evidence.js';
import { readDomain, readLocal, type Part } from './written-parts.js';

/** Shorter pieces are not worth their own look. */
const MIN_PIECE_CHARS = 1024;
const CONTEXT_CHARS = 60;
/** An `@` with a space beside it, or a domain that is written with words or broken over lines. */
const LOOSE_AT =
  /^@(?:\s|[\p{L}\p{N}-]{1,63}(?:\s{0,3}[[({<|*~]|[-_](?:dot|punkt)|\.?\s{1,20}[.\p{L}]|\s{0,20}\.\s)|[\p{L}\p{N}.-]{1,63}-\s)/u;
/** The longest that it looks at. */
const LOOSE_CHARS = 120;
const ANY_AT = /[\ufdd0-\ufdd3\ufddc\ufddd@]/g;
const PLAIN_DOMAIN = /[\p{L}\p{N}-]{1,63}\.[\p{L}\p{N}.-]{2,200}(?![\p{L}\p{N}.-]|[\s\ufddb]{0,20}[\ufdd4-\ufdda])/uy;
/** A space behind the sign, whatever is left of its word. */
const AFTER_SIGN_BLANK = /^\ufddb*\s/;
const ENDS_THERE = /^(?:$|[\s.,;:!?)\]>"'|]{1,2}(?:$|\P{Ll}))/u;

/**
 * Addresses written out (`name [at] domain [dot] tld`, `name at domain dot tld`) or pulled apart (`name @ domain.tld`).
 * Each word for a sign becomes one mark; from each `@` the parts are read outward. What is bare needs evidence, so that
 * prose ("meet me at domain dot") never matches.
 */
export function scanObfuscated(text: string, parser: CandidateParser, code = false): Candidate[] {
  const found: Candidate[] = [];
  for (const { start, piece } of piecesOf(text)) {
    for (const candidate of scanPiece(piece, parser, code))
      found.push({ ...candidate, start: candidate.start + start, end: candidate.end + start });
  }
  return found;
}

/** Some blocks of a long text at a time: a single address written out would make all of it costly. */
function* piecesOf(text: string): Generator<{ start: number; piece: string }> {
  for (let start = 0; start < text.length;) {
    const cut = text.indexOf('\n', start + MIN_PIECE_CHARS);
    const end = cut === -1 ? text.length : cut;
    yield { start, piece: start === 0 && end === text.length ? text : text.slice(start, end) };
    start = end;
  }
}

function scanPiece(text: string, parser: CandidateParser, code: boolean): Candidate[] {
  const isLoose = !code && hasLooseAt(text);
  if (!isLoose && !mayBeWrittenOut(text, isLikelyBefore)) return [];
  const marked = markWords(text);
  const found: Candidate[] = [];
  for (const { 0: sign, index } of marked.matchAll(ANY_AT)) {
    if (sign === '@' ? isPlain(marked, index) : code && sign !== MARK.at) continue;
    const candidate = readAround(marked, index, sign, parser);
    if (candidate !== null) found.push(candidate);
  }
  return found;
}

function hasLooseAt(text: string): boolean {
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    if (/\s/.test(text[at - 1] ?? '') || LOOSE_AT.test(text.slice(at, at + LOOSE_CHARS))) return true;
  }
  return false;
}

/** `name@domain.tld` as ever: others read that. */
function isPlain(marked: string, at: number): boolean {
  if (/\s/.test(marked[at - 1] ?? ' ')) return false;
  PLAIN_DOMAIN.lastIndex = at + 1;
  return PLAIN_DOMAIN.test(marked);
}

/** The words before " at acme.com": a name behind a label, or prose. */
function isLikelyBefore(text: string): boolean {
  const local = /[^\s]{1,64}$/.exec(text)?.[0] ?? '';
  const spot = { before: text.slice(0, text.length - local.length), local, domain: '', after: '' };
  return local !== '' && !isNoName(spot) && (/^[<("]/.test(local) || hasStrongEvidence(spot));
}

function readAround(marked: string, at: number, sign: string, parser: CandidateParser): Candidate | null {
  const local = readLocal(marked, at);
  if (local === null) return null;
  const domain = readDomain(marked, at + 1);
  if (domain === null || marked[domain.edge] === '@') return null;
  const [candidate] = scanAddresses(`${local.text}@${domain.text}`, parser);
  if (candidate === undefined || candidate.start > 0) return null;
  const { address } = candidate.address;
  const spot = {
    before: marked.slice(Math.max(0, local.edge - CONTEXT_CHARS), local.edge),
    after: marked.slice(domain.edge, domain.edge + 8),
    local: local.text,
    domain: address.slice(address.lastIndexOf('@') + 1),
  };
  const isBlankBefore = /\s/.test(marked[at - 1] ?? '');
  const isBlankAfter = AFTER_SIGN_BLANK.test(marked.slice(at + 1, at + 16));
  if (!isBelievable({ sign, spot, local, domain, isBlankBefore, isBlankAfter }) || isInsideUrl(spot.before))
    return null;
  return { address: candidate.address, start: local.edge, end: domain.edge };
}

/** A mailbox, or anything that has a line to itself, in small letters. */
function isAlone(spot: ProseSpot): boolean {
  return isSmall(spot.local) && ((isRole(spot.local) && standsAsAddress(spot)) || isWholeLine(spot));
}

/** `info-at-acme.de`, `anna -at- acme.de`; but `stay-at-home.de` is a host. */
function isWeakName(spot: ProseSpot, isGlued: boolean): boolean {
  return isGlued ? isRole(spot.local) : isSmall(spot.local) && standsAsAddress(spot);
}

/** `lab_at_acme.org`, not `created_at_x.id`. */
function isScoredName(spot: ProseSpot): boolean {
  return (
    isRole(spot.local) ||
    (isWholeLine(spot) &&
      isSmall(spot.local) &&
      !spot.local.endsWith('ed') &&
      /^[\w-]{3,}\./.test(spot.domain) &&
      !isFileName(spot.domain))
  );
}

function isFileName(domain: string): boolean {
  return /\.(?:py|sh|md|rs|pl|id|is|so|ps|cc)$/i.test(domain);
}

function isSmall(text: string): boolean {
  return text === text.toLowerCase();
}

/** What was read around a sign. */
interface Reading {
  sign: string;
  spot: ProseSpot;
  local: Part;
  domain: Part;
  isBlankBefore: boolean;
  isBlankAfter: boolean;
}

function isBelievable(reading: Reading): boolean {
  const { sign, spot, domain } = reading;
  const isGlued = !reading.isBlankBefore && !reading.isBlankAfter;
  switch (sign) {
    case MARK.at:
      return isGlued || domain.words === 'marked' || !isNoName(spot);
    case MARK.shortAt:
      return !isNoName(spot) && (isGlued || domain.words === 'marked' || hasLabel(spot) || isAlone(spot));
    case MARK.scoredAt:
      return !isNoName(spot) && (domain.words === 'marked' || hasLabel(spot) || isScoredName(spot));
    case MARK.weakAt:
      return !isNoName(spot) && (domain.words === 'marked' || hasLabel(spot) || isWeakName(spot, isGlued));
    case MARK.namedAt:
      return isBelievableName(spot, domain);
    case MARK.bareAt:
      return isBelievableBare(reading);
    default:
      return isBelievableLoose(reading);
  }
}

/** `info arroba acme punto es`: the sign's name may be an animal's. */
function isBelievableName(spot: ProseSpot, domain: Part): boolean {
  if (!/^[a-z0-9._-]+$/i.test(spot.local) || isNoName(spot) || isMidSentence(spot)) return false;
  return domain.words !== 'none' || isRole(spot.local) || hasLabel(spot);
}

function isBelievableBare({ spot, local, domain }: Reading): boolean {
  if (domain.dangles || isNoName(spot) || /^www\./i.test(spot.domain)) return false;
  if (domain.words === 'none') return hasStrongEvidence(spot) && ENDS_THERE.test(spot.after);
  if (domain.hasDots) return false;
  if (local.words !== 'none' || hasLabel(spot)) return true;
  return !isMidSentence(spot) && hasEvidence(spot);
}

/** A real `@`: `info @ acme.com`, `info@ acme.com`, `info@acme [dot] com`, `info@acme.⏎com`. */
function isBelievableLoose({ spot, domain, isBlankBefore, isBlankAfter }: Reading): boolean {
  if (spot.domain !== spot.domain.toLowerCase() || (isMidSentence(spot) && !hasLabel(spot))) return false;
  if (!isBlankBefore && !isBlankAfter) return domain.words === 'none' ? domain.isBroken : !domain.dangles;
  if (isNoName(spot) || (domain.isBroken && !isWholeLine(spot) && !hasLabel(spot))) return false;
  if (!isBlankBefore) return isRole(spot.local) || hasEvidence(spot);
  if (spot.local !== spot.local.toLowerCase() && !(hasLabel(spot) && isRole(spot.local))) return false;
  const isComposite = isBlankAfter && /^\p{L}{1,20}[._]\p{L}{2,}/u.test(spot.local);
  return standsAsAddress(spot) && (isRole(spot.local) || hasLabel(spot) || isComposite || isWholeLine(spot));
}

/** `https://host/look-at-me.com`, `name@host/…`: part of something longer. */
function isInsideUrl(before: string): boolean {
  return /(?:[/\\#?=&@][^\s:]{0,40}|[\p{L}\p{N}][-_.])$/u.test(before) && !/mailto:$/i.test(before);
}
