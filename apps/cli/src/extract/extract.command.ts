import { type Command, Option } from 'commander';
import { SEARCH_PROVIDERS } from '#common/domain/search-provider-name.js';
import type { NewJob } from '../api/api-types.js';
import type { CommandContext } from '../command-context.js';
import { collect, csvOption, evidenceOption, flaggedOption, jsonOption, parseCount, parseHttpUrl } from '../options.js';
import { describeJob, exitCodeOf, writeSites } from '../output/job-summary.js';
import { type ResultFormat, ResultWriter } from '../output/result-writer.js';
import { openServer, type ServerOptions } from '../server/server.js';
import { type ReadSource, readSource, type SourceOptions } from './read-source.js';
import { type JobResult, type ReadOptions, runJob } from './run-job.js';

interface ExtractOptions extends ServerOptions, ResultFormat, ReadOptions, SourceOptions {
  maxPages?: number;
  depth?: number;
  hostDelay?: number;
  ignoreRobots?: boolean;
}

const EXAMPLES = `
Examples:
  gleaner extract https://a.example b.example
  gleaner extract --file sites.txt --target 500 --csv contacts.csv
  cat sites.txt | gleaner extract - --json > contacts.json
  gleaner extract --query "dentist {city}" --list city=Berlin,Bonn --target 200

Exit codes: 0 completed, 1 failed, 2 wrong usage, 3 completed with errors, 130 interrupted`;

export function addExtract(program: Command, context: CommandContext): void {
  program
    .command('extract')
    .description('find the e-mail contacts of sites: given, searched for, of a sitemap or in an archive')
    .argument('[sites...]', 'URLs or bare host names; - reads them from standard input, one a line')
    .option('-f, --file <file>', 'a list of sites, one a line; - for standard input')
    .option('-q, --query <query>', 'search for sites; repeatable; needs --target', collect)
    .addOption(new Option('--provider <name...>', 'who is asked, in this order (searxng)').choices(SEARCH_PROVIDERS))
    .option('--country <code>', 'country of the search, such as de')
    .option('--language <code>', 'language of the search, such as de or pt-BR')
    .option('--list <name=a,b>', 'values for {name} in queries, or name=@file with one a line; repeatable', collect)
    .option('--sitemap <url>', 'the pages that a sitemap lists', parseHttpUrl)
    .option('--commoncrawl', 'read the sites from the Common Crawl archive, not from their servers')
    .option('-t, --target <n>', 'stop at this many addresses', parseCount(1, 10_000_000))
    .addOption(csvOption())
    .addOption(jsonOption())
    .addOption(evidenceOption())
    .addOption(flaggedOption())
    .option('--max-pages <n>', 'pages read per site (20)', parseCount(1, 1000))
    .option('--depth <n>', 'links followed from a given page; 0 = only the given pages (2)', parseCount(0, 10))
    .option(
      '--host-delay <ms>',
      'milliseconds between pages of one site; 0 = up to 6 at a time (1000)',
      parseCount(0, 3_600_000),
    )
    .option('--ignore-robots', 'read pages that robots.txt forbids; recorded in the evidence')
    .addHelpText('after', EXAMPLES)
    .action(async (sites: string[], _options, command: Command) => {
      context.exitCode = await extract(sites, command.optsWithGlobals<ExtractOptions>(), context);
    });
}

async function extract(args: string[], options: ExtractOptions, context: CommandContext): Promise<number> {
  const { terminal, interruption } = context;
  const source = await readSource(args, options);
  const writer = new ResultWriter(terminal, options);
  if (options.ignoreRobots) terminal.note('robots.txt is ignored: the evidence will say so');
  const server = await openServer(options, interruption.signal);
  try {
    interruption.signal.throwIfAborted();
    const result = await runJob(server, toJob(source, options), context, {
      includeFlagged: options.includeFlagged,
      upload: source.upload,
    });
    report(result, writer, context);
    const { job } = result;
    return job.status === 'cancelled' && interruption.reason ? interruption.reason.exitCode : exitCodeOf(job);
  } finally {
    await server.close();
  }
}

function report({ job, emails, sites }: JobResult, writer: ResultWriter, { terminal }: CommandContext): void {
  const say = (text: string): void => (writer.isData ? terminal.note(text) : terminal.print(text));
  writer.write({ job, emails, sites });
  writeSites(job, sites, terminal, say);
  say(describeJob(job));
}

/** More sites than fit into the request follow it; the job waits for them. */
function toJob({ source, upload }: ReadSource, options: ExtractOptions): NewJob {
  return {
    source,
    ...(upload && { hold: true }),
    target: options.target,
    crawl: { maxDepth: options.depth, maxPagesPerSite: options.maxPages, hostDelayMs: options.hostDelay },
    policy: { robots: options.ignoreRobots ? 'ignore' : 'respect' },
  };
}
