import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';

/** One e-mail address: as shown to people, and normalised for comparison. */
export interface Address {
  /** As found, with the domain in lower case. */
  address: string;
  /** Lower case, NFC, domain in ASCII (punycode): the dedupe key in words. */
  normalised: string;
  /** The ASCII domain. */
  domain: string;
  /** First 16 bytes of the SHA-256 of `normalised`: the dedupe key in the database. */
  hash: Buffer;
}

/** Limits of RFC 5321 §4.5.3.1: local part 64, whole address 254 octets. */
const MAX_LOCAL = 64;
const MAX_ADDRESS = 254;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
// RFC 5322 atext and its RFC 6531 extension; a quoted local part may hold any printable ASCII.
const DOT_ATOM = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const QUOTED = /^"(?:[^"\\\p{Cc}]|\\[\x20-\x7e])+"$/u;

/** Checks the syntax of RFC 5321/6531 and normalises; null where `text` is no address (the TLD is not checked here). */
export function parseAddress(text: string): Address | null {
  const trimmed = text.trim().normalize('NFC');
  const at = trimmed.lastIndexOf('@');
  if (at < 1 || trimmed.length > 320) return null;
  const local = trimmed.slice(0, at);
  const shownDomain = trimmed
    .slice(at + 1)
    .toLowerCase()
    .replace(/\.$/, '');
  const domain = domainToASCII(shownDomain);
  if (!isDomainSyntax(domain)) return null;
  if (Buffer.byteLength(local) > MAX_LOCAL || Buffer.byteLength(local) + 1 + domain.length > MAX_ADDRESS) return null;
  if (!DOT_ATOM.test(local) && !QUOTED.test(local)) return null;
  const normalised = `${local.toLowerCase()}@${domain}`;
  return { address: `${local}@${shownDomain}`, normalised, domain, hash: hashAddress(normalised) };
}

/** 16 bytes: the primary key of a normalised address within a job or an account. */
export function hashAddress(normalised: string): Buffer {
  return createHash('sha256').update(normalised).digest().subarray(0, 16);
}

function isDomainSyntax(domain: string): boolean {
  const labels = domain.split('.');
  return labels.length >= 2 && domain.length <= 253 && labels.every((label) => LABEL.test(label));
}
