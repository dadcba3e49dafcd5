import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isTerminal, type JobStatus } from '#common/domain/job-status.js';
import { type App, Cluster, type ServiceProcess } from './cluster.js';
import { FaultProxy } from './fault-proxy.js';
import { waitFor } from './wait-for.js';

export interface JobState {
  id: string;
  status: JobStatus;
  progress: { emails: number; sites: number; activeWorkers: number; chunks: Record<string, number> };
}

/** The distributed product, all of whose links to the broker and to the database can be broken. */
export class FaultyCluster {
  private constructor(
    readonly cluster: Cluster,
    readonly broker: FaultProxy,
    readonly database: FaultProxy,
  ) {}

  static async start(apps: readonly App[], env: Record<string, string> = {}): Promise<FaultyCluster> {
    const cluster = await Cluster.prepare('distributed', env);
    const broker = FaultProxy.before(cluster.brokerUrl, 5672);
    const database = FaultProxy.before(cluster.databaseUrl, 3306);
    const faulty = new FaultyCluster(cluster, broker, database);
    try {
      await Promise.all([broker.open(), database.open()]);
      await Promise.all(apps.map((app) => faulty.startService(app)));
      return faulty;
    } catch (error) {
      await faulty.stop();
      throw error;
    }
  }

  async startService(app: App, env: Record<string, string> = {}): Promise<ServiceProcess> {
    const service = this.spawnService(app, env);
    await this.cluster.untilReady(service);
    return service;
  }

  spawnService(app: App, env: Record<string, string> = {}): ServiceProcess {
    const { cluster, broker, database } = this;
    const links = { BROKER_URL: broker.urlOf(cluster.brokerUrl), DATABASE_URL: database.urlOf(cluster.databaseUrl) };
    return cluster.spawnService(app, { ...links, ...env });
  }

  /** A job of many small chunks. */
  post(sites: readonly string[]): Promise<JobState> {
    const crawl = { maxPagesPerSite: 30, hostDelayMs: 0 };
    return this.cluster.call('/v1/jobs', { source: { type: 'sites', sites }, target: 2000, crawl });
  }

  read(jobId: string): Promise<JobState> {
    return this.cluster.call(`/v1/jobs/${jobId}`);
  }

  /** Waits until the job has come so far. */
  whenJob(jobId: string, isSo: (job: JobState) => boolean, message: string, timeoutMs = 60_000): Promise<JobState> {
    const check = async (): Promise<JobState | null> => {
      const job = await this.read(jobId);
      return isSo(job) ? job : null;
    };
    return waitFor(check, { timeoutMs, intervalMs: 100, message: `job ${jobId}: ${message}` });
  }

  whenEnded(jobId: string): Promise<JobState> {
    return this.whenJob(jobId, ({ status }) => isTerminal(status), 'the end');
  }

  async listAddresses(jobId: string): Promise<string[]> {
    const rows = await this.cluster.list<{ address: string }>(`/v1/jobs/${jobId}/emails?limit=500`);
    return rows.map(({ address }) => address).toSorted();
  }

  async stop(): Promise<void> {
    await Promise.all([this.broker.heal(), this.database.heal()]);
    await this.cluster.stop();
    await Promise.all([this.broker.close(), this.database.close()]);
  }
}

/** Ends a service and tells how it ended, after how many ms, and which of its log lines are errors. */
export async function terminate(
  service: ServiceProcess,
  ...signals: NodeJS.Signals[]
): Promise<{ code: number | null; signal: string | null; ms: number; errors: string[] }> {
  const { child } = service;
  const startedAt = performance.now();
  const exited = once(child, 'exit');
  for (const name of signals) child.kill(name);
  const late = setTimeout(() => child.kill('SIGKILL'), 40_000);
  const [code, signal] = (await exited) as [number | null, string | null];
  clearTimeout(late);
  return { code, signal, ms: performance.now() - startedAt, errors: errorLines(service) };
}

export function errorLines({ log }: ServiceProcess): string[] {
  const lines = readFileSync(log, 'utf8').split('\n');
  return lines.filter((line) => /"level":"(error|fatal)"/.test(line) || (line !== '' && !line.startsWith('{')));
}
