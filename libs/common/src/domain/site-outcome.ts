/** The one reason each finished site ends with. `not_needed`, `cancelled` and `failed` belong to sites never finished. */
export const SITE_OUTCOMES = [
  'found',
  'no_address',
  'js_only',
  'form_only',
  'robots_disallowed',
  'http_error',
  'unreachable',
  'timeout',
  'non_html',
  'blocked_egress',
  'suppressed',
  'budget',
  'cancelled',
  'not_needed',
  'duplicate',
  'failed',
] as const;
export type SiteOutcome = (typeof SITE_OUTCOMES)[number];

/** What a site shows while its job is open. */
export const OPEN_SITE_STATES = ['pending', 'working', 'waiting'] as const;
export type SiteState = SiteOutcome | (typeof OPEN_SITE_STATES)[number];

export const ERROR_CODES = [
  'blocked_egress',
  'robots_disallowed',
  'timeout',
  'too_large',
  'too_many_redirects',
  'bad_encoding',
  'bad_content_type',
  'http_4xx',
  'http_5xx',
  'dns',
  'tls',
  'connection',
  'cpu_budget',
  'parse',
  'chunk_timeout',
  'provider_rate_limited',
  'provider_quota',
  'provider_auth',
  'provider_invalid',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];
