import { type Command, Option } from 'commander';
import { RETRYABLE_OUTCOMES } from '#common/contracts/reopening.js';
import { JOB_STATUSES } from '#common/domain/job-status.js';
import { type JobAction, jobPath } from '../api/api-client.js';
import type { Job, Site } from '../api/api-types.js';
import { followJob } from '../api/follow-job.js';
import type { CommandContext } from '../command-context.js';
import { jsonOption, parseCount } from '../options.js';
import { describeJob, describeRetry, exitCodeOf, writeSites } from '../output/job-summary.js';
import { createProgressView, describeProgress } from '../output/progress-view.js';
import { renderTable } from '../output/table.js';
import { connect, type ServerOptions } from '../server/server.js';

interface ListOptions extends ServerOptions {
  status?: string;
  limit: number;
  json?: boolean;
}

const ACTIONS = [
  ['start', 'start a job that was held for its list of sites'],
  ['pause', 'pause a running job'],
  ['resume', 'go on with a paused job'],
  ['cancel', 'cancel a job; what it has found so far stays'],
] as const satisfies [JobAction, string][];

const LIST_COLUMNS = [
  { title: 'ID' },
  { title: 'STATUS' },
  { title: '%', align: 'right' as const },
  { title: 'E-MAILS', align: 'right' as const },
  { title: 'SITES', align: 'right' as const },
  { title: 'CREATED' },
  { title: 'NAME' },
];

export function addJobs(program: Command, context: CommandContext): void {
  const jobs = program.command('jobs').description('look after the jobs of a running server');
  jobs
    .command('list')
    .description('the newest jobs')
    .addOption(new Option('--status <status>', 'only jobs in this state').choices(JOB_STATUSES))
    .option('-n, --limit <n>', 'how many', parseCount(1, 200), 20)
    .addOption(jsonOption())
    .action((_options, command: Command) => list(command.optsWithGlobals<ListOptions>(), context));
  jobs
    .command('show')
    .description('one job, its progress and what became of its sites')
    .argument('<id>')
    .addOption(jsonOption())
    .action((id: string, _options, command: Command) => show(id, command.optsWithGlobals<ListOptions>(), context));
  jobs
    .command('watch')
    .description('follow a job to its end; exit code as for extract')
    .argument('<id>')
    .action((id: string, _options, command: Command) => watch(id, command.optsWithGlobals<ServerOptions>(), context));
  for (const [action, description] of ACTIONS) {
    jobs
      .command(action)
      .description(description)
      .argument('<id>')
      .action((id: string, _options, command: Command) =>
        act(id, action, command.optsWithGlobals<ServerOptions>(), context),
      );
  }
  jobs
    .command('retry')
    .description('do again what failed in a finished job, or visit sites of chosen outcomes again')
    .argument('<id>')
    .addOption(new Option('--outcome <outcome...>', 'sites with these outcomes instead').choices(RETRYABLE_OUTCOMES))
    .action((id: string, _options, command: Command) => {
      const options = command.optsWithGlobals<ServerOptions & { outcome?: string[] }>();
      return act(id, 'retry', options, context, options.outcome && { outcomes: options.outcome });
    });
}

async function list(options: ListOptions, { terminal }: CommandContext): Promise<void> {
  const { status, limit } = options;
  const page = await connect(options).readPage<Job>('/v1/jobs', { status, limit });
  if (options.json) return terminal.print(JSON.stringify(page.data, null, 2));
  if (page.data.length === 0) return terminal.print('no jobs');
  terminal.print(renderTable(LIST_COLUMNS, page.data.map(toRow), terminal.width));
  if (page.nextCursor !== null) terminal.note(`${page.total ?? 'more'} in all; --limit shows more`);
}

function toRow(job: Job): string[] {
  const { percent, emails, sites, sitesTotal } = job.progress;
  const created = job.createdAt.slice(0, 16).replace('T', ' ');
  return [job.id, job.status, String(percent), String(emails), `${sites}/${sitesTotal}`, created, job.name ?? ''];
}

async function show(id: string, options: ListOptions, { terminal }: CommandContext): Promise<void> {
  const client = connect(options);
  const job = await client.readJob(id);
  const sites = await client.readAll<Site>(`${jobPath(id)}/sites`);
  if (options.json) return terminal.print(JSON.stringify({ job, sites }, null, 2));
  const { chunks, activeWorkers } = job.progress;
  terminal.print(`job ${job.id}${job.name === null ? '' : ` "${job.name}"`}`);
  terminal.print(`progress: ${describeProgress(job.progress, job.source.type)}`);
  terminal.print(`chunks: ${chunks.done} of ${chunks.total} done, ${chunks.failed} failed, ${activeWorkers} running`);
  writeSites(job, sites, terminal, (text) => terminal.print(text));
  terminal.print(describeJob(job));
  if (job.status === 'completed_with_errors') terminal.print(describeRetry(job, sites));
}

/** Ctrl-C ends the watching, not the job. */
async function watch(id: string, options: ServerOptions, context: CommandContext): Promise<void> {
  const { terminal, interruption } = context;
  const client = connect(options);
  const { source } = await client.readJob(id);
  const view = createProgressView(terminal, source.type);
  try {
    const job = await followJob(client, id, {
      onProgress: (progress) => view.update(progress),
      signal: interruption.signal,
    });
    view.stop();
    terminal.print(describeJob(job));
    context.exitCode = exitCodeOf(job);
  } finally {
    view.stop();
  }
}

async function act(
  id: string,
  action: JobAction,
  options: ServerOptions,
  { terminal }: CommandContext,
  body?: object,
): Promise<void> {
  const job = await connect(options).act(id, action, body);
  terminal.print(`job ${job.id} is ${job.status}`);
}
