import { siteKey } from '#common/domain/site.js';
import { FetchError } from '../fetch/fetch-error.js';
import type { RobotsCache } from '../fetch/robots-cache.js';
import type { HostPacer } from './host-pacer.js';
import type { CrawlPolicy, RobotsVerdict } from './site-result.js';

/** What robots.txt said about a page: evidence, and the delay that is due on its host. */
export interface Admission {
  robots: RobotsVerdict;
  delayMs: number;
}

/** robots.txt cannot be had because the host cannot: the host's own failure says more than "disallowed". */
const HOST_FAILURES = new Set(['dns', 'connection', 'tls', 'timeout', 'blocked_egress']);

/** Asks robots.txt about each URL of a site, and waits for the host's turn. */
export class SiteGate {
  constructor(
    private readonly robots: RobotsCache,
    private readonly pacer: HostPacer,
    private readonly policy: Pick<CrawlPolicy, 'robots' | 'hostDelayMs'>,
    private readonly signal: AbortSignal,
  ) {}

  /** Resolves when the page may be fetched now; throws a FetchError where it must not. */
  async admit(url: URL): Promise<Admission> {
    const admission = await this.readVerdict(url);
    await this.pacer.waitForTurn(siteKey(url), admission.delayMs, this.signal);
    return admission;
  }

  noteStart(url: URL, admission: Admission): void {
    this.pacer.noteStart(siteKey(url), admission.delayMs);
  }

  private async readVerdict(url: URL): Promise<Admission> {
    const { hostDelayMs } = this.policy;
    if (this.policy.robots === 'ignore') return { robots: 'ignored', delayMs: hostDelayMs };
    const { rules, exists, failure } = await this.robots.read(url, this.signal);
    if (failure !== null) throw refuseUnreadable(url, failure);
    if (!rules.isAllowed(url.href)) throw new FetchError('robots_disallowed', url.href, 'robots.txt disallows it');
    return { robots: exists ? 'allowed' : 'unavailable', delayMs: Math.max(hostDelayMs, rules.crawlDelayMs) };
  }
}

function refuseUnreadable(url: URL, failure: FetchError): FetchError {
  if (HOST_FAILURES.has(failure.code)) return failure;
  return new FetchError('robots_disallowed', url.href, `robots.txt could not be read (${failure.message})`, {
    cause: failure,
  });
}
