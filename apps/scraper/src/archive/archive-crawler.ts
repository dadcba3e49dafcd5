import { setMaxListeners } from 'node:events';
import { siteKey } from '#common/domain/site.js';
import type { SiteResult, SiteTask } from '../crawl/site-result.js';
import type { PageExtractor } from '../extract/page-extractor.js';
import type { ApiClient } from '../fetch/api-client.js';
import { ArchiveCrawl } from './archive-crawl.js';
import type { ArchiveHooks } from './archive-hooks.js';
import type { ArchivePolicy } from './archive-policy.js';
import { CdxIndex } from './cdx-index.js';
import { WarcReader } from './warc-reader.js';

export interface ArchiveUrls {
  /** Base of the URL index (`https://index.commoncrawl.org`) and of the WARC files (`https://data.commoncrawl.org`). */
  indexUrl: string | URL;
  dataUrl: string | URL;
}

/** Reads sites out of Common Crawl instead of the live web: nothing is asked of the sites themselves. */
export class ArchiveCrawler {
  private readonly index: CdxIndex;
  private readonly warcs: WarcReader;
  private readonly dataHost: string;

  constructor(
    client: ApiClient,
    private readonly extractor: PageExtractor,
    { indexUrl, dataUrl }: ArchiveUrls,
  ) {
    this.index = new CdxIndex(client, new URL(indexUrl));
    this.warcs = new WarcReader(client, new URL(dataUrl));
    this.dataHost = siteKey(new URL(dataUrl));
  }

  /**
   * Comes to a result with exactly one outcome, unless `signal` is aborted: then it throws the signal's reason; or
   * unless the archive cannot be asked now: SitePostponed says when it can.
   */
  async crawlSite(task: SiteTask, policy: ArchivePolicy, hooks: ArchiveHooks): Promise<SiteResult> {
    hooks.signal.throwIfAborted();
    // Every request and wait of every crawl under this signal listens to it for a while: many, which is no leak.
    setMaxListeners(0, hooks.signal);
    const { index, warcs, dataHost, extractor } = this;
    return new ArchiveCrawl(task, policy, { index, warcs, dataHost, extractor, hooks }).run();
  }
}
