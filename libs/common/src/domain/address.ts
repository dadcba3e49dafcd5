import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';

/** One e-mail address: as shown to people, and normalised for comparison. */
export interface Address {
  /** As found, with the domain in lower case. */
  address: string;
  /** Lower case, NFC, domain in ASCII (punycode). */
  normalised: string;
  /** The ASCII domain. */
  domain: string;
  /** Where mail to it ends up, the same for all spellings of one mailbox: the dedupe key in words. */
  mailbox: string;
  /** First 16 bytes of the SHA-256 of `mailbox`: the dedupe key in the database. */
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
  const mailbox = foldMailbox(local.toLowerCase(), domain);
  return { address: `${local}@${shownDomain}`, normalised, domain, mailbox, hash: hashMailbox(mailbox) };
}

/** 16 bytes: the primary key of an address within a job or an account. */
export function hashMailbox(mailbox: string): Buffer {
  return createHash('sha256').update(mailbox).digest().subarray(0, 16);
}

/**
 * Large providers that deliver `anna+shop@` to `anna@` (RFC 5233), as their own help pages or long practice show. Yahoo's
 * hyphens, Yandex's many domains and companies at hosted mail are left alone: a wrong guess would lose an address, a
 * missing one only shows it twice.
 */
const TAGGING_DOMAINS: ReadonlySet<string> = new Set(
  `gmail.com outlook.com hotmail.com msn.com live.com live.be live.co.uk live.de live.es live.fr live.it live.nl
   icloud.com me.com mac.com proton.me protonmail.com protonmail.ch pm.me fastmail.com fastmail.fm mailbox.org`.split(
    /\s+/,
  ),
);
const TAGGING_FAMILIES = /^(?:hotmail|outlook)\.(?:[a-z]{2}|com?\.[a-z]{2})$/;

/** Gmail ignores dots and answers to two domains; elsewhere dots tell mailboxes apart. */
function foldMailbox(local: string, domain: string): string {
  if (local.startsWith('"')) return `${local}@${domain}`;
  const provider = domain === 'googlemail.com' ? 'gmail.com' : domain;
  const hasTags = TAGGING_DOMAINS.has(provider) || TAGGING_FAMILIES.test(provider);
  const tagAt = hasTags ? local.indexOf('+') : -1;
  const name = tagAt > 0 ? local.slice(0, tagAt) : local;
  return `${provider === 'gmail.com' ? name.replaceAll('.', '') : name}@${provider}`;
}

function isDomainSyntax(domain: string): boolean {
  const labels = domain.split('.');
  return labels.length >= 2 && domain.length <= 253 && labels.every((label) => LABEL.test(label));
}
