import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { AllowList } from './allow-list.js';
import { BAD_PORTS } from './bad-ports.js';
import { HostResolver } from './host-resolver.js';
import { isPrivateName } from './special-names.js';
import { isPublicAddress, literalAddress } from './special-addresses.js';

/** An outgoing URL, or the address behind its name, is not on the public internet. */
export class BlockedEgressError extends Error {
  override name = 'BlockedEgressError';
  readonly code = 'blocked_egress';

  constructor(
    readonly target: string,
    reason: string,
  ) {
    super(`${target} is blocked: ${reason}`);
  }
}

export interface EgressOptions {
  /** Exceptions: `host:port`, `host` or CIDR. */
  allow: readonly string[];
  dnsServers?: readonly string[];
  /** How long an answer of the DNS is used. */
  dnsTtlMs?: number;
}

/**
 * Decides where this process may connect to. A URL is checked before it is used (`checkUrl`) and, because a name can
 * resolve to anything and to something else a second later, the very addresses that are dialled are checked again at
 * connect time (`guardDial`, used by the agents of `guarded-agents.ts`).
 */
export class EgressGuard {
  private readonly allowed: AllowList;
  private readonly resolver: HostResolver;

  constructor(options: EgressOptions) {
    this.allowed = new AllowList(options.allow);
    this.resolver = new HostResolver(options.dnsServers, options.dnsTtlMs);
  }

  /** Throws BlockedEgressError for a URL that must not be requested; names are not resolved here. */
  checkUrl(url: URL): void {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new BlockedEgressError(url.href.slice(0, 100), 'not http(s)');
    if (url.username !== '' || url.password !== '')
      throw new BlockedEgressError(url.host, 'carries a user name or password');
    this.checkTarget(url.hostname, portOf(url));
  }

  /** The check that is left for the moment of dialling: literal hosts here, names in the `lookup` that is returned. */
  guardDial(host: string, port: number): LookupFunction {
    this.checkTarget(host, port);
    return (hostname, options, callback) => {
      this.resolveAllowed(hostname, port).then(
        (addresses) => answerLookup(addresses, options, callback),
        (error: Error) => callback(error, ''),
      );
    };
  }

  private checkTarget(host: string, port: number): void {
    if (this.allowed.allows(host, port)) return;
    if (BAD_PORTS.has(port)) throw new BlockedEgressError(`${host}:${port}`, 'the port belongs to another protocol');
    const address = literalAddress(host);
    if (address !== null && !isPublicAddress(address)) throw new BlockedEgressError(host, 'not a public address');
  }

  /**
   * One forbidden address in an answer condemns the whole answer: it is a rebinding attempt or an internal name. A name
   * that no public server can answer for is internal whatever it resolves to, or whether it does.
   */
  private async resolveAllowed(hostname: string, port: number): Promise<LookupAddress[]> {
    if (this.allowed.allows(hostname, port)) return this.resolver.resolve(hostname);
    const isPrivate = isPrivateName(hostname);
    const addresses = await this.resolver.resolve(hostname).catch((error: unknown) => {
      throw isPrivate ? new BlockedEgressError(hostname, 'not a public name') : error;
    });
    const forbidden = addresses.find(
      ({ address }) => (isPrivate || !isPublicAddress(address)) && !this.allowed.allows(address, port),
    );
    if (forbidden !== undefined) throw new BlockedEgressError(hostname, `resolves to ${forbidden.address}`);
    return addresses;
  }
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function answerLookup(
  addresses: LookupAddress[],
  options: Parameters<LookupFunction>[1],
  callback: Parameters<LookupFunction>[2],
): void {
  const wanted = options.family === 4 || options.family === 6 ? options.family : null;
  const fitting = wanted === null ? addresses : addresses.filter(({ family }) => family === wanted);
  const first = fitting[0];
  if (first === undefined)
    callback(Object.assign(new Error('no address of the wanted family'), { code: 'ENOTFOUND' }), '');
  else if (options.all === true) callback(null, fitting);
  else callback(null, first.address, first.family);
}
