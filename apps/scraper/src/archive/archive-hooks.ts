/** What one crawl of the archive asks of, and tells to, whoever runs it. */
export interface ArchiveHooks {
  signal: AbortSignal;
  /**
   * Does `work` as the only one, over all replicas, that asks this service (`host:port`), no sooner than `delayMs` after
   * the last; throws SitePostponed where that takes long.
   */
  turn: <T>(host: string, delayMs: number, work: () => Promise<T>) => Promise<T>;
  /** Nobody asks this service for so long. */
  pause: (host: string, waitMs: number) => void;
  /** Called when work on a page begins. */
  onPage?: (url: string) => void;
}
