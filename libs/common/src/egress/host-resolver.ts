import { lookup, Resolver } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { LRUCache } from 'lru-cache';

const ANSWER_TTL_MS = 60_000;
const FAILURE_TTL_MS = 5_000;
const MAX_CACHED_NAMES = 10_000;

/**
 * Names to addresses, with a short cache, so that the pages of one site cost one query. Without `servers` the system's
 * resolver answers (hosts file included); with them, only those DNS servers do.
 */
export class HostResolver {
  private readonly resolver: Resolver | null;
  private readonly answers = new LRUCache<string, Promise<LookupAddress[]>>({
    max: MAX_CACHED_NAMES,
    ttl: ANSWER_TTL_MS,
  });

  constructor(servers: readonly string[] = []) {
    this.resolver = servers.length > 0 ? new Resolver({ timeout: 3000, tries: 2 }) : null;
    this.resolver?.setServers([...servers]);
  }

  /** All addresses of a name, IPv4 first; rejects with a DNS error where there is none. */
  resolve(hostname: string): Promise<LookupAddress[]> {
    const cached = this.answers.get(hostname);
    if (cached !== undefined) return cached;
    const answer = this.ask(hostname);
    this.answers.set(hostname, answer);
    answer.catch(() => this.answers.set(hostname, answer, { ttl: FAILURE_TTL_MS }));
    return answer;
  }

  private async ask(hostname: string): Promise<LookupAddress[]> {
    if (this.resolver === null) return lookup(hostname, { all: true, order: 'ipv4first' });
    const [v4, v6] = await Promise.allSettled([this.resolver.resolve4(hostname), this.resolver.resolve6(hostname)]);
    const addresses = [...toAnswers(v4, 4), ...toAnswers(v6, 6)];
    if (addresses.length > 0) return addresses;
    throw v4.status === 'rejected' ? v4.reason : new Error(`no address for ${hostname}`);
  }
}

function toAnswers(result: PromiseSettledResult<string[]>, family: number): LookupAddress[] {
  return result.status === 'fulfilled' ? result.value.map((address) => ({ address, family })) : [];
}
