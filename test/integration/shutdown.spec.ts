import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceProcess } from '../support/cluster.js';
import { errorLines, FaultyCluster, type JobState, terminate } from '../support/faulty-cluster.js';
import { type PlantedWeb, startPlantedWeb } from '../support/planted-web.js';
import { waitFor } from '../support/wait-for.js';

/** Of the services here; leaves the test's own machine some time on top. */
const GRACE_MS = 5000;
const SLACK_MS = 5000;
const ENV = { WORKER_SLOTS: '3', SHUTDOWN_GRACE_MS: String(GRACE_MS) };

async function expectCleanEnd(service: ServiceProcess, ...signals: NodeJS.Signals[]): Promise<void> {
  const { ms, ...end } = await terminate(service, ...signals);
  expect(end).toEqual({ code: 0, signal: null, errors: [] });
  expect(ms).toBeLessThan(GRACE_MS + SLACK_MS);
}

/** A client as load balancers and SDKs are: keeps connections, and tries again only where nobody listens. */
class Client {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly isDone = new AbortController();
  private readonly ended: Promise<unknown>;
  readonly failures: string[] = [];
  answers = 0;

  constructor(
    private readonly port: number,
    private readonly key: string,
    private readonly calls: { method: string; path: string; body?: string }[],
    concurrency: number,
  ) {
    this.ended = Promise.all(Array.from({ length: concurrency }, (_, i) => this.work(i)));
  }

  async stop(): Promise<void> {
    this.isDone.abort();
    await this.ended;
    this.agent.destroy();
  }

  private async work(first: number): Promise<void> {
    for (let i = first; !this.isDone.signal.aborted; i++) {
      const call = this.calls[i % this.calls.length]!;
      const outcome = await this.send(call);
      if (outcome === 'ECONNREFUSED') await sleep(20);
      else if (typeof outcome === 'number' && outcome < 400) this.answers++;
      else this.failures.push(`${call.method} ${call.path}: ${outcome}`);
    }
  }

  private send({ method, path, body = '' }: Client['calls'][number]): Promise<number | string> {
    return new Promise((resolve) => {
      const headers = { authorization: `Bearer ${this.key}`, ...(body && { 'content-type': 'application/json' }) };
      const sent = request({ port: this.port, method, path, agent: this.agent, headers }, (answer) => {
        answer.on('error', (error) => resolve(error.message)).on('end', () => resolve(answer.statusCode ?? 0));
        answer.resume();
      });
      sent.on('error', ({ code, message }: NodeJS.ErrnoException) => {
        // The kernel resets what it has connected and no process has accepted when the port is closed: nobody listened.
        const isUnaccepted = code === 'ECONNRESET' && !sent.reusedSocket;
        resolve(isUnaccepted ? 'ECONNREFUSED' : (code ?? message));
      });
      sent.end(body);
    });
  }
}

describe('SIGTERM', () => {
  let system: FaultyCluster;
  let web: PlantedWeb;

  beforeAll(async () => {
    system = await FaultyCluster.start(['gateway', 'orchestrator', 'scraper', 'scraper'], ENV);
    web = await startPlantedWeb({ hosts: 20, pagesPerHost: 2, delayMs: 300, network: 42 });
  });
  afterAll(async () => {
    await system?.stop();
    await web?.close();
  });

  const running = (app: string): ServiceProcess[] =>
    system.cluster.services.filter((service) => service.app === app && service.child.exitCode === null);
  const startJob = async (): Promise<JobState> => {
    const job = await system.post(web.sites);
    return system.whenJob(job.id, ({ progress }) => progress.sites > 1 && progress.activeWorkers > 1, 'some sites');
  };
  const expectAllFound = async ({ id }: JobState): Promise<void> => {
    expect(await system.whenEnded(id)).toMatchObject({ status: 'completed', progress: { sites: web.sites.length } });
    expect(await system.listAddresses(id)).toEqual([...web.addresses].toSorted());
    expect(await losses(id)).toBe(0);
  };
  /** Chunks that had to be taken away from a worker that was thought dead. */
  const losses = async (id: string): Promise<number> => {
    const chunks = await system.cluster.list<{ losses: number }>(`/v1/jobs/${id}/chunks?limit=500`);
    return chunks.reduce((sum, chunk) => sum + chunk.losses, 0);
  };

  it('replaces all scrapers in mid-job: no finished site is fetched again, no work is lost', async () => {
    // The job must outlast the start of the new ones.
    web.setDelay(1500);
    const job = await startJob();
    for (const old of running('scraper')) {
      await system.startService('scraper');
      const finished = await system.cluster.list<{ host: string; outcome: string }>(
        `/v1/jobs/${job.id}/sites?limit=500`,
      );
      const hosts = finished.filter(({ outcome }) => outcome === 'found').map(({ host }) => host);
      const fetched = (): number => web.requests.filter((line) => hosts.includes(line.split(' ')[0]!)).length;
      const before = fetched();
      // Twice, as from a terminal and from npm.
      await expectCleanEnd(old, 'SIGTERM', 'SIGINT');
      expect(hosts.length).toBeGreaterThan(0);
      expect(fetched()).toBe(before);
    }
    web.setDelay(300);
    await expectAllFound(job);
    const workers = await system.cluster.call<{ data: { status: string }[] }>('/v1/workers');
    expect(workers.data.filter(({ status }) => status === 'gone')).toHaveLength(6);
  });

  it('ends an orchestrator under load; its successor goes on', async () => {
    const job = await startJob();
    await expectCleanEnd(running('orchestrator')[0]!, 'SIGTERM');
    await system.startService('orchestrator');
    await expectAllFound(job);
  });

  it('replaces a gateway under load without a failed request', async () => {
    const { cluster } = system;
    const gateway = running('gateway')[0]!;
    const { port } = new URL(gateway.url);
    const body = JSON.stringify({ source: { type: 'sites', sites: [web.sites[0]] } });
    const calls = [
      { method: 'GET', path: '/v1/jobs' },
      { method: 'POST', path: '/v1/jobs', body },
      { method: 'GET', path: '/v1/stats' },
    ];
    const job = await startJob();
    const stream = await cluster.fetch(`/v1/jobs/${job.id}/events`);
    const client = new Client(Number(port), cluster.key, calls, 5);
    await waitFor(() => client.answers > 50, { timeoutMs: 30_000 });
    const ending = expectCleanEnd(gateway, 'SIGTERM');
    await waitFor(async () => (await fetch(`${gateway.url}/health/ready`)).status === 503);
    await ending;
    // Ended, not broken off.
    await stream.text();
    const before = client.answers;
    const successor = await system.startService('gateway', { PORT: port });
    await waitFor(() => client.answers > before + 50, { timeoutMs: 30_000 });
    await client.stop();
    expect(client.failures).toEqual([]);
    gateway.url = successor.url;
  });

  it('ends all of them within the grace while neither broker nor database answers', async () => {
    await startJob();
    system.broker.blackHole();
    system.database.blackHole();
    await Promise.all(
      ['gateway', 'orchestrator', 'scraper'].flatMap(running).map((service) => expectCleanEnd(service, 'SIGTERM')),
    );
  });

  it('ends at once what still waits for the database', async () => {
    system.database.blackHole();
    const services = (['gateway', 'orchestrator', 'scraper'] as const).map((app) => system.spawnService(app));
    const before = system.database.connections;
    await waitFor(() => system.database.connections >= before + services.length, { timeoutMs: 20_000 });
    for (const service of services) {
      const { ms, ...end } = await terminate(service, 'SIGTERM');
      expect(end).toEqual({ code: 0, signal: null, errors: [] });
      expect(ms).toBeLessThan(3000);
    }
  });
});

describe('a bug that ends a process', () => {
  let system: FaultyCluster;
  beforeAll(async () => {
    system = await FaultyCluster.start(['gateway', 'orchestrator']);
  });
  afterAll(() => system?.stop());

  it.each(["Promise.reject(new Error('planted'))", "throw new Error('planted')"])(
    'is told, and ends it alone: %s',
    async (bug) => {
      // In the middle of its work: the file that tells of its port is there by then.
      const planted = `import { existsSync } from 'node:fs';
        setInterval(() => { if (existsSync(process.env.PORT_FILE)) setTimeout(() => { ${bug}; }, 500); }, 100);`;
      const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(planted)}`;
      const scraper = system.spawnService('scraper', { NODE_OPTIONS });
      const code = await new Promise((resolve) => scraper.child.once('exit', resolve));
      expect(code).toBe(1);
      expect(errorLines(scraper).join('\n')).toContain('planted');
      expect((await fetch(`${system.cluster.url}/health/ready`)).status).toBe(200);
    },
  );
});
