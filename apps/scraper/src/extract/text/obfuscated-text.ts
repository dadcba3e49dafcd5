import type { CandidateParser } from './candidate-parser.js';
import type { Candidate } from './address-scan.js';
import { isKnownTld } from './known-suffix.js';

const AT_WORDS =
  'at|ät|aet|@|arroba|chiocciola|arobase|arobas|snabel-?a|zavináč|zavinac|małpa|malpa|kukac|apenstaartje';
const DOT_WORDS = 'dot|punkt|point|punto|ponto|punt|prik|tečka|tecka|kropka|pont|\\.';
const AT = new RegExp(`\\s{0,3}[\\[({]\\s{0,3}(?:${AT_WORDS})\\s{0,3}[\\])}]\\s{0,3}`, 'giu');
const LOCAL_BEFORE = /[a-z0-9][a-z0-9._+-]{0,63}$/i;
const DOMAIN_AFTER = new RegExp(
  `^[a-z0-9-]{1,63}(?:(?:\\s{0,3}[\\[({]\\s{0,3}(?:${DOT_WORDS})\\s{0,3}[\\])}]\\s{0,3}|\\.|\\s{1,3}(?:dot|punkt)\\s{1,3})[a-z0-9-]{1,63}){1,5}`,
  'iu',
);
const DOT = new RegExp(
  `\\s{0,3}[\\[({]\\s{0,3}(?:${DOT_WORDS})\\s{0,3}[\\])}]\\s{0,3}|\\s{1,3}(?:dot|punkt)\\s{1,3}`,
  'giu',
);

/**
 * `name [at] domain [dot] tld`: only where the at is in brackets, so that prose ("meet me at domain dot") never
 * matches, and only with a known top-level domain.
 */
export function scanObfuscated(text: string, parser: CandidateParser): Candidate[] {
  const found: Candidate[] = [];
  for (const match of text.matchAll(AT)) {
    const end = match.index + match[0].length;
    const local = LOCAL_BEFORE.exec(text.slice(Math.max(0, match.index - 64), match.index))?.[0];
    const written = DOMAIN_AFTER.exec(text.slice(end, end + 320))?.[0];
    if (local === undefined || written === undefined) continue;
    const domain = written.replace(DOT, '.');
    if (!isKnownTld(domain.slice(domain.lastIndexOf('.') + 1))) continue;
    const address = parser.parse(`${local}@${domain}`);
    if (address === null) continue;
    found.push({ address, start: match.index - local.length, end: end + written.length });
  }
  return found;
}
