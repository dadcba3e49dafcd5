import { SITE_OUTCOMES, type SiteState } from '#common/domain/site-outcome.js';
import type { Site } from '../api/api-types.js';
import { plural } from './plural.js';
import { renderTable } from './table.js';

const COLUMNS = [
  { title: 'SITE' },
  { title: 'OUTCOME' },
  { title: 'PAGES', align: 'right' as const },
  { title: 'WHY' },
];

/** What an outcome means, where the server gives no detail. */
const MEANING: Partial<Record<SiteState, string>> = {
  no_address: 'pages were read, none shows an address',
  js_only: 'shows nothing without running its scripts',
  form_only: 'a contact form, no address',
  robots_disallowed: 'its robots.txt forbids the visit',
  http_error: 'answered with an error',
  unreachable: 'nothing answers there',
  timeout: 'too slow',
  non_html: 'no HTML page',
  blocked_egress: 'not a public address: see EGRESS_ALLOW',
  suppressed: 'on the suppression list',
  budget: 'a budget of pages, bytes or time was spent first',
  cancelled: 'the job was cancelled first',
  not_needed: 'the target was reached first',
  duplicate: 'leads to another site of this job',
  waiting: 'its host is in use, or asked for patience',
  failed: 'its chunk failed: see the errors of the job',
};

/** Every site that brought no address, each with its reason. Empty where there is none. */
export function renderWhyZero(sites: Site[], width: number | undefined, nameOf = (host: string) => host): string {
  const rows = sites
    .filter(({ outcome }) => outcome !== 'found')
    .map(({ host, outcome, pages, detail, waitingUntil }) => [
      nameOf(host),
      outcome,
      String(pages),
      (detail ?? MEANING[outcome] ?? '') + (waitingUntil === null ? '' : `; again at ${waitingUntil}`),
    ]);
  return rows.length === 0 ? '' : renderTable(COLUMNS, rows, width);
}

/** `5 sites planned = 3 found + 1 form_only + 1 js_only`: nothing is left unexplained. */
export function sumOutcomes(sites: Site[], planned: number): string {
  const counts = new Map<SiteState, number>();
  for (const { outcome } of sites) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const parts = [...counts].sort(([a], [b]) => rank(a) - rank(b)).map(([outcome, count]) => `${count} ${outcome}`);
  const gap = planned - sites.length;
  if (gap !== 0) parts.push(`${gap} without an outcome`);
  return [`${plural(planned, 'site')} planned`, parts.join(' + ')].filter(Boolean).join(' = ');
}

/** The order of the list of outcomes; states of open sites come last. */
function rank(outcome: SiteState): number {
  const index = (SITE_OUTCOMES as readonly string[]).indexOf(outcome);
  return index === -1 ? SITE_OUTCOMES.length : index;
}
