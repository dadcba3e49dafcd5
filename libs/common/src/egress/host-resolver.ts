import { lookup, Resolver } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import { isLoopbackName } from './special-names.js';

const ANSWER_TTL_MS = 60_000;
const FAILURE_TTL_MS = 5_000;
const MAX_CACHED_NAMES = 10_000;
/** A retry is to ask again, not to hear the remembered failure. */
const TEMPORARY_FAILURES = new Set(['EAI_AGAIN', 'ESERVFAIL', 'ETIMEOUT', 'ECONNREFUSED', 'EREFUSED']);
const LOOPBACK: LookupAddress[] = [{ address: '127.0.0.1', family: 4 }];

/**
 * Names to addresses, with a short cache, so that the pages of one site cost one query. Without `servers` the system's
 * resolver answers (hosts file included); with them, only those DNS servers do.
 */
export class HostResolver {
  private readonly resolver: Resolver | null;
  private readonly answers: LRUCache<string, Promise<LookupAddress[]>>;

  constructor(servers: readonly string[] = [], answerTtlMs = ANSWER_TTL_MS) {
    this.resolver = servers.length > 0 ? createResolver(servers) : null;
    this.answers = new LRUCache({ max: MAX_CACHED_NAMES, ttl: answerTtlMs });
  }

  /** All addresses of a name, IPv4 first; rejects with a DNS error where there is none. */
  resolve(hostname: string): Promise<LookupAddress[]> {
    const cached = this.answers.get(hostname);
    if (cached !== undefined) return cached;
    const answer = this.ask(hostname);
    this.answers.set(hostname, answer);
    answer.catch((error: unknown) => {
      if (isTemporary(error)) this.answers.delete(hostname);
      else this.answers.set(hostname, answer, { ttl: FAILURE_TTL_MS });
    });
    return answer;
  }

  private async ask(hostname: string): Promise<LookupAddress[]> {
    if (isLoopbackName(hostname)) return LOOPBACK;
    if (this.resolver === null) return lookup(hostname, { all: true, order: 'ipv4first' });
    const [v4, v6] = await Promise.allSettled([this.resolver.resolve4(hostname), this.resolver.resolve6(hostname)]);
    const addresses = [...toAnswers(v4, 4), ...toAnswers(v6, 6)];
    if (addresses.length > 0) return addresses;
    const failures = [v4, v6].map((result) => (result.status === 'rejected' ? (result.reason as Error) : null));
    throw failures.find(isTemporary) ?? failures[0] ?? noAddress(hostname);
  }
}

/** Asks these DNS servers, or the system's where there are none; never the hosts file. */
export function createResolver(servers: readonly string[], timeoutMs = 3000): Resolver {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers.map(parseDnsServer));
  return resolver;
}

function noAddress(hostname: string): Error {
  return Object.assign(new Error(`no address for ${hostname}`), { code: 'ENODATA' });
}

/** The syntax of one DNS server: `address`, `address:port` or `[address]:port`. Throws an Error for anything else. */
export function parseDnsServer(text: string): string {
  const server = text.trim();
  if (isIP(server) !== 0) return server;
  const [, v6 = '', v4 = '', port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(server) ?? [];
  const isPort = port === undefined || (Number(port) > 0 && Number(port) < 65_536);
  if (isPort && (isIPv4(v4) || isIPv6(v6))) return server;
  throw new Error(`"${text}" is not the address of a DNS server (address, address:port or [address]:port)`);
}

function isTemporary(error: unknown): boolean {
  return error instanceof Error && 'code' in error && TEMPORARY_FAILURES.has(String(error.code));
}

function toAnswers(result: PromiseSettledResult<string[]>, family: number): LookupAddress[] {
  return result.status === 'fulfilled' ? result.value.map((address) => ({ address, family })) : [];
}
