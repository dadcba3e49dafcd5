import type { JobSpec } from '#common/contracts/job-spec.js';
import type { FoundEmail, SiteResult } from '../crawl/site-result.js';

/** Leaves out, or flags, what the job's policy excludes: excluded addresses never reach the database. */
export function applyPolicy(result: SiteResult, policy: JobSpec['policy']): SiteResult {
  const emails = result.emails.filter((email) => isKept(email, policy)).map((email) => flagged(email, policy));
  const excluded = result.emails.length - emails.length;
  const isEmpty = !emails.some(isCounted);
  if (result.outcome !== 'found' || !isEmpty) return { ...result, emails };
  const detail = excluded > 0 ? `${excluded} addresses left out by the job's policy` : result.detail;
  return { ...result, emails, outcome: 'no_address', detail };
}

/** Counted rows are what lists, exports, targets and progress mean; flagged ones are kept apart. */
export function isCounted(email: FoundEmail): boolean {
  return email.flags.length === 0;
}

function isKept(email: FoundEmail, policy: JobSpec['policy']): boolean {
  if (policy.freemail === 'skip' && email.kind === 'freemail') return false;
  return !(policy.obfuscated === 'skip' && isObfuscated(email));
}

function flagged(email: FoundEmail, policy: JobSpec['policy']): FoundEmail {
  if (policy.obfuscated !== 'flag' || !isObfuscated(email)) return email;
  return { ...email, flags: [...new Set([...email.flags, 'obfuscated' as const])] };
}

/** The owner wrote the address so that programs should not read it. */
const PLAIN_METHODS: ReadonlySet<string> = new Set(['text', 'mailto', 'json-ld', 'microdata', 'meta', 'attribute']);

function isObfuscated(email: FoundEmail): boolean {
  return !PLAIN_METHODS.has(email.method);
}
