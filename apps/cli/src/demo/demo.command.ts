import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { EXIT } from '../cli-error.js';
import { startEmbedded } from '../server/server.js';
import { DemoSearch } from './demo-search.js';
import { DEMO_SITES } from './demo-sites.js';
import { DemoWeb } from './demo-web.js';
import { runSearchDemo } from './search-demo.js';
import { SearchIndex } from './search-index.js';
import { runSiteDemo } from './site-demo.js';

const PROVIDER_DELAY_MS = 50;
const NEXT_STEPS = `
Next:
  npm run gleaner -- extract https://your.site    contacts of your own sites (add --csv contacts.csv)
  npm run gleaner -- extract --help               searches, sitemaps, archives and how to ask for them
  npm start                                       the server, for more than one user and job
  npm run gleaner -- --help                       everything else`;

export function addDemo(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('extract the contacts of a small bundled web, then search it, on this machine alone')
    .action(async () => {
      context.exitCode = await runDemo(context);
    });
}

/** Touches no server of the machine, whatever the environment says: all that it needs is its own and ends with it. */
async function runDemo(context: CommandContext): Promise<number> {
  const { terminal, interruption } = context;
  const closers: (() => Promise<void>)[] = [];
  try {
    const web = await DemoWeb.start(DEMO_SITES);
    closers.push(() => web.close());
    const search = await DemoSearch.start(await SearchIndex.build(web));
    closers.push(() => search.close());
    terminal.note(`${DEMO_SITES.length} small sites and a search engine on loopback; starting Gleaner …`);
    const overrides = {
      EGRESS_ALLOW: web.hosts.join(','),
      VERIFY_MX: 'false',
      SEARXNG_URL: search.url,
      PROVIDER_DELAY_MS: String(PROVIDER_DELAY_MS),
    };
    const server = await startEmbedded({ overrides, isolated: true, signal: interruption.signal });
    closers.push(() => server.close());
    interruption.signal.throwIfAborted();
    const passed = [await runSiteDemo(server, web, context)];
    if (!interruption.reason) passed.push(await runSearchDemo(server, web, context));
    if (interruption.reason) return interruption.reason.exitCode;
    if (passed.includes(false)) return EXIT.error;
    terminal.print(NEXT_STEPS);
    return EXIT.ok;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
