import ipaddr from 'ipaddr.js';

/** The only part of IPv6 that is given out to the public internet (IANA); all else is special or unassigned. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** Documentation (RFC 9637), in case the library's table is older. */
const DOCUMENTATION = ipaddr.IPv6.parseCIDR('3fff::/20');
/** ISATAP (RFC 5214) hides an IPv4 address behind this interface identifier in any prefix. */
const ISATAP_IDENTIFIERS = ['0:5efe', '200:5efe'];
/** A public address by the registries, but inside Azure it is the host's own control service. */
const CLOUD_CONTROL = new Set(['168.63.129.16']);

/**
 * True for an address out on the public internet. Every special-purpose range of the IANA registries (RFC 6890) is
 * refused, and so is every IPv6 form that carries an IPv4 address (mapped, NAT64, 6to4, Teredo, compatible, ISATAP):
 * which host it reaches is the translator's decision, not ours.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  if (!(address instanceof ipaddr.IPv6)) return !CLOUD_CONTROL.has(address.toString());
  if (!address.match(GLOBAL_UNICAST) || address.match(DOCUMENTATION)) return false;
  const identifier = address.parts.slice(4, 6).map((part) => part.toString(16));
  return !ISATAP_IDENTIFIERS.includes(identifier.join(':'));
}

/** The literal address a URL's host name stands for (brackets removed), or null for a name. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return ipaddr.isValid(bare) ? bare : null;
}
