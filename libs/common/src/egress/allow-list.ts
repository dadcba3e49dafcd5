import ipaddr from 'ipaddr.js';

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

interface HostRule {
  host: string;
  /** null = every port. */
  port: number | null;
}

/** The exceptions of EGRESS_ALLOW: `host:port` (that port only), `host`, or a CIDR block. Throws on anything else. */
export class AllowList {
  private readonly hosts: HostRule[] = [];
  private readonly networks: Network[] = [];

  constructor(entries: readonly string[]) {
    for (const text of entries.filter((entry) => entry.trim() !== '')) {
      const entry = parseAllowEntry(text);
      if ('host' in entry) this.hosts.push(entry);
      else this.networks.push(entry);
    }
  }

  /** Whether the name or address, dialled at this port, was opened by the operator. */
  allows(host: string, port: number): boolean {
    if (this.hosts.length + this.networks.length === 0) return false;
    const wanted = normaliseHost(host);
    if (this.hosts.some((rule) => rule.host === wanted && (rule.port === null || rule.port === port))) return true;
    if (this.networks.length === 0 || !ipaddr.isValid(wanted)) return false;
    const address = ipaddr.process(wanted);
    return this.networks.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits));
  }
}

/** One entry of EGRESS_ALLOW. Throws an Error that says what it should look like: also how the configuration checks it. */
export function parseAllowEntry(text: string): HostRule | Network {
  const entry = text.trim();
  if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
  const bare = ipaddr.IPv6.isValid(entry) ? `[${entry}]` : entry;
  // A pattern or a piece of a URL would be accepted by the URL parser and then never match.
  const url = !/[\s/\\?#@*%]|:$/.test(bare) && URL.canParse(`http://${bare}`) ? new URL(`http://${bare}`) : null;
  if (url === null) throw new Error(`"${text}" is not host:port, host or CIDR`);
  const port = /:(\d+)$/.exec(bare)?.[1];
  return { host: normaliseHost(url.hostname), port: port === undefined ? null : Number(port) };
}

/** One spelling per host: lower case, no trailing dot, no brackets, IPv4-mapped addresses as IPv4. */
function normaliseHost(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[|\]$/g, '');
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toNormalizedString() : bare;
}
