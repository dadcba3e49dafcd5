import { LRUCache } from 'lru-cache';
import { PROVIDER_KEYS } from '#common/config/provider-keys.js';
import type { Origin } from '#common/contracts/origin.js';
import type { SearchSpec } from '#common/contracts/source-spec.js';
import type { ProviderName } from '#common/domain/search-provider-name.js';
import type { ErrorCode } from '#common/domain/site-outcome.js';
import { HostBusy, SitePostponed } from '../hosts/site-postponed.js';
import type { SearchAnswer, SearchFailure, SearchProvider, SearchResult } from '../search/search-provider.js';
import { SkipList } from './skip-list.js';
import { type Source, type SourceAnswer, SourceError, type SourceHooks, type SourceQuery } from './source.js';

/** A provider that is to be left alone for longer lets the next one of the job answer. */
const MAX_PATIENCE_MS = 5000;
/** Pause after a rate limit that names no time. */
const DEFAULT_PAUSE_MS = 30_000;
/** How long a provider's refusal (no key, no quota) speaks for the next requests, too. */
const REFUSAL_MS = 60_000;

type Found = Exclude<SearchAnswer, SearchFailure>;

const CODES: Record<SearchFailure['outcome'], ErrorCode> = {
  rate_limited: 'provider_rate_limited',
  quota_exhausted: 'provider_quota',
  auth: 'provider_auth',
  invalid_response: 'provider_invalid',
  transport: 'connection',
};

export interface SearchSourceOptions {
  /** Milliseconds between requests to one provider, over all replicas. */
  delayMs: number;
}

/** Result pages of search providers: the job's first one that answers. */
export class SearchSource implements Source {
  readonly isVisitedAtOnce = true;
  private readonly refusals = new LRUCache<ProviderName, SearchFailure>({ max: 10, ttl: REFUSAL_MS });

  constructor(
    private readonly providers: ReadonlyMap<ProviderName, SearchProvider>,
    private readonly options: SearchSourceOptions,
  ) {}

  async find(query: SourceQuery, hooks: SourceHooks): Promise<SourceAnswer> {
    const spec = query.spec.source as SearchSpec;
    const { name, answer } = await this.askInTurn(spec, query, hooks);
    const skipList = new SkipList(spec.skipDomains);
    const wanted = answer.results.filter(({ url }) => !skipList.includes(url));
    await hooks.save(wanted.map((result) => ({ url: result.url, origin: originOf(result) })));
    const results = answer.results.length;
    await hooks.count(name, { results, skipped: results - wanted.length });
    return { results, isLast: answer.isLast };
  }

  /** Where this replica knows none, another one may. */
  private listConfigured({ providers }: SearchSpec): SearchProvider[] {
    const configured = providers.flatMap((name) => this.providers.get(name) ?? []);
    if (configured.length > 0) return configured;
    const keys = providers.map((name) => PROVIDER_KEYS[name]).join(' or ');
    throw new SourceError('provider_auth', `no provider of the job is configured: set ${keys}`);
  }

  /** The first provider that answers; else what kept the others from it, and waits where one of them is only busy. */
  private async askInTurn(
    spec: SearchSpec,
    query: SourceQuery,
    hooks: SourceHooks,
  ): Promise<{ name: ProviderName; answer: Found }> {
    const refusals: (SearchFailure & { name: ProviderName })[] = [];
    let soonest: SitePostponed | null = null;
    for (const provider of this.listConfigured(spec)) {
      const { name } = provider;
      try {
        const answer = this.refusals.get(name) ?? (await this.ask(provider, spec, query, hooks));
        if ('results' in answer) return { name, answer };
        refusals.push({ ...answer, name });
      } catch (error) {
        if (!(error instanceof SitePostponed)) throw error;
        // Another worker is asking: that takes no long.
        if (error instanceof HostBusy || error.waitMs <= MAX_PATIENCE_MS) throw error;
        if (soonest === null || error.waitMs < soonest.waitMs) soonest = error;
      }
    }
    if (soonest !== null) throw soonest;
    throw toSourceError(refusals);
  }

  private async ask(
    provider: SearchProvider,
    { country, language }: SearchSpec,
    { query, page }: SourceQuery,
    hooks: SourceHooks,
  ): Promise<SearchAnswer> {
    const { name } = provider;
    return hooks.turn(provider.host, this.options.delayMs, async () => {
      // Before it is sent: a process that dies in between has counted one too many, never one too few.
      await hooks.count(name, { requests: 1 });
      const answer = await provider.search({ query, page, country, language }, hooks.signal);
      // Still in turn: nobody can ask before the pause is known to all replicas.
      if (answer.outcome === 'rate_limited') hooks.pause(provider.host, answer.retryAfterMs ?? DEFAULT_PAUSE_MS);
      if (answer.outcome === 'auth' || answer.outcome === 'quota_exhausted') this.refusals.set(name, answer);
      return answer;
    });
  }
}

function originOf({ provider, query, page, rank }: SearchResult): Origin {
  return { type: 'search', provider, query, page, rank };
}

/** Of several refusals the one that may pass by itself decides whether it is tried again. */
function toSourceError(refusals: readonly (SearchFailure & { name: ProviderName })[]): SourceError {
  const passing = refusals.find(({ outcome }) => outcome !== 'auth' && outcome !== 'quota_exhausted');
  const decisive = passing ?? refusals.at(-1)!;
  const message = refusals.map((refusal) => `${refusal.name}: ${refusal.message}`).join('; ');
  const delayMs = decisive.outcome === 'rate_limited' ? (decisive.retryAfterMs ?? DEFAULT_PAUSE_MS) : 0;
  return new SourceError(CODES[decisive.outcome], message, { isFinal: passing === undefined, delayMs });
}
