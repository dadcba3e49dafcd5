import { parse } from 'tldts';
import { isWorthFollowing } from '../crawl/crawl-url.js';

/** Pages that only those see who log in. */
const LOGIN_SEGMENT =
  /\/(?:log-?in|sign-?in|sign-?up|register|registrieren|anmelden|anmeldung|connexion|my-?account|mein-?konto|wp-admin|wp-login\.php|oauth2?|sso)(?:[/.?]|$)/i;

/** What of a search result is not visited: domains of a list, files, and pages behind a login. */
export class SkipList {
  private readonly entries: ReadonlySet<string>;

  /** `domains` as in SKIPPED_DOMAINS: an entry covers its subdomains, and `name.*` any public suffix. */
  constructor(domains: readonly string[]) {
    this.entries = new Set(domains.map((domain) => domain.toLowerCase()));
  }

  includes(text: string): boolean {
    if (!URL.canParse(text)) return true;
    const url = new URL(text);
    return !isWorthFollowing(url) || LOGIN_SEGMENT.test(url.pathname) || this.isListed(url.hostname);
  }

  private isListed(hostname: string): boolean {
    const { domainWithoutSuffix } = parse(hostname);
    if (domainWithoutSuffix && this.entries.has(`${domainWithoutSuffix}.*`)) return true;
    const labels = hostname.split('.');
    return labels.some((_, i) => this.entries.has(labels.slice(i).join('.')));
  }
}
