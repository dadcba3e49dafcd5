import type { Command } from 'commander';
import type { Email, NewJob } from '../api/api-types.js';
import type { CommandContext } from '../command-context.js';
import { EXIT } from '../cli-error.js';
import { type JobResult, runJob } from '../extract/run-job.js';
import { renderEvidence } from '../output/email-table.js';
import { renderWhyZero, sumOutcomes } from '../output/why-zero.js';
import { type Server, startEmbedded } from '../server/server.js';
import { DEMO_SITES } from './demo-sites.js';
import { DemoWeb } from './demo-web.js';
import { describeScore, isPassed, scoreDemo } from './score.js';

const HOST_DELAY_MS = 50;
const NO_VERDICTS =
  'Verdicts are unknown here: the demo asks no DNS server whether these made-up domains receive mail.';
const NEXT_STEPS = `
Next:
  npm run gleaner -- extract https://your.site    contacts of your own sites (add --csv contacts.csv)
  npm start                                       the server, for more than one user and job
  npm run gleaner -- --help                       everything else`;

export function addDemo(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('extract the contacts of a small bundled web, on this machine alone')
    .action(async () => {
      context.exitCode = await runDemo(context);
    });
}

/** Touches no server of the machine, whatever the environment says: all that it needs is its own and ends with it. */
async function runDemo(context: CommandContext): Promise<number> {
  const { terminal, interruption } = context;
  const web = await DemoWeb.start(DEMO_SITES);
  let server: Server | undefined;
  try {
    terminal.note(`${DEMO_SITES.length} small sites on loopback; starting Gleaner …`);
    const overrides = { EGRESS_ALLOW: web.hosts.join(','), VERIFY_MX: 'false' };
    server = await startEmbedded({ overrides, isolated: true, signal: interruption.signal });
    interruption.signal.throwIfAborted();
    const startedAt = performance.now();
    const result = await runJob(server, toJob(web), context);
    return report(web, result, (performance.now() - startedAt) / 1000, context);
  } finally {
    await server?.close();
    await web.close();
  }
}

function toJob(web: DemoWeb): NewJob {
  return {
    name: 'demo',
    source: { type: 'sites', sites: web.hosts.map((host) => `http://${host}/`) },
    crawl: { hostDelayMs: HOST_DELAY_MS },
    verify: { mx: false },
  };
}

function report(web: DemoWeb, { job, emails, sites }: JobResult, seconds: number, context: CommandContext): number {
  const { terminal, interruption } = context;
  printContacts(web, emails, context);
  terminal.print(`\n${NO_VERDICTS}`);
  const whyZero = renderWhyZero(sites, terminal.width, (host) => web.sites.get(host)?.title ?? host);
  if (whyZero !== '') terminal.print(`\n${terminal.style('bold', 'Sites without addresses, and why')}\n${whyZero}`);
  terminal.print(`\n${sumOutcomes(sites, job.progress.sitesTotal)}`);
  if (interruption.reason && job.status === 'cancelled') return interruption.reason.exitCode;

  const score = scoreDemo(web.sites, emails, sites);
  const passed = isPassed(score) && job.status === 'completed';
  const [summary = '', ...problems] = describeScore(score, seconds);
  terminal.print(terminal.style(['bold', passed ? 'green' : 'red'], summary));
  for (const problem of problems) terminal.print(problem);
  if (job.status !== 'completed')
    terminal.print(`the job is ${job.status}${job.error === null ? '' : `: ${job.error}`}`);
  if (passed) terminal.print(NEXT_STEPS);
  return passed ? EXIT.ok : EXIT.error;
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
