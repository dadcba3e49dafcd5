import type { Config } from '#common/config/config.schema.js';
import { EgressGuard } from '#common/egress/egress-guard.js';

const SERVICE_URLS = [
  'SEARXNG_URL',
  'SERPER_URL',
  'BRAVE_URL',
  'SERPAPI_URL',
  'COMMONCRAWL_INDEX_URL',
  'COMMONCRAWL_DATA_URL',
] as const satisfies (keyof Config)[];

/** For requests to services that the operator has named: these, and no pages, may stand in the internal network. */
export function createServiceGuard(config: Config): EgressGuard {
  const named = SERVICE_URLS.flatMap((key) => config[key] ?? []).map((text) => {
    const { hostname, port, protocol } = new URL(text);
    return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
  });
  return new EgressGuard({ allow: [...config.EGRESS_ALLOW, ...named], dnsServers: [...config.DNS_SERVERS] });
}
