import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { EXIT } from '../cli-error.js';
import { printable } from '../output/printable.js';
import { connect, findServerUrl, type ServerOptions } from '../server/server.js';
import type { Check } from './check.js';
import { checkLocally } from './local-checks.js';
import { checkServer } from './server-checks.js';

export function addDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('find out why something does not work: with a server, that server; without, this machine')
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<ServerOptions>();
      const { terminal } = context;
      const checks = findServerUrl(options) === undefined ? await checkLocally() : await checkServer(connect(options));
      for (const check of checks) terminal.print(describe(check, context));
      const failed = checks.filter(({ problem }) => problem !== undefined).length;
      terminal.print(failed === 0 ? 'all good' : `${failed} of ${checks.length} checks failed`);
      context.exitCode = failed === 0 ? EXIT.ok : EXIT.error;
    });
}

function describe({ name, found, problem, advice }: Check, { terminal }: CommandContext): string {
  if (problem === undefined)
    return `${terminal.style('green', 'ok    ')} ${name}${found ? `: ${printable(found)}` : ''}`;
  const line = `${terminal.style('red', 'FAILED')} ${name}: ${printable(problem)}`;
  return advice ? `${line}\n       ${advice}` : line;
}
