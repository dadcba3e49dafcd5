import { scanAddresses, type Candidate } from './address-scan.js';
import type { CandidateParser } from './candidate-parser.js';
import { isNoName } from './prose-evidence.js';

const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;
const SIGN = /\s{1,3}@\s{0,3}|@\s{1,3}|\s{1,3}at\s{1,3}/gi;
const LOCAL = /[a-z\d][a-z\d._+-]{0,63}$/i;
const DOMAIN = /^[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/u;
/** "our products at acme.com" is prose on any page of Acme's; `a.lind at acme.com` is not. */
const COMPOSITE = /^[a-z]+(?:[._][a-z\d]+)+$/;

/** `lind@acme.de or a.lind @ acme.de`: a domain that the text holds in a plain address is one of mail. */
export function scanRepeatedDomains(text: string, plain: readonly Candidate[], parser: CandidateParser): Candidate[] {
  if (plain.length === 0) return [];
  const domains = new Set(plain.map(({ address }) => domainOf(address.address)));
  const found: Candidate[] = [];
  for (const { 0: sign, index } of text.matchAll(SIGN)) {
    const candidate = readAround(text, index, sign, parser);
    if (candidate !== null && domains.has(domainOf(candidate.address.address))) found.push(candidate);
  }
  return found;
}

function readAround(text: string, index: number, sign: string, parser: CandidateParser): Candidate | null {
  const start = index + sign.length;
  const domain = DOMAIN.exec(text.slice(start, start + MAX_DOMAIN))?.[0];
  const before = text.slice(Math.max(0, index - MAX_LOCAL - 1), index);
  const local = LOCAL.exec(before)?.[0];
  if (domain === undefined || local === undefined || local !== local.toLowerCase()) return null;
  const edge = before.slice(0, before.length - local.length);
  if (!/(?:^|[\s,;:(<[/|])$/.test(edge) || isNoName({ before: edge, after: '', local, domain })) return null;
  if (!sign.includes('@') && !COMPOSITE.test(local)) return null;
  const [candidate] = scanAddresses(`${local}@${domain}`, parser);
  return candidate === undefined || candidate.start > 0
    ? null
    : { address: candidate.address, start: index - local.length, end: start + candidate.end - local.length - 1 };
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
