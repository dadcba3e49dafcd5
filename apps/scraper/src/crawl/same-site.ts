import { getDomain } from 'tldts';
import { siteKey } from '#common/domain/site.js';

/** What belongs together: the registrable domain, or host:port where there is none (IP addresses, localhost). */
function siteOf(url: URL): string {
  return getDomain(url.hostname, { allowPrivateDomains: true }) ?? siteKey(url);
}

/** The places that count as one crawl's own. */
export class SiteScope {
  private readonly sites = new Set<string>();
  private readonly hosts = new Set<string>();

  /** `sameSite` false narrows the scope from registrable domains to the very host:port pairs. */
  constructor(private readonly sameSite: boolean) {}

  add(url: URL): void {
    this.sites.add(siteOf(url));
    this.hosts.add(siteKey(url));
  }

  includes(url: URL): boolean {
    return this.sameSite ? this.isSameSite(url) : this.hosts.has(siteKey(url));
  }

  isSameSite(url: URL): boolean {
    return this.sites.has(siteOf(url));
  }
}
