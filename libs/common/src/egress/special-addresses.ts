import ipaddr from 'ipaddr.js';

/** RFC 6052 allows these prefixes an IPv4 address in the last 32 bits; so do RFC 4291's deprecated compatible addresses. */
const IPV4_COMPATIBLE = ipaddr.IPv6.parseCIDR('::/96');
/** ISATAP (RFC 5214) hides an IPv4 address behind this interface identifier in any prefix. */
const ISATAP_IDENTIFIERS = ['0:5efe', '200:5efe'];

/**
 * True for an address out on the public internet. Every special-purpose range is refused, and so is every IPv6 form
 * that carries an IPv4 address (mapped, NAT64, 6to4, Teredo, compatible, ISATAP): which host it reaches is the
 * translator's decision, not ours.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  if (!(address instanceof ipaddr.IPv6)) return true;
  const identifier = address.parts.slice(4, 6).map((part) => part.toString(16));
  return !address.match(IPV4_COMPATIBLE) && !ISATAP_IDENTIFIERS.includes(identifier.join(':'));
}

/** The literal address a URL's host name stands for (brackets removed), or null for a name. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return ipaddr.isValid(bare) ? bare : null;
}
