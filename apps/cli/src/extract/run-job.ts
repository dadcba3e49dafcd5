import type { ProgressSnapshot } from '#common/contracts/job-progressed.contract.js';
import { type ApiClient, jobPath } from '../api/api-client.js';
import { ApiError } from '../api/api-error.js';
import type { Email, Job, NewJob, Site } from '../api/api-types.js';
import { followJob } from '../api/follow-job.js';
import { CliError } from '../cli-error.js';
import type { SiteList } from './site-list.js';
import { uploadAndStart } from './upload-sites.js';
import { createProgressView } from '../output/progress-view.js';
import type { Terminal } from '../output/terminal.js';
import type { Interruption } from '../server/interruption.js';
import type { Server } from '../server/server.js';

/** How long a cancelled job may take to wind up: running chunks see it at their next heartbeat. */
const CANCEL_LIMIT_MS = 15_000;

export interface JobResult {
  job: Job;
  emails: Email[];
  sites: Site[];
}

/** What of the addresses found is read. */
export interface ReadOptions {
  includeFlagged?: boolean | undefined;
}

interface RunOptions extends ReadOptions {
  /** The sites of a held job. */
  upload?: SiteList | undefined;
}

/** Creates a job, shows its progress to the end and reads what it has found. An interruption cancels the job first. */
export async function runJob(
  server: Server,
  newJob: NewJob,
  context: { terminal: Terminal; interruption: Interruption },
  options: RunOptions = {},
): Promise<JobResult> {
  const { client } = server;
  const created = await client.createJob(newJob);
  if (!server.isEmbedded) context.terminal.note(`job ${created.id} on ${client.url}`);
  if (options.upload) await uploadAndStart(server, created.id, options.upload, context);
  const job = await waitForJob(server, created, context);
  return readResult(client, job, options);
}

/** All that a job has found so far, and what became of its sites. */
export async function readResult(
  client: ApiClient,
  job: Job,
  { includeFlagged = false }: ReadOptions = {},
): Promise<JobResult> {
  const emails = await client.readAll<Email>(`${jobPath(job.id)}/emails`, includeFlagged ? { include: 'flagged' } : {});
  const sites = await client.readAll<Site>(`${jobPath(job.id)}/sites`);
  return { job, emails, sites };
}

async function waitForJob(
  server: Server,
  { id, source }: Job,
  { terminal, interruption }: { terminal: Terminal; interruption: Interruption },
): Promise<Job> {
  const view = createProgressView(terminal, source.type);
  const onProgress = (progress: ProgressSnapshot): void => view.update(progress);
  try {
    return await followJob(server.client, id, {
      onProgress,
      signal: AbortSignal.any([interruption.signal, server.failure]),
    });
  } catch (error) {
    if (interruption.signal.aborted) {
      view.stop();
      terminal.note('cancelling the job; press Ctrl-C again to stop at once');
      return cancelAndWait(server, id);
    }
    throw server.isEmbedded ? error : describeLoss(error, id);
  } finally {
    view.stop();
  }
}

async function cancelAndWait({ client, failure }: Server, id: string): Promise<Job> {
  try {
    await client.act(id, 'cancel');
  } catch (error) {
    // It has just ended by itself.
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
  const signal = AbortSignal.any([failure, AbortSignal.timeout(CANCEL_LIMIT_MS)]);
  try {
    return await followJob(client, id, { onProgress: () => {}, signal, pollMs: 200, silenceMs: 1000 });
  } catch {
    return client.readJob(id);
  }
}

/** A job goes on without this command: nothing is lost with the connection. */
function describeLoss(error: unknown, id: string): unknown {
  if (!(error instanceof CliError)) return error;
  return new CliError(error.message, {
    cause: error,
    exitCode: error.exitCode,
    hint: `The job goes on without this command: \`gleaner jobs watch ${id}\` follows it again.`,
  });
}
