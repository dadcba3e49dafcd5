import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { parseRetryAfter } from '../fetch/retry-plan.js';
import { retryAfterOf, saidIn, type ProviderAnswer } from './provider-answer.js';
import { SearchRefusal } from './search-refusal.js';

const count = z.number().catch(0);
const errorBody = z.object({
  error: z.object({
    code: z.string().catch(''),
    meta: z.object({ quota_limit: count, quota_current: count }).catch({ quota_limit: 0, quota_current: 0 }),
  }),
});

/** Throws what an error of Brave's own stands for; does nothing where the status says it all. */
export function checkBraveError(answer: ProviderAnswer): void {
  if (answer.status === 200) return;
  const { code, meta } = errorBody.safeParse(answer.json).data?.error ?? { code: '', meta: null };
  const said = `answers HTTP ${answer.status}: ${[code, saidIn(answer)].filter((part) => part !== '').join(', ')}`;
  // A wrong key is a "validation error", with status 422.
  if (/TOKEN|SUBSCRIPTION/.test(code)) throw new SearchRefusal('auth', said);
  if (answer.status !== 429) return;
  const isSpent =
    /QUOTA|USAGE/.test(code) ||
    isMonthSpent(answer.headers) ||
    (meta !== null && meta.quota_limit > 0 && meta.quota_current >= meta.quota_limit);
  if (isSpent) throw new SearchRefusal('quota_exhausted', said, retryAfterOf(answer));
  const waitMs = retryAfterOf(answer) ?? parseRetryAfter(windowsOf(answer.headers, 'reset')[0]);
  throw new SearchRefusal('rate_limited', said, waitMs);
}

/**
 * `X-RateLimit-Limit: 1, 15000` is one request a second and so many a month, 0 standing for no limit; `-Remaining` and
 * `-Reset` (seconds) follow the same order (https://api-dashboard.search.brave.com/documentation/guides/rate-limiting).
 */
function isMonthSpent(headers: IncomingHttpHeaders): boolean {
  const [, limit] = windowsOf(headers, 'limit');
  const [, remaining] = windowsOf(headers, 'remaining');
  return Number(limit) > 0 && remaining === '0';
}

function windowsOf(headers: IncomingHttpHeaders, name: string): string[] {
  const value = headers[`x-ratelimit-${name}`];
  return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : [];
}
