import { LRUCache } from 'lru-cache';
import { parse } from 'tldts';
import { copyText } from '../copy-text.js';

/** TLDs reserved for documentation and tests (RFC 2606, and `tld` by custom): an address there is an example. */
const EXAMPLE_TLDS = new Set(['example', 'test', 'invalid', 'tld']);
const verdicts = new LRUCache<string, boolean>({ max: 5_000 });

/** Whether `label` is a top-level domain of the public-suffix list, or one that examples use. Unicode or punycode. */
export function isKnownTld(label: string): boolean {
  const key = label.toLowerCase();
  const cached = verdicts.get(key);
  if (cached !== undefined) return cached;
  const known = EXAMPLE_TLDS.has(key) || parse(`x.${key}`, { validateHostname: false }).isIcann === true;
  verdicts.set(copyText(key), known);
  return known;
}

/**
 * Whether mail can have a home there: a name below a public suffix, not the suffix itself (`co.uk`), and not below a
 * top-level domain that nobody has.
 */
export function isRegistrable(domain: string): boolean {
  const { domain: registrable, isPrivate } = parse(domain, { validateHostname: false });
  return registrable !== null && (isPrivate === true || isKnownTld(domain.slice(domain.lastIndexOf('.') + 1)));
}
