import type { Email } from '../api/api-types.js';
import type { CommandContext } from '../command-context.js';
import { type JobResult, runJob } from '../extract/run-job.js';
import { renderEvidence } from '../output/email-table.js';
import { renderWhyZero, sumOutcomes } from '../output/why-zero.js';
import type { Server } from '../server/server.js';
import { DEMO_CRAWL } from './demo-site.js';
import type { DemoWeb } from './demo-web.js';
import { describeScore, isPassed, scoreDemo } from './score.js';

const NO_VERDICTS =
  'Verdicts are unknown here: the demo asks no DNS server whether these made-up domains receive mail.';

/** The first job: all sites of the demo web, given as a list. True when it finds what was planted there. */
export async function runSiteDemo(server: Server, web: DemoWeb, context: CommandContext): Promise<boolean> {
  const { terminal, interruption } = context;
  const startedAt = performance.now();
  const sites = web.hosts.map((host) => `http://${host}/`);
  const job = { name: 'demo', source: { type: 'sites' as const, sites }, crawl: DEMO_CRAWL, verify: { mx: false } };
  const result = await runJob(server, job, context);
  const seconds = (performance.now() - startedAt) / 1000;
  printContacts(web, result.emails, context);
  terminal.print(`\n${NO_VERDICTS}`);
  printSites(web, result, context);
  return interruption.reason && result.job.status === 'cancelled' ? false : judge(web, result, seconds, context);
}

/** Site by site: all of them are 127.0.0.1, so that the titles say more than the hosts. */
function printContacts(web: DemoWeb, emails: Email[], { terminal }: CommandContext): void {
  for (const [host, site] of web.sites) {
    const own = emails.filter(({ sources }) => sources.some(({ url }) => new URL(url).host === host));
    if (own.length === 0) continue;
    terminal.print(`\n${terminal.style('bold', site.title)}  http://${host}/`);
    terminal.print(renderEvidence(own, terminal.width));
  }
}

function printSites(web: DemoWeb, { job, sites }: JobResult, { terminal }: CommandContext): void {
  const whyZero = renderWhyZero(sites, terminal.width, (host) => web.sites.get(host)?.title ?? host);
  if (whyZero !== '') terminal.print(`\n${terminal.style('bold', 'Sites without addresses, and why')}\n${whyZero}`);
  terminal.print(`\n${sumOutcomes(sites, job.progress.sitesTotal)}`);
}

function judge(
  web: DemoWeb,
  { job, emails, sites }: JobResult,
  seconds: number,
  { terminal }: CommandContext,
): boolean {
  const score = scoreDemo(web.sites, emails, sites);
  const passed = isPassed(score) && job.status === 'completed';
  const [summary = '', ...problems] = describeScore(score, seconds);
  terminal.print(terminal.style(['bold', passed ? 'green' : 'red'], summary));
  for (const problem of problems) terminal.print(problem);
  if (job.status !== 'completed')
    terminal.print(`the job is ${job.status}${job.error === null ? '' : `: ${job.error}`}`);
  return passed;
}
