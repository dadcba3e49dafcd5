/** What every part of the crawler needs to know about the process it runs in. */
export interface CrawlOptions {
  /** The whole User-Agent header, `Gleaner/<version> (+CONTACT)`. */
  userAgent: string;
  /** Fetches in flight in this process, over all sites. */
  maxConcurrentFetches: number;
  /** Exceptions of the egress guard: `host:port`, `host` or CIDR. */
  egressAllow: string[];
  /** DNS servers to ask; empty = the system's resolver. */
  dnsServers: string[];
  /** Deadline of one fetch, connecting and redirects included. */
  fetchTimeoutMs?: number;
}
