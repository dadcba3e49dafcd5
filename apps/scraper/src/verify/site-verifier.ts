import { Injectable } from '@nestjs/common';
import { getDomain } from 'tldts';
import { abortableSleep } from '../abortable-sleep.js';
import type { FoundEmail, SiteResult } from '../crawl/site-result.js';
import { nextTurn } from '../next-turn.js';
import { isDisposable } from './disposable-domains.js';
import { judgeAddress, type MailService } from './judge-address.js';
import type { MailDomains } from './mail-domains.js';

/** Of one site, so that one with thousands of domains leaves room for the others. */
const LOOKUPS_AT_ONCE = 10;
/** Domains of one site that are looked up, and of those below one registrable domain; the others stay unknown. */
const MAX_DOMAINS = 200;
const MAX_BELOW_DOMAIN = 10;
/** Addresses judged before other work of the process gets its turn: some 5 ms. */
const SLICE = 1000;

export interface SiteVerifierOptions {
  /** Null = no DNS server is asked, whatever a job wants. */
  mailDomains: MailDomains | null;
  /** How long the addresses of one site may hold it up; what is not answered by then stays unknown. */
  budgetMs: number;
}

/** Verifies what a site's crawl has found: in bounded time, outside of any transaction, before it is stored. */
@Injectable()
export class SiteVerifier {
  constructor(private readonly options: SiteVerifierOptions) {}

  /** Rejects with the signal's reason when that is aborted. */
  async verifySite(result: SiteResult, { mx, signal }: { mx: boolean; signal: AbortSignal }): Promise<SiteResult> {
    const { mailDomains } = this.options;
    const domains = domainsOf(result);
    const services = new Map<string, MailService>();
    if (mx && mailDomains !== null) await this.lookUpAll(domains, mailDomains, services, signal);
    const emails: FoundEmail[] = [];
    for (const email of result.emails) {
      if (emails.length % SLICE === SLICE - 1) await nextTurn();
      const { domain } = email.address;
      const facts = { service: services.get(domain) ?? 'unknown', disposable: isDisposable(domain) } as const;
      emails.push({ ...email, verification: judgeAddress({ domain, confidence: email.confidence }, facts) });
    }
    return { ...result, emails };
  }

  close(): void {
    this.options.mailDomains?.close();
  }

  private async lookUpAll(
    domains: ReadonlySet<string>,
    mailDomains: MailDomains,
    services: Map<string, MailService>,
    signal: AbortSignal,
  ): Promise<void> {
    if (domains.size === 0) return;
    const end = new AbortController();
    const waiting = domains.values();
    const work = async (): Promise<void> => {
      for (const domain of waiting) {
        services.set(domain, await mailDomains.lookUp(domain));
        if (end.signal.aborted) return;
      }
    };
    const over = abortableSleep(this.options.budgetMs, AbortSignal.any([signal, end.signal])).catch(() => {});
    await Promise.race([Promise.all(Array.from({ length: LOOKUPS_AT_ONCE }, work)), over]);
    end.abort();
    signal.throwIfAborted();
  }
}

/**
 * The domains that are asked about: of addresses that count, so many of a site and so few below one registrable domain.
 * Else a page of made-up names would have us flood somebody's name server.
 */
function domainsOf({ emails }: SiteResult): ReadonlySet<string> {
  const domains = new Set<string>();
  const below = new Map<string, number>();
  for (const { address, flags } of emails) {
    if (flags.length > 0 || domains.has(address.domain)) continue;
    const registrable = getDomain(address.domain) ?? address.domain;
    const count = (below.get(registrable) ?? 0) + 1;
    below.set(registrable, count);
    if (count <= MAX_BELOW_DOMAIN && domains.size < MAX_DOMAINS) domains.add(address.domain);
  }
  return domains;
}
