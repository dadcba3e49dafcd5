import { scanAddresses, type Candidate } from './address-scan.js';
import type { CandidateParser } from './candidate-parser.js';
import { isRole } from './prose-evidence.js';

const MAX_MEMBERS = 20;
const MAX_GROUP_CHARS = 600;
/** `}@`, `} [at]`, `)@`, `]@`, `>@`, with the name that may stand before the bracket. */
const CLOSING = /[})\]>]\s?(?:@|[[({<]\s?(?:at|@)\s?[\])}>]| at )\s?/gi;
const OPENERS: Readonly<Record<string, string>> = { '}': '{', ')': '(', ']': '[', '>': '<' };
const DOMAIN = /^[\p{L}\p{N}-]{1,63}(?:(?:\.|\s?[[({]\s?(?:dot|punkt|\.)\s?[\])}]\s?| dot )[\p{L}\p{N}-]{1,63}){1,5}/iu;
const DOT = /\s?[[({]\s?(?:dot|punkt|\.)\s?[\])}]\s?| dot /giu;
const MEMBER = /^[\p{L}\p{N}][\p{L}\p{N}._+'-]{0,63}$/u;
const ALTERNATIVES = /(?<![\p{L}\p{N}@./|_-])((?:[a-z][a-z.-]{1,30}[|/]){1,10})([a-z][a-z.-]{1,30})@/giu;
/** `ann@, bob@ and cem@acme.edu` */
const HALVES =
  /((?:[\w.+-]{1,40}@\s{0,2}(?:[,;/&|]\s{0,2})?(?:and |und |or |oder |et |ou |y |o |e |en |of )?){1,10})[\w.+-]{1,40}@(?=[a-z0-9])/gi;
const HAS_HALVES = /[\w-]@\s{0,2}(?:[,;/&|]|and |und |or |oder |et |ou |y |o |e |en |of )/i;
/** What a column is called, rather than a mailbox. */
const LABEL_NAMES = new Set(['mail', 'email', 'kontakt', 'contact', 'post', 'fax', 'tel', 'web', 'www', 'posta']);

/** `{ann,bob}@acme.edu`, `(ann; bob)@acme.edu`, `info|sales@acme.com`: one domain for several names. */
export function scanGroups(text: string, parser: CandidateParser): Candidate[] {
  const found: Candidate[] = [];
  for (const { 0: closing, index } of text.matchAll(CLOSING)) {
    const end = index + closing.length;
    const written = DOMAIN.exec(text.slice(end, end + 300))?.[0];
    const start = written === undefined ? -1 : openingBefore(text, index);
    if (written === undefined || start === -1 || isPlaceholder(text, start)) continue;
    // Other brackets are for prose as well: there the `@` must be a real one, right behind.
    if (closing.charAt(0) !== '}' && closing.charAt(1) !== '@') continue;
    const members = splitMembers(text.slice(start + 1, index), closing.startsWith('}') ? 1 : 2);
    found.push(...expand(members, written.replace(DOT, '.'), parser, start, end + written.length));
  }
  if (HAS_HALVES.test(text)) found.push(...scanHalves(text, parser));
  if (/[|/][a-z.-]{2,31}@/i.test(text)) found.push(...scanAlternatives(text, parser));
  return found;
}

/** `${user}@acme.com`, `#{user}@acme.com`: a script puts the name in. */
function isPlaceholder(text: string, opening: number): boolean {
  return text[opening] === '{' && /[$%#@{]/.test(text[opening - 1] ?? '');
}

function scanHalves(text: string, parser: CandidateParser): Candidate[] {
  const found: Candidate[] = [];
  for (const match of text.matchAll(HALVES)) {
    const members = [...(match[1] ?? '').matchAll(/([\w.+-]{1,40})@/g)].map(([, member = '']) => member);
    const end = match.index + match[0].length;
    const written = DOMAIN.exec(text.slice(end, end + 300))?.[0];
    if (written !== undefined && members.every((member) => MEMBER.test(member)))
      found.push(...expand(members, written, parser, match.index, end + written.length));
  }
  return found;
}

function scanAlternatives(text: string, parser: CandidateParser): Candidate[] {
  const found: Candidate[] = [];
  for (const match of text.matchAll(ALTERNATIVES)) {
    const members = (match[1] ?? '').split(/[|/]/).filter((member) => member !== '');
    if (!members.every((member) => isMailbox(member)) || !isMailbox(match[2] ?? '')) continue;
    const end = match.index + match[0].length;
    const written = DOMAIN.exec(text.slice(end, end + 300))?.[0];
    if (written !== undefined) found.push(...expand(members, written, parser, match.index, end + written.length));
  }
  return found;
}

function isMailbox(name: string): boolean {
  return name === name.toLowerCase() && isRole(name) && !LABEL_NAMES.has(name);
}

function openingBefore(text: string, closing: number): number {
  const from = Math.max(0, closing - MAX_GROUP_CHARS);
  const opening = text.slice(from, closing).lastIndexOf(OPENERS[text.charAt(closing)] ?? '{');
  return opening === -1 ? -1 : from + opening;
}

function splitMembers(list: string, atLeast: number): string[] {
  const members = list
    .split(/\s{0,3}[,;|/]\s{0,3}|\s{1,3}(?:and|und|et|y|e|en|og|och|&)\s{1,3}/)
    .map((member) => member.trim());
  const isList =
    members.length >= atLeast && members.length <= MAX_MEMBERS && members.every((member) => MEMBER.test(member));
  return isList ? members : [];
}

function expand(
  members: readonly string[],
  domain: string,
  parser: CandidateParser,
  start: number,
  end: number,
): Candidate[] {
  return members.flatMap((member) => {
    const [candidate] = scanAddresses(`${member}@${domain}`, parser);
    return candidate === undefined || candidate.start > 0 ? [] : [{ address: candidate.address, start, end }];
  });
}
