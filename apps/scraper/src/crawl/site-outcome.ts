import type { ErrorCode, SiteOutcome } from '#common/domain/site-outcome.js';
import type { FetchError } from '../fetch/fetch-error.js';

/** What happened to a site, as far as its outcome depends on it. */
export interface CrawlFacts {
  hasCounted: boolean;
  /** Pages processed, and how many of those were empty without their scripts. */
  pages: number;
  shellPages: number;
  hasContactForm: boolean;
  /** The budget that was spent while pages were left over. */
  spent: 'pages' | 'bytes' | 'seconds' | null;
  /** Why the server did not want to be asked any more; null where it did not say so. */
  stoppedBy: string | null;
  /** The site of the same job that a seed redirects to. */
  duplicateOf: string | null;
  seedErrors: readonly FetchError[];
}

/** Failures of seeds in order of precedence: the first that happened to any seed names the outcome. */
const SEED_OUTCOMES: readonly (readonly [SiteOutcome, readonly ErrorCode[]])[] = [
  ['blocked_egress', ['blocked_egress']],
  ['robots_disallowed', ['robots_disallowed']],
  ['unreachable', ['dns', 'connection', 'tls']],
  ['timeout', ['timeout']],
  ['http_error', ['http_4xx', 'http_5xx', 'too_many_redirects', 'parse', 'too_large']],
  ['non_html', ['bad_content_type', 'bad_encoding']],
];

/**
 * The one outcome of a site. An address found beats everything; else, if no page could be read, what befell the seeds
 * (blocked_egress > robots_disallowed > unreachable > timeout > http_error > non_html); else what the pages were like
 * (js_only > form_only > budget > no_address). A site that only leads to another one of the job is its duplicate.
 */
export function decideOutcome(facts: CrawlFacts): { outcome: SiteOutcome; detail: string | null } {
  if (facts.hasCounted) return { outcome: 'found', detail: null };
  if (facts.pages === 0 && facts.duplicateOf !== null)
    return { outcome: 'duplicate', detail: `redirects to ${facts.duplicateOf}, a site of this job` };
  if (facts.pages === 0) return decideWithoutPages(facts.seedErrors);
  if (facts.stoppedBy !== null)
    return { outcome: 'http_error', detail: `${facts.stoppedBy} after ${facts.pages} pages without an address` };
  if (facts.shellPages === facts.pages)
    return { outcome: 'js_only', detail: 'the pages are empty until their scripts run' };
  if (facts.hasContactForm) return { outcome: 'form_only', detail: 'a contact form instead of an address' };
  if (facts.spent !== null) {
    const detail = `no address on the first ${facts.pages} pages; the budget of ${facts.spent} was spent, more were waiting`;
    return { outcome: 'budget', detail };
  }
  return { outcome: 'no_address', detail: null };
}

function decideWithoutPages(errors: readonly FetchError[]): { outcome: SiteOutcome; detail: string | null } {
  for (const [outcome, codes] of SEED_OUTCOMES) {
    const error = errors.find(({ code }) => codes.includes(code));
    if (error !== undefined) return { outcome, detail: error.message.slice(0, 500) };
  }
  return { outcome: 'no_address', detail: errors[0]?.message.slice(0, 500) ?? null };
}
