import type { ApiClient } from '../api/api-client.js';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import type { Terminal } from '../output/terminal.js';
import type { Server } from '../server/server.js';
import type { SiteList } from './site-list.js';

const REDRAW_MS = 100;
const LINE_MS = 2000;

/** Sends the sites of a held job and starts it. Where that fails the job is cancelled: nobody else would. */
export async function uploadAndStart(
  server: Server,
  id: string,
  sites: SiteList,
  { terminal, interruption }: Pick<CommandContext, 'terminal' | 'interruption'>,
): Promise<void> {
  const { client, failure } = server;
  const signal = AbortSignal.any([interruption.signal, failure]);
  try {
    const report = await client.uploadSites(id, streamLines(sites, terminal), signal);
    const [first] = report.rejected;
    if (first)
      terminal.note(`${report.rejectedTotal} sites were not accepted, first line ${first.line}: ${first.reason}`);
    signal.throwIfAborted();
    await client.act(id, 'start').catch(async (error: unknown) => {
      // The answer to a start that was done may have been lost.
      if ((await client.readJob(id)).status === 'held') throw error;
    });
  } catch (error) {
    await giveUp(client, id);
    signal.throwIfAborted();
    if (!(error instanceof CliError)) throw error;
    throw new CliError(`the sites could not be uploaded: ${error.message}`, {
      cause: error,
      exitCode: error.exitCode,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

/** Whatever it was that went wrong, it must not be hidden by this. */
async function giveUp(client: ApiClient, id: string): Promise<void> {
  await client.act(id, 'cancel').catch(() => undefined);
}

/** Handed over block by block, as fast as the server takes them. */
function streamLines(sites: SiteList, terminal: Terminal): ReadableStream<Uint8Array<ArrayBuffer>> {
  const progress = new UploadProgress(terminal, sites.count);
  const blocks = sites.lines();
  const bytes = blocks.reduce((sum, block) => sum + block.length, 0);
  let next = 0;
  let sent = 0;
  return new ReadableStream(
    {
      pull(controller) {
        const block = blocks[next++];
        progress.show(sent / bytes, block === undefined);
        if (block === undefined) return controller.close();
        sent += block.length;
        controller.enqueue(new Uint8Array(block));
      },
    },
    { highWaterMark: 0 },
  );
}

/** One line that is written over on a terminal, else a line every now and then. */
class UploadProgress {
  private shownAt = -Infinity;

  constructor(
    private readonly terminal: Terminal,
    private readonly sites: number,
  ) {}

  show(share: number, isLast: boolean): void {
    const { err } = this.terminal;
    const now = performance.now();
    if (!isLast && now - this.shownAt < (err.isTTY ? REDRAW_MS : LINE_MS)) return;
    this.shownAt = now;
    const text = `uploading ${this.sites} sites: ${Math.floor(100 * share)}%`;
    err.write(err.isTTY ? `\r${text}${isLast ? '\n' : ''}` : `${text}\n`);
  }
}
