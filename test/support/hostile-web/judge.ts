import type { ErrorCode, SiteOutcome } from '#common/domain/site-outcome.js';
import { addressOf, type Endpoint, type Verdict } from './endpoint.js';

/** What came of the crawl of an endpoint, as far as it is judged. */
export interface Outcome {
  outcome: SiteOutcome;
  pages: number;
  emails: { address: string; snippets: string[] }[];
  errors: { code: ErrorCode; message: string }[];
}

/** Which outcome an error leads to where nothing was read. */
const OUTCOME_OF: Partial<Record<ErrorCode, SiteOutcome>> = {
  blocked_egress: 'blocked_egress',
  robots_disallowed: 'robots_disallowed',
  dns: 'unreachable',
  connection: 'unreachable',
  tls: 'unreachable',
  timeout: 'timeout',
  http_4xx: 'http_error',
  http_5xx: 'http_error',
  too_many_redirects: 'http_error',
  parse: 'http_error',
  too_large: 'http_error',
  bad_content_type: 'non_html',
  bad_encoding: 'non_html',
};

/** What is wrong with the way the crawl of an endpoint has ended; null where it is as stated. */
export function judge(endpoint: Endpoint, result: Outcome, requests: readonly string[]): string | null {
  const complaints = endpoint.expect.map((verdict) => complaintOf(endpoint, verdict, result));
  const { maxRequests = Number.POSITIVE_INFINITY } = endpoint;
  const tooMany = requests.length > maxRequests ? `${requests.length} requests, not at most ${maxRequests}` : null;
  if (tooMany === null && complaints.includes(null)) return null;
  const wanted = complaints.filter((complaint) => complaint !== null).join(', or: ');
  return `${endpoint.path}: ${tooMany ?? wanted}; got ${describe(result)}`;
}

/** Addresses that may count for an endpoint, by any of its verdicts. */
export function addressesOf(endpoint: Endpoint): string[] {
  return endpoint.expect.flatMap((verdict) =>
    verdict.kind === 'finds' ? (verdict.addresses ?? [addressOf(endpoint.path)]) : [],
  );
}

export function outcomesOf(endpoint: Endpoint): SiteOutcome[] {
  if (endpoint.outcomes !== undefined) return endpoint.outcomes;
  return endpoint.expect.flatMap((verdict): SiteOutcome[] => {
    if (verdict.kind === 'finds') return ['found'];
    if (verdict.kind === 'reads') return ['no_address', 'js_only', 'form_only'];
    return verdict.codes.flatMap((code) => OUTCOME_OF[code] ?? []);
  });
}

function complaintOf(endpoint: Endpoint, verdict: Verdict, result: Outcome): string | null {
  if (!outcomesOf({ ...endpoint, expect: [verdict] }).includes(result.outcome))
    return `wanted ${explain(endpoint, verdict)}`;
  const codes = result.errors.map(({ code }) => code);
  if (verdict.kind === 'fails') {
    const isAsStated = result.pages === 0 && codes.length > 0 && codes.every((code) => verdict.codes.includes(code));
    return isAsStated && result.emails.length === 0 ? null : `wanted ${explain(endpoint, verdict)}`;
  }
  const wanted = verdict.kind === 'finds' ? (verdict.addresses ?? [addressOf(endpoint.path)]) : [];
  const found = result.emails.map(({ address }) => address);
  const isSame = found.toSorted().join() === wanted.toSorted().join();
  const isNoted = verdict.notes.every((code) => codes.includes(code));
  // Pages behind the first one may fail as they please: only the notes are stated.
  const isQuiet = (endpoint.maxDepth ?? 0) > 0 || codes.every((code) => verdict.notes.includes(code));
  const snippet = verdict.kind === 'finds' ? verdict.snippet : null;
  const isTold =
    snippet === null || result.emails.some(({ snippets }) => snippets.some((text) => text.includes(snippet)));
  return isSame && isNoted && isQuiet && isTold && result.pages > 0 ? null : `wanted ${explain(endpoint, verdict)}`;
}

function explain(endpoint: Endpoint, verdict: Verdict): string {
  if (verdict.kind === 'fails') return `no page and ${verdict.codes.join(' or ')}`;
  const notes = verdict.notes.length === 0 ? '' : ` with ${verdict.notes.join(' and ')}`;
  if (verdict.kind === 'reads') return `a page without address${notes}`;
  const text = verdict.snippet === null ? '' : ` beside "${verdict.snippet}"`;
  return `${(verdict.addresses ?? [addressOf(endpoint.path)]).join(' ')}${text}${notes}`;
}

function describe({ outcome, pages, emails, errors }: Outcome): string {
  const found = emails.slice(0, 3).map(({ address, snippets }) => `${address} "${snippets[0]?.slice(0, 60) ?? ''}"`);
  const failed = errors.slice(0, 3).map(({ code, message }) => `${code} (${message.slice(0, 100)})`);
  return `${outcome}, ${pages} pages, emails [${found.join(', ')}], errors [${failed.join(', ')}]`;
}
