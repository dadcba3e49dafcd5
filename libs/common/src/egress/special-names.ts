/** Top-level names that are never in the public DNS (RFC 6761, 6762, 7686, 8375, 9476; ICANN for "internal"). */
const NEVER_PUBLIC = /(?:^|\.)(?:localhost|local|internal|home\.arpa|onion|alt)\.?$/i;
const LOOPBACK = /(?:^|\.)localhost\.?$/i;

/** A name that only something inside a private network can answer for. */
export function isPrivateName(hostname: string): boolean {
  return NEVER_PUBLIC.test(hostname);
}

/** A name that means this machine, whatever a DNS server says (RFC 6761). */
export function isLoopbackName(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}
