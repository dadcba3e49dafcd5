import { Command, CommanderError } from 'commander';
import { ConfigError } from '#common/config/load-config.js';
import { VERSION } from '#common/version.js';
import type { CommandContext } from './command-context.js';
import { CliError, EXIT } from './cli-error.js';
import { addDemo } from './demo/demo.command.js';
import { addDoctor } from './doctor/doctor.command.js';
import { addExport } from './export/export.command.js';
import { addExtract } from './extract/extract.command.js';
import { addJobs } from './jobs/jobs.command.js';
import { Terminal } from './output/terminal.js';
import { Interrupted, Interruption } from './server/interruption.js';
import { addWorkers } from './workers/workers.command.js';

/** Runs one command and resolves with the exit code of the process. */
export async function runCli(args: string[], terminal = new Terminal()): Promise<number> {
  const context: CommandContext = { terminal, interruption: new Interruption(), exitCode: EXIT.ok };
  // Whoever reads our output may have enough of it (`| head`): that is no reason to leave a mess behind.
  const ignore = (): void => {};
  terminal.out.on('error', ignore);
  terminal.err.on('error', ignore);
  try {
    await buildProgram(context).parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return explain(error, terminal);
  } finally {
    context.interruption.dispose();
  }
}

function buildProgram(context: CommandContext): Command {
  const { terminal } = context;
  const program = new Command('gleaner')
    .description('Finds the e-mail contacts of web sites, with the page that each was found on.')
    .version(VERSION)
    .option('--url <url>', 'a running server (GLEANER_URL); without it, extract starts a system of its own')
    .option('--key <key>', 'its API key (better in GLEANER_API_KEY: arguments show in the list of processes)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => terminal.out.write(text), writeErr: (text) => terminal.err.write(text) })
    .showHelpAfterError('(--help tells what there is)')
    .exitOverride();
  for (const add of [addExtract, addJobs, addExport, addWorkers, addDoctor, addDemo]) add(program, context);
  return program;
}

/** Says what went wrong, in words; a bug alone shows its stack. */
function explain(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ConfigError) {
    terminal.note(error.message);
    return EXIT.usage;
  }
  if (!(error instanceof CliError)) {
    terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT.error;
  }
  const prefix = error instanceof Interrupted ? '' : terminal.style('red', 'error: ', terminal.err);
  terminal.note(`${prefix}${error.message}`);
  if (error.hint) terminal.note(error.hint);
  return error.exitCode;
}
