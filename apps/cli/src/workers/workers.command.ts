import type { Command } from 'commander';
import type { Worker } from '../api/api-types.js';
import type { CommandContext } from '../command-context.js';
import { jsonOption } from '../options.js';
import { formatSeconds } from '../output/progress-view.js';
import { renderTable } from '../output/table.js';
import { connect, type ServerOptions } from '../server/server.js';

const COLUMNS = [
  { title: 'WORKER' },
  { title: 'STATUS' },
  { title: 'ERRORS', align: 'right' as const },
  { title: 'SEEN' },
  { title: 'WORKS ON, OR WHY NOT' },
];

export function addWorkers(program: Command, context: CommandContext): void {
  program
    .command('workers')
    .description('the workers of a running server, and what each is doing')
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<ServerOptions & { json?: boolean }>();
      const workers = await connect(options).readAll<Worker>('/v1/workers');
      const { terminal } = context;
      if (options.json) terminal.print(JSON.stringify(workers, null, 2));
      else if (workers.length === 0) terminal.print('no workers: is a scraper running?');
      else
        terminal.print(
          renderTable(
            COLUMNS,
            workers.map((worker) => toRow(worker, Date.now())),
            terminal.width,
          ),
        );
    });
}

function toRow(worker: Worker, now: number): string[] {
  const { name, status, consecutiveErrors, error, heartbeatAt, job, chunk, url } = worker;
  const seen =
    heartbeatAt === null
      ? 'never'
      : `${formatSeconds(Math.max(0, Math.round((now - Date.parse(heartbeatAt)) / 1000)))} ago`;
  const work = job === null ? (error ?? '') : `${url ?? ''} (job ${job}, chunk ${chunk})`.trimStart();
  return [name, status, String(consecutiveErrors), seen, work];
}
