import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { Command } from 'commander';
import { benchBacklog } from './backlog.js';
import { benchBloom, benchFalseHits, benchStoredAddresses } from './bloom.js';
import { benchCreateJob } from './create-job.js';
import { benchExtraction, OWN_CORPUS } from './extraction.js';
import { benchFairness } from './fairness.js';
import { profileExtraction } from './extraction-profile.js';
import { benchStress } from './extraction-stress.js';
import { benchFetch } from './fetch.js';
import { benchHostile } from './hostile.js';
import { benchParallel } from './parallel.js';
import { benchUpload } from './upload-inputs.js';
import type { Mode } from '../support/cluster.js';

const program = new Command('bench').description('Measures the product; prints tables and writes JSON.');
const modes = (text: string): Mode[] => text.split(',') as Mode[];

program
  .command('parallel')
  .description("the first system's own test: N chunks of one slow site each, all at once")
  .option('--n <list>', 'numbers of chunks', '10,50,100,1000')
  .option('--mode <list>', 'distributed, embedded', modes, ['distributed', 'embedded'] satisfies Mode[])
  .option('--delay <ms>', 'how late each answer comes', Number, 2000)
  .action(async (options: { n: string; mode: Mode[]; delay: number }) => {
    const sizes = options.n.split(',').map(Number);
    for (const mode of options.mode) report(`parallel-${mode}`, await benchParallel(mode, sizes, options.delay));
  });

program
  .command('create-job')
  .description('POST of 2 sites with target 1,000,000 under 20 concurrent clients')
  .option('--requests <n>', 'requests in all', Number, 2000)
  .action(async (options: { requests: number }) => report('create-job', await benchCreateJob(options.requests)));

program
  .command('fairness')
  .description('5 chunks beside 1,000 chunks of the same duration, 60 slots, same priority')
  .action(async () => report('fairness', await benchFairness()));

program
  .command('backlog')
  .description('100 jobs alone, and at the head of a long queue of others')
  .option('--jobs <n>', 'jobs in the queue', Number, 10_000)
  .action(async (options: { jobs: number }) => report('backlog', await benchBacklog(options.jobs)));

program
  .command('upload')
  .description('a list of sites uploaded to a held job, twice: time, and memory of the gateway')
  .option('--lines <n>', 'lines', Number, 1_000_000)
  .option('--mode <list>', 'distributed, embedded', modes, ['distributed', 'embedded'] satisfies Mode[])
  .action(async (options: { lines: number; mode: Mode[] }) => {
    for (const mode of options.mode) report(`upload-${mode}`, await benchUpload(mode, options.lines));
  });

program
  .command('fetch')
  .description('CPU time per fetched page: our fetcher beside a bare undici.request')
  .option('--pages <n>', 'pages of each round', Number, 500)
  .action(async (options: { pages: number }) => report('fetch', await benchFetch(options.pages)));

program
  .command('extraction')
  .description('addresses found and CPU time, beside other ways to find them')
  .option('--pages <dir>', 'folder of labelled pages', OWN_CORPUS.pages)
  .option('--labels <file>', 'what the pages hold', OWN_CORPUS.labels)
  .option('--stress', 'instead: CPU time, blocking and memory on inputs made to hurt')
  .option('--profile', 'instead: where our extraction spends its time on large pages')
  .action(async (options: { pages: string; labels: string; stress?: true; profile?: true }) => {
    if (options.profile) return report('extraction-profile', await profileExtraction());
    if (options.stress) return report('extraction-stress', await benchStress());
    const { tools, techniques } = await benchExtraction(options.pages, options.labels);
    report('extraction', tools);
    report('extraction-techniques', techniques);
  });

program
  .command('hostile')
  .description('memory and event-loop delay of one scraper over the hostile web of the tests')
  .action(async () => report('hostile', await benchHostile()));

program
  .command('bloom')
  .description('what the filter of stored addresses spares: rows, bytes and time, and what it costs')
  .action(async () => {
    // First: what other measurements leave behind would be taken for memory of its own.
    report('bloom-memory', benchStoredAddresses());
    report('bloom-false-hits', benchFalseHits());
    report('bloom', await benchBloom());
  });

await program.parseAsync();

function report(name: string, rows: Record<string, string | number>[]): void {
  console.log(`\n${name} (${cpus().length} cores, Node ${process.version})`);
  console.table(rows);
  mkdirSync('test-results', { recursive: true });
  writeFileSync(`test-results/bench-${name}.json`, `${JSON.stringify(rows, null, 2)}\n`);
}
