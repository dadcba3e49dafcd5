import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { connect } from 'amqplib';
import { SUBSCRIPTIONS, Topology } from '#common/broker/topology.js';
import { createEmptyDatabase } from './test-database.js';
import { waitFor } from './wait-for.js';

/** npm and vitest run in the package's root; this file also runs from dist. */
const ROOT = process.cwd();
export type Mode = 'embedded' | 'distributed';
export type App = 'gateway' | 'orchestrator' | 'scraper' | 'standalone';

/** As the start scripts of package.json have them. */
const V8_FLAGS: Record<App, string[]> = {
  gateway: ['--max-semi-space-size=2', '--heap-growing-percent=10'],
  orchestrator: [],
  scraper: ['--max-semi-space-size=2'],
  standalone: ['--max-semi-space-size=2'],
};

interface FetchOptions extends Omit<RequestInit, 'headers'> {
  headers?: Record<string, string>;
}

export interface ServiceProcess {
  app: App;
  child: ChildProcess;
  /** File with all that the process prints. */
  log: string;
  /** Empty until it is ready. */
  url: string;
}

/** The product as its operators run it: built services as processes of their own, reached by HTTP only. */
export class Cluster {
  readonly key = `test-${randomBytes(16).toString('hex')}`;
  readonly services: ServiceProcess[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'gleaner-e2e-'));
  private env: NodeJS.ProcessEnv = {};
  private cleanUps: (() => Promise<void>)[] = [];

  private constructor(readonly mode: Mode) {}

  /** Embedded: one process. Distributed: gateway, orchestrator and `scrapers` scrapers on a database and queues of their own. */
  static async start(
    mode: Mode,
    { scrapers = 3, env = {} }: { scrapers?: number; env?: Record<string, string> } = {},
  ): Promise<Cluster> {
    const cluster = await Cluster.prepare(mode, env);
    try {
      const apps: App[] =
        mode === 'embedded' ? ['standalone'] : ['gateway', 'orchestrator', ...Array<App>(scrapers).fill('scraper')];
      await Promise.all(apps.map((app) => cluster.startService(app)));
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Database and queues, and no service yet. */
  static async prepare(mode: Mode, env: Record<string, string> = {}): Promise<Cluster> {
    const cluster = new Cluster(mode);
    try {
      await cluster.prepare(env);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  private async prepare(env: Record<string, string>): Promise<void> {
    this.env = {
      ...process.env,
      // As the start scripts run it.
      MALLOC_ARENA_MAX: '2',
      GLEANER_API_KEY: this.key,
      CONTACT: 'https://gleaner-test.example/contact',
      EGRESS_ALLOW: '127.0.0.0/8',
      RATE_LIMIT_PER_MINUTE: '0',
      // The addresses of tests are made up: where there is no DNS, each site would wait for it.
      VERIFY_MX: 'false',
      PORT: '0',
      DATABASE_URL: `sqlite:${join(this.folder, 'gleaner.db')}`,
      BROKER_URL: 'memory:',
      ...env,
    };
    if (this.mode === 'embedded') return;
    const database = await createEmptyDatabase(process.env.TEST_DATABASE_URL ?? 'mariadb://root@127.0.0.1:3306/');
    this.cleanUps.push(database.drop);
    const broker = new URL(process.env.TEST_BROKER_URL ?? 'amqp://guest:guest@127.0.0.1:5672');
    const prefix = `t${randomBytes(4).toString('hex')}`;
    this.cleanUps.push(() => deleteQueues(broker.href, prefix));
    broker.searchParams.set('prefix', prefix);
    this.env.DATABASE_URL = database.url;
    this.env.BROKER_URL = broker.href;
    const migrate = spawn(process.execPath, ['dist/libs/common/src/migrate.js'], {
      cwd: ROOT,
      env: this.env,
      stdio: 'inherit',
    });
    const [code] = await once(migrate, 'exit');
    if (code !== 0) throw new Error(`migrate exited with ${code}`);
  }

  get databaseUrl(): string {
    return this.env.DATABASE_URL!;
  }

  get brokerUrl(): string {
    return this.env.BROKER_URL!;
  }

  async startService(app: App, env: Record<string, string> = {}): Promise<ServiceProcess> {
    const service = this.spawnService(app, env);
    await this.untilReady(service);
    return service;
  }

  /** Starts a process and does not wait for it. */
  spawnService(app: App, env: Record<string, string> = {}): ServiceProcess {
    const name = `${app}-${this.services.length}`;
    const child = spawn(process.execPath, [...V8_FLAGS[app], '--enable-source-maps', `dist/apps/${app}/src/main.js`], {
      cwd: ROOT,
      env: { ...this.env, PORT_FILE: this.portFileOf(name), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const service: ServiceProcess = { app, child, log: this.logOf(name), url: '' };
    const log = createWriteStream(service.log, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.services.push(service);
    return service;
  }

  async untilReady(service: ServiceProcess): Promise<void> {
    const { child, log } = service;
    const name = basename(log, '.log');
    const ready = waitFor(
      async () => {
        const url = `http://127.0.0.1:${readFileSync(this.portFileOf(name), 'utf8')}`;
        const { ok } = await fetch(`${url}/health/ready`);
        if (ok) service.url = url;
        return ok;
      },
      { timeoutMs: 30_000, intervalMs: 50, message: `${name} to be ready` },
    );
    const died = once(child, 'exit').then(([code]) => {
      throw new Error(`exited with ${code}`);
    });
    died.catch(() => {});
    await Promise.race([ready, died]).catch((error: unknown) => {
      throw new Error(`${name} did not start:\n${readFileSync(log, 'utf8').slice(-4000)}`, { cause: error });
    });
  }

  private logOf(name: string): string {
    return join(this.folder, `${name}.log`);
  }

  private portFileOf(name: string): string {
    return join(this.folder, `${name}.port`);
  }

  get url(): string {
    return this.services.find(({ app }) => app === 'gateway' || app === 'standalone')!.url;
  }

  get scrapers(): ServiceProcess[] {
    return this.services.filter(({ app }) => app === 'scraper');
  }

  fetch(path: string, { headers, ...init }: FetchOptions = {}): Promise<Response> {
    const own = { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' };
    return fetch(`${this.url}${path}`, { ...init, headers: { ...own, ...headers } });
  }

  /** GET or POST that must succeed. */
  async call<T>(path: string, body?: unknown): Promise<T> {
    const response = await this.fetch(path, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** All rows of a list, page by page. */
  async list<T>(path: string): Promise<T[]> {
    const rows: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const separator = path.includes('?') ? '&' : '?';
      const page: { data: T[]; nextCursor: string | null } = await this.call(
        cursor === '' ? path : `${path}${separator}cursor=${encodeURIComponent(cursor)}`,
      );
      rows.push(...page.data);
      cursor = page.nextCursor;
    }
    return rows;
  }

  async stop(): Promise<void> {
    const running = this.services.filter(({ child }) => child.exitCode === null && child.signalCode === null);
    const exits = running.map(({ child }) => once(child, 'exit'));
    for (const { child } of running) child.kill('SIGTERM');
    const late = setTimeout(() => running.forEach(({ child }) => child.kill('SIGKILL')), 15_000);
    await Promise.all(exits);
    clearTimeout(late);
    for (const cleanUp of this.cleanUps) await cleanUp();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function deleteQueues(brokerUrl: string, prefix: string): Promise<void> {
  const topology = new Topology(prefix);
  const connection = await connect(brokerUrl);
  const channel = await connection.createChannel();
  for (const subscription of SUBSCRIPTIONS) {
    if (subscription.kind !== 'broadcast') await channel.deleteQueue(topology.queueOf(subscription));
    for (const contract of subscription.contracts) await channel.deleteExchange(topology.exchangeOf(contract));
  }
  await channel.deleteQueue(topology.deadLetters);
  await channel.deleteExchange(topology.deadLetters);
  await connection.close();
}
