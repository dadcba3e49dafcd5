import type { ProviderName } from '#common/domain/search-provider-name.js';
import type { NewSource } from '../api/api-types.js';
import { UsageError } from '../cli-error.js';
import { readQueryLists } from './read-query-lists.js';
import { readSites } from './read-sites.js';
import type { SiteList } from './site-list.js';

/** The options that say where the sites come from. */
export interface SourceOptions {
  file?: string;
  query?: string[];
  sitemap?: string;
  commoncrawl?: boolean;
  provider?: ProviderName[];
  country?: string;
  language?: string;
  list?: string[];
  target?: number;
}

export interface ReadSource {
  source: NewSource;
  /** Sites that do not fit into the request: the job is held until they have followed. */
  upload?: SiteList;
}

const ONLY_WITH_QUERY = ['provider', 'country', 'language', 'list'] as const satisfies (keyof SourceOptions)[];

/** The source of a new job. Throws a UsageError for options that contradict each other, or ask for too little. */
export async function readSource(args: string[], options: SourceOptions): Promise<ReadSource> {
  checkOptions(args, options);
  const { query, sitemap } = options;
  if (query) return { source: await readSearch(query, options) };
  if (sitemap !== undefined) return { source: { type: 'sitemap', url: sitemap } };
  const list = await readSites(args, options.file);
  const sites = list.inline();
  const source: NewSource = options.commoncrawl ? { type: 'commoncrawl', domains: sites } : { type: 'sites', sites };
  return sites ? { source } : { source, upload: list };
}

function checkOptions(args: string[], options: SourceOptions): void {
  const { file, query, sitemap, commoncrawl, target } = options;
  const hasSites = args.length > 0 || file !== undefined;
  const given = [
    ...(hasSites ? ['sites'] : []),
    ...(query ? ['--query'] : []),
    ...(sitemap === undefined ? [] : ['--sitemap']),
  ];
  if (given.length > 1) {
    const hint = query && hasSites ? 'A query of several words needs quotes: --query "dentist berlin".' : undefined;
    throw new UsageError(`${given.join(' and ')} cannot be used together: a job has one source of sites`, hint);
  }
  if (commoncrawl && given.length > 0 && !hasSites) {
    throw new UsageError(`--commoncrawl is for given sites: it cannot be used with ${given[0]}`);
  }
  const stray = query ? undefined : ONLY_WITH_QUERY.find((name) => options[name] !== undefined);
  if (stray) throw new UsageError(`--${stray} is for searches: it needs --query`);
  if (query && target === undefined) {
    throw new UsageError('--query needs --target', 'A search ends when so many addresses are found: --target 100.');
  }
}

async function readSearch(queries: string[], options: SourceOptions): Promise<NewSource> {
  const { provider, country, language, list } = options;
  return { type: 'search', queries, lists: list && (await readQueryLists(list)), provider, country, language };
}
