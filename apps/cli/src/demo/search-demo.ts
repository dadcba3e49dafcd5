import type { Email, NewJob } from '../api/api-types.js';
import type { CommandContext } from '../command-context.js';
import { runJob } from '../extract/run-job.js';
import { bestSource } from '../output/email-table.js';
import { describeJob } from '../output/job-summary.js';
import { renderTable } from '../output/table.js';
import { sumOutcomes } from '../output/why-zero.js';
import type { Server } from '../server/server.js';
import { DEMO_CRAWL } from './demo-site.js';
import type { DemoWeb } from './demo-web.js';
import { findFaults } from './search-score.js';

/** Fewer than there are: it has to stop by itself, in the middle of a site and before its last query. */
const TARGET = 9;
const SEARCH_JOB: NewJob = {
  name: 'demo search',
  source: {
    type: 'search',
    queries: ['{trade} contact'],
    lists: { trade: ['bakery', 'hotel', 'law firm', 'newspaper', 'tea shop'] },
    provider: ['searxng'],
  },
  target: TARGET,
  crawl: DEMO_CRAWL,
  verify: { mx: false },
};

const COLUMNS = [
  { title: 'ADDRESS' },
  { title: 'FOUND BY' },
  { title: 'RANK', align: 'right' as const },
  { title: 'QUERY' },
];

/** The second job: of the same web nothing is given but queries. True when it stops at its target, with what it should. */
export async function runSearchDemo(server: Server, web: DemoWeb, context: CommandContext): Promise<boolean> {
  const { terminal, interruption } = context;
  terminal.print(`\n${terminal.style('bold', `The same web by search: ${TARGET} contacts wanted, no site given`)}`);
  const startedAt = performance.now();
  const result = await runJob(server, SEARCH_JOB, context);
  const seconds = (performance.now() - startedAt) / 1000;
  const { job, emails, sites } = result;
  terminal.print(`\n${renderTable(COLUMNS, emails.map(toRow), terminal.width)}`);
  terminal.print(`\n${sumOutcomes(sites, job.progress.sitesTotal)}\n${describeJob(job)}`);
  if (interruption.reason && job.status === 'cancelled') return false;

  const faults = findFaults(result, { sites: web.sites, target: TARGET });
  const passed = faults.length === 0;
  const summary = passed
    ? `found exactly the ${TARGET} wanted addresses by search in ${seconds.toFixed(1)} s`
    : 'the search did not come out as planned';
  terminal.print(terminal.style(['bold', passed ? 'green' : 'red'], summary));
  for (const fault of faults) terminal.print(fault);
  return passed;
}

function toRow(email: Email): string[] {
  const { origin } = bestSource(email) ?? {};
  if (origin?.type !== 'search') return [email.address, '', '', ''];
  return [email.address, origin.provider, String(origin.rank), origin.query];
}
