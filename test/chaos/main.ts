import 'reflect-metadata';
import { Command, Option } from 'commander';
import { PLANTED_BUGS, type PlantedBug } from './planted-bug.js';
import { prove } from './proof.js';
import { printReport, writeReport } from './report.js';
import { runChaos } from './run-chaos.js';
import { startServers } from './servers.js';

interface Options {
  seed: number;
  minutes: number;
  bug?: PlantedBug;
}

const program = new Command('chaos')
  .description('Breaks processes, links and servers of the distributed product by a seeded plan while jobs run.')
  .option('--seed <n>', 'which plan', Number, Math.floor(Math.random() * 1_000_000))
  .option('--minutes <m>', 'how long things go wrong', Number, 5)
  .addOption(
    new Option('--bug <name>', 'instead: see whether the suite finds a planted bug').choices(Object.keys(PLANTED_BUGS)),
  );
const { seed, minutes, bug } = program.parse().opts<Options>();

// What is private ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const stopServers = await startServers();
try {
  if (bug) await findBug(bug);
  else await breakThings();
} finally {
  await stopServers();
}

async function breakThings(): Promise<void> {
  console.log(`seed ${seed}, ${minutes} minutes`);
  const report = await runChaos({ seed, minutes, measure: true, say: (line) => console.log(line) });
  printReport(report);
  writeReport(report);
  process.exitCode = report.violations.length === 0 ? 0 : 1;
}

async function findBug(name: PlantedBug): Promise<void> {
  console.log(`planted: ${PLANTED_BUGS[name]}`);
  const violations = await prove(name);
  for (const { rule, text } of violations) console.log(`found ${rule}: ${text}`);
  if (violations.length === 0) console.log('not found');
  process.exitCode = violations.length === 0 ? 1 : 0;
}
