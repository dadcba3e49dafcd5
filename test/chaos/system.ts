import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, type ServiceProcess } from '../support/cluster.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { waitFor } from '../support/wait-for.js';
import { type PlantedBug, plantingEnv } from './planted-bug.js';
import type { ChaosApp, Fleet, Server } from './plan.js';

/** How long a supervisor takes to notice that a process is gone. */
const RESTART_AFTER_MS = 700;

/** Generous: the fleet starts at once, on a machine that may be busy. */
const STARTS_WITHIN_MS = 120_000;

/** A service that ended although nobody had asked it to, or not as asked. */
export interface BadExit {
  member: string;
  code: number | null;
  signal: string | null;
  lastWords: string;
}

/** One service of the fleet: its process, started again whenever it ends, and its own two links. */
export class Member {
  readonly links: Record<Server, FaultProxy>;
  readonly badExits: BadExit[] = [];
  private current?: ServiceProcess;
  private expected: NodeJS.Signals | null = null;
  private isRetired = false;
  private living: Promise<void> = Promise.resolve();
  isStopped = false;

  constructor(
    private readonly cluster: Cluster,
    readonly app: ChaosApp,
    readonly name: string,
    private readonly env: Record<string, string>,
  ) {
    this.links = {
      broker: FaultProxy.before(cluster.brokerUrl, 5672),
      database: FaultProxy.before(cluster.databaseUrl, 3306),
    };
  }

  async start(): Promise<void> {
    await Promise.all(Object.values(this.links).map((link) => link.open()));
    this.spawn();
    await waitFor(() => this.isReady, { timeoutMs: STARTS_WITHIN_MS }).catch((error: unknown) => {
      throw new Error(`${this.name} did not start:\n${this.log.slice(-4000)}`, { cause: error });
    });
  }

  /** Where its API or probes are, and null while it has none. */
  get url(): string | null {
    return this.isRunning && this.current!.url !== '' ? this.current!.url : null;
  }

  get isRunning(): boolean {
    return this.current !== undefined && !this.isStopped && this.expected === null;
  }

  /** What the replica of this process is called (`<replica>-<slot>`), once it has begun a chunk. */
  get replica(): string | undefined {
    return /"workerId":"([\w-]+)-\d+"/.exec(this.log)?.[1];
  }

  get log(): string {
    return this.current && existsSync(this.current.log) ? readFileSync(this.current.log, 'utf8') : '';
  }

  /** SIGKILL or SIGTERM; another process takes its place. */
  end(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.expected = signal;
    this.current!.child.kill(signal);
  }

  freeze(): void {
    this.isStopped = true;
    this.current!.child.kill('SIGSTOP');
  }

  thaw(): void {
    if (!this.isStopped) return;
    this.isStopped = false;
    this.current!.child.kill('SIGCONT');
  }

  /** No process takes the place of the next one that ends. */
  retire(): void {
    this.isRetired = true;
  }

  /** Going, and has told so. */
  get isReady(): boolean {
    return this.url !== null;
  }

  async close(): Promise<void> {
    await this.living;
    await Promise.all(Object.values(this.links).map((link) => link.close()));
  }

  private spawn(): void {
    const env = {
      ...this.env,
      BROKER_URL: this.links.broker.urlOf(this.cluster.brokerUrl),
      DATABASE_URL: this.links.database.urlOf(this.cluster.databaseUrl),
    };
    this.expected = null;
    this.current = this.cluster.spawnService(this.app, env);
    this.living = this.supervise(this.current);
    void this.untilReady(this.current);
  }

  private async supervise(service: ServiceProcess): Promise<void> {
    const [code, signal] = (await once(service.child, 'exit')) as [number | null, string | null];
    if (this.isRetired) return;
    const isAsked = this.expected !== null && (signal === this.expected || code === 0);
    if (!isAsked) this.badExits.push({ member: this.name, code, signal, lastWords: this.log.slice(-2000) });
    this.isStopped = false;
    this.expected ??= 'SIGTERM';
    await sleep(RESTART_AFTER_MS);
    if (this.isRetired) return;
    this.spawn();
  }

  /** Start-up may meet the next faults, and then takes longer. */
  private async untilReady(service: ServiceProcess): Promise<void> {
    while (service.url === '' && service === this.current && !this.isRetired && isAlive(service))
      await this.cluster.untilReady(service).catch(() => undefined);
  }
}

function isAlive({ child }: ServiceProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** The distributed product as processes of their own, each behind its own proxies to the broker and the database. */
export class System {
  private constructor(
    readonly cluster: Cluster,
    readonly members: readonly Member[],
  ) {}

  static async start(
    fleet: Fleet,
    { env = {}, bug }: { env?: Record<string, string>; bug?: PlantedBug } = {},
  ): Promise<System> {
    const cluster = await Cluster.prepare('distributed', env);
    const apps: ChaosApp[] = ['gateway', 'orchestrator', 'scraper'];
    const planting = bug ? plantingEnv(bug) : {};
    const members = apps.flatMap((app) =>
      Array.from({ length: fleet[app] }, (_, i) => new Member(cluster, app, `${app}-${i}`, planting)),
    );
    const system = new System(cluster, members);
    process.once('exit', system.killAll);
    try {
      await Promise.all(members.map((member) => member.start()));
      return system;
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  member(app: ChaosApp, index: number): Member {
    return this.members.find(({ name }) => name === `${app}-${index}`)!;
  }

  of(app: ChaosApp): Member[] {
    return this.members.filter((member) => member.app === app);
  }

  get badExits(): BadExit[] {
    return this.members.flatMap(({ badExits }) => badExits);
  }

  /** A frozen process would hear nothing else, and outlive this one. */
  private readonly killAll = (): void => {
    for (const { child } of this.cluster.services) child.kill('SIGKILL');
  };

  /** All links whole, all processes going. */
  async heal(): Promise<void> {
    for (const member of this.members) {
      member.thaw();
      await Promise.all(Object.values(member.links).map((link) => link.heal()));
    }
  }

  async stop(): Promise<void> {
    for (const member of this.members) member.retire();
    await this.heal();
    await this.cluster.stop();
    await Promise.all(this.members.map((member) => member.close()));
    process.off('exit', this.killAll);
  }
}
