import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { type ReadOptions, readResult } from '../extract/run-job.js';
import { csvOption, evidenceOption, flaggedOption, jsonOption } from '../options.js';
import { type ResultFormat, ResultWriter } from '../output/result-writer.js';
import { connect, type ServerOptions } from '../server/server.js';

export function addExport(program: Command, context: CommandContext): void {
  program
    .command('export')
    .description('what a job has found: as a table, CSV or JSON')
    .argument('<jobId>')
    .addOption(csvOption())
    .addOption(jsonOption())
    .addOption(evidenceOption())
    .addOption(flaggedOption())
    .action(async (id: string, _options, command: Command) => {
      const options = command.optsWithGlobals<ServerOptions & ResultFormat & ReadOptions>();
      const writer = new ResultWriter(context.terminal, options);
      const client = connect(options);
      writer.write(await readResult(client, await client.readJob(id), options));
    });
}
