import type { JobSpec } from '#common/contracts/job-spec.js';
import type { FoundEmail, SiteResult } from '../crawl/site-result.js';
import { OBFUSCATED_METHODS } from '../extract/finding.js';

/** No suppression lists are stored by this version. */
const NONE: ReadonlySet<string> = new Set();

/**
 * The one place where addresses are kept from storage: those that are suppressed, and what the job's policy excludes or
 * flags. `suppressed` holds the mailboxes of these addresses that the account's suppression lists name, by address,
 * domain or pattern: they are asked once for all addresses, never one by one.
 */
export function applyPolicy(
  result: SiteResult,
  policy: JobSpec['policy'],
  suppressed: ReadonlySet<string> = NONE,
): SiteResult {
  const allowed = result.emails.filter((email) => !suppressed.has(email.address.mailbox));
  const emails = allowed.filter((email) => !isSkipped(email, policy)).map((email) => flagged(email, policy));
  if (result.outcome !== 'found' || emails.some(isCounted)) return { ...result, emails };
  if (allowed.length < result.emails.length && !allowed.some(isCounted)) {
    const detail = `${countOf(result.emails.length - allowed.length)} suppressed`;
    return { ...result, emails, outcome: 'suppressed', detail };
  }
  const excluded = allowed.filter(isCounted).length;
  const detail = excluded > 0 ? `${countOf(excluded)} left out by the job's policy` : result.detail;
  return { ...result, emails, outcome: 'no_address', detail };
}

/** Counted rows are what lists, exports, targets and progress mean; flagged ones are kept apart. */
export function isCounted(email: FoundEmail): boolean {
  return email.flags.length === 0;
}

function countOf(addresses: number): string {
  return addresses === 1 ? '1 address' : `${addresses} addresses`;
}

function isSkipped(email: FoundEmail, policy: JobSpec['policy']): boolean {
  if (policy.freemail === 'skip' && email.kind === 'freemail') return true;
  return policy.obfuscated === 'skip' && isObfuscated(email);
}

function flagged(email: FoundEmail, policy: JobSpec['policy']): FoundEmail {
  if (policy.obfuscated !== 'flag' || !isObfuscated(email)) return email;
  return { ...email, flags: [...new Set([...email.flags, 'obfuscated' as const])] };
}

/** An address that stands in the open on one of its pages is not hidden on the others. */
function isObfuscated({ method, sightings }: FoundEmail): boolean {
  const methods = [method, ...sightings.map((sighting) => sighting.method)];
  return methods.every((one) => OBFUSCATED_METHODS.has(one));
}
