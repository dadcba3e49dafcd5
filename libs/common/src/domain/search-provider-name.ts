/** Search services that a job may name, in the order in which they are tried where it names none. */
export const SEARCH_PROVIDERS = ['searxng', 'serper', 'brave', 'serpapi'] as const;
export type ProviderName = (typeof SEARCH_PROVIDERS)[number];
