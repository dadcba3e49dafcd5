import { isKnownTld, isRegistrable } from '../extract/text/known-suffix.js';

/**
 * How a domain takes mail: by MX records (RFC 5321 §5.1), by its own address for want of them (`implicit`), not at all,
 * or nobody knows: it was not asked, or the DNS failed.
 */
export type MailService = 'mx' | 'implicit' | 'none' | 'unknown';

export interface Verification {
  verdict: 'valid' | 'risky' | 'invalid' | 'unknown';
  /** The domain receives mail; null while unknown. */
  mx: boolean | null;
  /** Its mailboxes are made to be thrown away. */
  disposable: boolean;
}

/** Below this an address was not written down as one (`[at]`, words in the code of a script). */
const SURE = 0.8;

/**
 * Says what mail to an address would meet, from nothing but public facts: no mail server is ever asked about a mailbox.
 * invalid = nobody can receive it; risky = a throw-away domain, or two doubts at once: an address that was read between
 * the lines, at a domain that names no mail server.
 */
export function judgeAddress(
  { domain, confidence }: { domain: string; confidence: number },
  { service, disposable }: { service: MailService; disposable: boolean },
): Verification {
  const mx = service === 'unknown' ? null : service !== 'none';
  const judge = (): Verification['verdict'] => {
    if (mx === false || !mayExist(domain)) return 'invalid';
    if (disposable || (service === 'implicit' && confidence < SURE)) return 'risky';
    return mx === null ? 'unknown' : 'valid';
  };
  return { verdict: judge(), mx, disposable };
}

function mayExist(domain: string): boolean {
  return isKnownTld(domain.slice(domain.lastIndexOf('.') + 1)) && isRegistrable(domain);
}
