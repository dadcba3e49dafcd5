import { afterEach, describe, expect, it } from 'vitest';
import { jobSpec } from '#common/contracts/job-spec.js';
import type { ProviderName } from '#common/domain/search-provider-name.js';
import { HostBusy, SitePostponed } from '../hosts/site-postponed.js';
import type { SearchAnswer, SearchProvider } from '../search/search-provider.js';
import { SearchSource } from './search.source.js';
import { SourceError, type SourceHooks, type Usage } from './source.js';

const FOUND: SearchAnswer = { outcome: 'ok', results: [], isLast: false, note: null };
const refusal = (
  outcome: 'rate_limited' | 'quota_exhausted' | 'auth' | 'transport',
  retryAfterMs: number | null = null,
) => ({ outcome, message: `it says ${outcome}`, retryAfterMs }) satisfies SearchAnswer;

describe('SearchSource with a chain of providers', () => {
  const asked: string[] = [];
  const paused: Record<string, number> = {};
  const usage: Record<string, Usage[]> = {};
  afterEach(() => {
    asked.length = 0;
    for (const record of [paused, usage]) for (const key of Object.keys(record)) delete record[key];
  });

  const makeSource = (answers: Partial<Record<ProviderName, SearchAnswer[]>>): SearchSource => {
    const providers = Object.entries(answers).map(([name, list]): [ProviderName, SearchProvider] => {
      const search = async (): Promise<SearchAnswer> => {
        asked.push(name);
        return list.shift() ?? FOUND;
      };
      return [name as ProviderName, { name: name as ProviderName, host: `${name}.example`, search }];
    });
    return new SearchSource(new Map(providers), { delayMs: 0 });
  };
  const find = (source: SearchSource, providers: ProviderName[], turn?: SourceHooks['turn']) => {
    const spec = jobSpec.parse({ source: { type: 'search', providers, skipDomains: [] } });
    const hooks: SourceHooks = {
      signal: new AbortController().signal,
      save: async () => {},
      count: async (provider, counted) => void (usage[provider] ??= []).push(counted),
      turn: turn ?? ((_host, _delayMs, work) => work()),
      pause: (host, waitMs) => (paused[host] = waitMs),
      holdHost: async () => {},
      isHeld: () => true,
    };
    return source.find({ spec, query: 'q', page: 0 }, hooks);
  };
  const failure = (result: Promise<unknown>) =>
    result.then(
      () => null,
      (error: unknown) => error as SourceError,
    );
  const busyFor =
    (waitMs: number): SourceHooks['turn'] =>
    (host, _delayMs, work) =>
      host === 'searxng.example' ? Promise.reject(new SitePostponed(waitMs, 'not yet', false)) : work();

  it('takes the first that answers', async () => {
    await find(makeSource({ searxng: [], serper: [] }), ['searxng', 'serper']);
    expect(asked).toEqual(['searxng']);
  });

  it.each(['quota_exhausted', 'auth', 'transport', 'rate_limited'] as const)(
    'asks the next after %s',
    async (outcome) => {
      await find(makeSource({ searxng: [refusal(outcome)], serper: [] }), ['searxng', 'serper']);
      expect(asked).toEqual(['searxng', 'serper']);
      expect(usage).toEqual({ searxng: [{ requests: 1 }], serper: [{ requests: 1 }, { results: 0, skipped: 0 }] });
    },
  );

  it('does not ask a provider again soon that has no quota or key', async () => {
    const source = makeSource({ serper: [refusal('quota_exhausted')], brave: [] });
    for (let i = 0; i < 3; i++) await find(source, ['serper', 'brave']);
    expect(asked).toEqual(['serper', 'brave', 'brave', 'brave']);
  });

  it('waits for a busy one, but not for long where there is another', async () => {
    const source = makeSource({ searxng: [], serper: [] });
    await expect(find(source, ['searxng', 'serper'], busyFor(3000))).rejects.toThrow('not yet');
    expect(asked).toEqual([]);
    await find(source, ['searxng', 'serper'], busyFor(6000));
    expect(asked).toEqual(['serper']);
    await expect(find(source, ['searxng'], busyFor(6000))).rejects.toThrow('not yet');
  });

  it('tells everybody how long a provider wants to be left alone, and tries again then', async () => {
    const error = await failure(find(makeSource({ searxng: [refusal('rate_limited', 7000)] }), ['searxng']));
    expect(paused).toEqual({ 'searxng.example': 7000 });
    expect(error).toMatchObject({ code: 'provider_rate_limited', retry: { isFinal: false, delayMs: 7000 } });
  });

  it('names every refusal, and gives up where none will pass', async () => {
    const source = makeSource({ searxng: [refusal('auth')], serper: [refusal('quota_exhausted')] });
    const error = await failure(find(source, ['searxng', 'serper']));
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ code: 'provider_quota', retry: { isFinal: true } });
    expect(error!.message).toBe('searxng: it says auth; serper: it says quota_exhausted');
  });

  it('leaves out those that are not configured, and says what to set where none is', async () => {
    const source = makeSource({ serper: [] });
    await find(source, ['searxng', 'serper']);
    expect(asked).toEqual(['serper']);
    const error = await failure(find(source, ['brave', 'searxng']));
    expect(error).toMatchObject({ code: 'provider_auth', retry: {} });
    expect(error!.message).toContain('set BRAVE_API_KEY or SEARXNG_URL');
  });

  it('tries again where at least one may answer later', async () => {
    const source = makeSource({ serper: [refusal('quota_exhausted')], searxng: [refusal('transport')] });
    const error = await failure(find(source, ['searxng', 'serper']));
    expect(error).toMatchObject({ code: 'connection', retry: { isFinal: false } });
  });

  it('leaves its place to others while another worker asks', async () => {
    const turn: SourceHooks['turn'] = (host) => Promise.reject(new HostBusy(host, 1500));
    await expect(find(makeSource({ searxng: [] }), ['searxng'], turn)).rejects.toBeInstanceOf(HostBusy);
  });
});
