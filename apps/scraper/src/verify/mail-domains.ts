import type { MxRecord } from 'node:dns';
import type { Resolver } from 'node:dns/promises';
import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import PQueue from 'p-queue';
import { Counter } from 'prom-client';
import { AllowList } from '#common/egress/allow-list.js';
import { createResolver } from '#common/egress/host-resolver.js';
import { isPublicAddress } from '#common/egress/special-addresses.js';
import { isLoopbackName, isPrivateName } from '#common/egress/special-names.js';
import type { MailService } from './judge-address.js';

const TTL_MS = { mx: 3_600_000, implicit: 3_600_000, none: 600_000, unknown: 30_000 } as const;
const MAX_CACHED_DOMAINS = 20_000;
const MAX_LOOKUPS_AT_ONCE = 50;
/** Of the first try; the second takes twice as long. */
const TIMEOUT_MS = 1500;
/** The most preferred mail servers of a domain that are looked up; one that can be reached is enough. */
const MAX_EXCHANGES = 5;
const SMTP_PORT = 25;
/** Never in the public DNS: RFC 2606. */
const RESERVED = /(?:^|\.)(?:test|example|invalid)$/;
/** Failures in a row, over different domains, after which it is not the domains that are to blame. */
const SUSPICIOUS_FAILURES = 5;
const WARN_INTERVAL_MS = 60_000;

const lookups = new Counter({
  name: 'gleaner_mail_domain_lookups_total',
  help: 'Domains whose mail servers were looked up in the DNS, by result (unknown: the DNS failed)',
  labelNames: ['result'],
});

export interface MailDomainsOptions {
  /** DNS servers to ask; empty = the system's. */
  dnsServers?: readonly string[];
  /** Exceptions of the egress guard: addresses at which a mail server counts although they are not public. */
  egressAllow?: readonly string[];
  timeoutMs?: number;
}

/**
 * Which domains receive mail, asked of the DNS alone. Every domain is asked about once at a time and remembered for a
 * while, failures only briefly, and no more than 50 at once, whatever sites there are.
 */
export class MailDomains {
  private readonly logger = new Logger('Verify');
  private readonly resolver: Resolver;
  private readonly reachable: AllowList;
  private readonly asksForReserved: boolean;
  private readonly answers = new LRUCache<string, Promise<MailService>>({ max: MAX_CACHED_DOMAINS, ttlResolution: 0 });
  private readonly queue = new PQueue({ concurrency: MAX_LOOKUPS_AT_ONCE });
  private failuresInRow = 0;
  private warnedAt = Number.NEGATIVE_INFINITY;

  constructor({ dnsServers = [], egressAllow = [], timeoutMs = TIMEOUT_MS }: MailDomainsOptions = {}) {
    this.resolver = createResolver(dnsServers, timeoutMs);
    this.reachable = new AllowList(egressAllow);
    // Who names servers may have an own zone of such names there; the servers of the internet are not to be bothered.
    this.asksForReserved = dnsServers.length > 0;
  }

  /** Never rejects: a failure of the DNS is `unknown`. `domain` in ASCII. */
  lookUp(domain: string): Promise<MailService> {
    const cached = this.answers.get(domain);
    if (cached !== undefined) return cached;
    const answer = this.queue.add(() => this.ask(domain));
    this.answers.set(domain, answer, { ttl: TTL_MS.unknown });
    void answer.then((service) => this.answers.set(domain, answer, { ttl: TTL_MS[service] }));
    return answer;
  }

  /** Lookups still under way end as `unknown`. */
  close(): void {
    this.queue.clear();
    this.resolver.cancel();
  }

  private async ask(domain: string): Promise<MailService> {
    if (!this.isPublicName(domain)) return 'none';
    try {
      const service = await this.readService(domain);
      this.failuresInRow = 0;
      lookups.inc({ result: service });
      return service;
    } catch (error) {
      lookups.inc({ result: 'unknown' });
      this.noteFailure(error);
      return 'unknown';
    }
  }

  private async readService(domain: string): Promise<MailService> {
    const records = await orNone(this.resolver.resolveMx(domain));
    if (records === 'no such name') return 'none';
    if (records.length > 0) return this.serviceOf(records);
    const reach = await this.reachOf(domain);
    return reach === 'public' ? 'implicit' : reach === 'private' ? 'unknown' : 'none';
  }

  /** An exchange of `.` (RFC 7505: "no mail here") comes as an empty name. */
  private async serviceOf(records: MxRecord[]): Promise<MailService> {
    const hosts = records
      .sort((a, b) => a.priority - b.priority)
      .map(({ exchange }) => exchange.toLowerCase())
      .filter((exchange) => exchange !== '' && !isLoopbackName(exchange));
    let service: MailService = hosts.length > MAX_EXCHANGES ? 'unknown' : 'none';
    for (const host of hosts.slice(0, MAX_EXCHANGES)) {
      const reach = await this.reachOf(host);
      if (reach === 'public') return 'mx';
      if (reach === 'private') service = 'unknown';
    }
    return service;
  }

  /**
   * Whether a name has an address that mail from the internet gets to. A name or address of a private network says
   * nothing about the rest of the world: within a company, or behind a filter, the DNS answers otherwise than outside.
   */
  private async reachOf(host: string): Promise<'public' | 'private' | 'nowhere'> {
    if (!this.isPublicName(host)) return 'private';
    const isOpen = (address: string): boolean => isPublicAddress(address) || this.reachable.allows(address, SMTP_PORT);
    const v4 = await orNone(this.resolver.resolve4(host));
    if (v4 === 'no such name') return 'nowhere';
    if (v4.some(isOpen)) return 'public';
    const v6 = await orNone(this.resolver.resolve6(host));
    const addresses = [...v4, ...(v6 === 'no such name' ? [] : v6)];
    if (addresses.some(isOpen)) return 'public';
    return addresses.length > 0 ? 'private' : 'nowhere';
  }

  private isPublicName(name: string): boolean {
    if (this.asksForReserved) return !isLoopbackName(name);
    return !isPrivateName(name) && !RESERVED.test(name);
  }

  private noteFailure(error: unknown): void {
    // By close().
    if (codeOf(error) === 'ECANCELLED') return;
    this.failuresInRow += 1;
    const now = performance.now();
    if (this.failuresInRow < SUSPICIOUS_FAILURES || now - this.warnedAt < WARN_INTERVAL_MS) return;
    this.warnedAt = now;
    this.logger.warn('the DNS does not answer: verdicts stay unknown', {
      code: codeOf(error),
      inRow: this.failuresInRow,
    });
  }
}

/** Only these two are answers; anything else says nothing about the name. */
async function orNone<Answer>(answer: Promise<Answer[]>): Promise<Answer[] | 'no such name'> {
  try {
    return await answer;
  } catch (error) {
    if (codeOf(error) === 'ENODATA') return [];
    if (codeOf(error) === 'ENOTFOUND') return 'no such name';
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
