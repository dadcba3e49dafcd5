import { siteKey } from '#common/domain/site.js';
import { FetchError } from '../fetch/fetch-error.js';
import type { FetchRequest } from '../fetch/page-fetcher.js';
import type { RobotsCache } from '../fetch/robots-cache.js';
import type { HostPacer } from '../hosts/host-pacer.js';
import { MAX_WAIT_IN_PLACE_MS } from '../fetch/retry-plan.js';
import { HostBusy, SitePostponed } from '../hosts/site-postponed.js';
import type { CrawlPolicy, RobotsVerdict, SiteResult } from './site-result.js';

/** What robots.txt said about a page: evidence, and the delay that is due on its host. */
export interface Admission {
  robots: RobotsVerdict;
  delayMs: number;
  /** Sitemaps that robots.txt names. */
  sitemaps: readonly string[];
}

/** One fetch under the gate. */
export interface WatchedFetch {
  hooks: Required<Pick<FetchRequest, 'beforeRequest' | 'onStart' | 'onBackoff'>>;
  /** To be called when the fetch has ended; returns the admission of the last request, null where none was let through. */
  end: () => Admission | null;
}

export interface SiteGateOptions {
  policy: Pick<CrawlPolicy, 'robots' | 'hostDelayMs'>;
  signal: AbortSignal;
  /** Resolves when this host (`host:port`) is the crawl's to fetch from; throws HostBusy while it is somebody else's. */
  holdHost: (host: string, delayMs: number) => Promise<void>;
  /** Whether it still is. */
  isHeld: (host: string) => boolean;
}

const LEASE_RETRY_MS = 1000;
/** robots.txt cannot be had because the host cannot: the host's own failure says more than "disallowed". */
const HOST_FAILURES = new Set(['dns', 'connection', 'tls', 'timeout', 'blocked_egress']);

/** What stands between a URL of a site and its fetch: the host's lease, robots.txt, and the host's turn. */
export class SiteGate {
  private hasStarted = false;
  private first: SiteResult['robots'] = null;

  constructor(
    private readonly robots: RobotsCache,
    private readonly pacer: HostPacer,
    private readonly options: SiteGateOptions,
  ) {}

  /**
   * Resolves when the page may be fetched now. Throws a FetchError where it must not be, and SitePostponed where that
   * would take long: the host is somebody else's, or the site's first page is not due.
   */
  private async admit(url: URL): Promise<Admission> {
    const host = siteKey(url);
    const { holdHost, signal } = this.options;
    await holdHost(host, 0);
    const admission = await this.readVerdict(url);
    const waitMs = this.pacer.remainingMs(host);
    if (!this.hasStarted && waitMs > MAX_WAIT_IN_PLACE_MS) {
      throw new SitePostponed(waitMs, `the next fetch from ${host} is not due yet`, false);
    }
    await this.pacer.waitForTurn(host, admission.delayMs, signal);
    await holdHost(host, admission.delayMs);
    return admission;
  }

  /** Puts one fetch under the gate, its redirects and retries included; `check` may refuse a target before. */
  watch(check: (target: URL, from: URL | null) => Promise<void>): WatchedFetch {
    let admission: Admission | null = null;
    let asked: string | null = null;
    const noteAnswer = (): void => {
      if (asked !== null && admission !== null) this.pacer.noteAnswer(asked, admission.delayMs);
      asked = null;
    };
    return {
      hooks: {
        beforeRequest: async (target, from) => {
          noteAnswer();
          await check(target, from);
          admission = await this.admit(target);
        },
        onStart: (target) => {
          const host = siteKey(target);
          // The wait for the fetch pool may have outlasted the lease.
          if (!this.options.isHeld(host)) throw new HostBusy(host, LEASE_RETRY_MS);
          this.hasStarted = true;
          asked = host;
          this.pacer.noteStart(asked, admission?.delayMs ?? 0);
        },
        onBackoff: (target, waitMs) => this.pacer.pause(siteKey(target), waitMs),
      },
      end: () => {
        noteAnswer();
        return admission;
      },
    };
  }

  /** The host wants to be left alone for so long. */
  pause(host: string, waitMs: number): void {
    this.pacer.pause(host, waitMs);
  }

  /** What robots.txt said about the first page that it was asked for. */
  get firstVerdict(): SiteResult['robots'] {
    return this.first;
  }

  private async readVerdict(url: URL): Promise<Admission> {
    const { hostDelayMs, robots } = this.options.policy;
    if (robots === 'ignore') {
      this.first ??= 'ignored';
      return { robots: 'ignored', delayMs: hostDelayMs, sitemaps: [] };
    }
    const { rules, exists, failure, sitemaps } = await this.robots.read(url, this.options.signal);
    if (failure !== null) throw refuseUnreadable(url, failure);
    const { isAllowed, rule } = rules.decide(url.href);
    const verdict = exists ? 'allowed' : 'unavailable';
    this.first ??= isAllowed ? verdict : 'disallowed';
    if (!isAllowed) {
      const message = rule === null ? 'robots.txt disallows it' : `robots.txt disallows it (${rule.slice(0, 200)})`;
      throw new FetchError('robots_disallowed', url.href, message);
    }
    return { robots: verdict, delayMs: Math.max(hostDelayMs, rules.crawlDelayMs), sitemaps };
  }
}

function refuseUnreadable(url: URL, failure: FetchError): FetchError {
  if (HOST_FAILURES.has(failure.code)) return failure;
  return new FetchError('robots_disallowed', url.href, `robots.txt could not be read (${failure.message})`, {
    cause: failure,
    retryAfterMs: failure.retryAfterMs,
  });
}
