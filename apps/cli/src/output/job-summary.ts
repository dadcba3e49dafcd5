import { RETRYABLE_OUTCOMES } from '#common/contracts/reopening.js';
import { BUDGET_EXCEEDED } from '#common/domain/job-status.js';
import type { SiteState } from '#common/domain/site-outcome.js';
import type { Job, Site } from '../api/api-types.js';
import { EXIT } from '../cli-error.js';
import { plural } from './plural.js';
import { describeSource } from './source-summary.js';
import type { Terminal } from './terminal.js';
import { renderWhyZero, sumOutcomes } from './why-zero.js';

/** Why some sites brought nothing, and that every site is accounted for. */
export function writeSites(job: Job, sites: Site[], terminal: Terminal, say: (text: string) => void): void {
  const table = renderWhyZero(sites, terminal.width);
  if (table !== '') say(`\n${terminal.style('bold', 'Sites without addresses')}\n${table}`);
  say(`\n${sumOutcomes(sites, job.progress.sitesTotal)}`);
}

/** `completed: 24 e-mails, 43 pages, 6.2 s`; before it what was asked of whom, where sites had to be found. */
export function describeJob(job: Job): string {
  const { target } = job;
  const { emails, pages } = job.progress;
  const wanted = target === null ? '' : ` of ${target} wanted`;
  const facts = [`${plural(emails, 'e-mail')}${wanted}`, plural(pages, 'page')];
  if (job.startedAt && job.finishedAt) facts.push(`${secondsBetween(job.startedAt, job.finishedAt).toFixed(1)} s`);
  if (job.policy.robots === 'ignore') facts.push('robots.txt ignored');
  const error = job.error === null ? '' : ` (${job.error})`;
  return [...describeSource(job), `${job.status.replaceAll('_', ' ')}${error}: ${facts.join(', ')}`].join('\n');
}

/** What `jobs retry` could do for a job that did not reach all its sites. */
export function describeRetry({ id, error, progress }: Job, sites: Site[]): string {
  if (error === BUDGET_EXCEEDED) return 'nothing to retry: its own budget of pages or bytes is spent';
  const { failed, cancelled } = progress.chunks;
  const counts = new Map<SiteState, number>();
  for (const { outcome } of sites) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const outcomes = RETRYABLE_OUTCOMES.filter((outcome) => !CHUNK_OUTCOMES.has(outcome) && counts.has(outcome));
  const lines = [];
  if (failed + cancelled > 0) {
    lines.push(`\`gleaner jobs retry ${id}\` does ${failed} failed and ${cancelled} cancelled chunks again`);
  }
  if (outcomes.length > 0) {
    const found = outcomes.map((outcome) => `${counts.get(outcome)} ${outcome}`).join(', ');
    lines.push(`\`gleaner jobs retry ${id} --outcome ${outcomes.join(' ')}\` visits these sites again: ${found}`);
  }
  return lines.join('\n');
}

/** Outcomes of sites whose chunk did not run to its end. */
const CHUNK_OUTCOMES: ReadonlySet<SiteState> = new Set(['failed', 'cancelled']);

/** The exit code that says how a job has ended. */
export function exitCodeOf(job: Job): number {
  if (job.status === 'completed') return EXIT.ok;
  return job.status === 'completed_with_errors' ? EXIT.completedWithErrors : EXIT.error;
}

function secondsBetween(start: string, end: string): number {
  return (Date.parse(end) - Date.parse(start)) / 1000;
}
