import type { JobResult } from '../extract/run-job.js';
import type { DemoSite } from './demo-site.js';

interface Plan {
  sites: ReadonlyMap<string, DemoSite>;
  target: number;
}

/** What a search job over the demo web did otherwise than it should, in words; empty when all is well. */
export function findFaults({ job, emails, sites }: JobResult, plan: Plan): string[] {
  const planned = [...plan.sites.values()];
  const known = new Set(planned.flatMap(({ planted, harder = [] }) => [...planted, ...harder]));
  const searches = emails.filter(({ sources }) => sources.some(({ origin }) => origin?.type === 'search'));
  const skipped = (job.usage ?? []).reduce((sum, usage) => sum + usage.skipped, 0);
  return [
    ...(job.status === 'completed' ? [] : [`the job is ${job.status}${job.error === null ? '' : `: ${job.error}`}`]),
    ...(emails.length === plan.target ? [] : [`${emails.length} addresses, not ${plan.target}`]),
    ...(searches.length === emails.length ? [] : ['not every address says which search led to it']),
    ...(skipped > 0 ? [] : ['no social network was left out']),
    ...emails
      .filter(({ address }) => !known.has(address.toLowerCase()))
      .map(({ address }) => `found, but must not be: ${address}`),
    ...sites.filter(({ host }) => !plan.sites.has(host)).map(({ host }) => `no site of the demo: ${host}`),
  ];
}
