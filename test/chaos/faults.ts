import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, NOW_MS } from './database.js';
import { describeFault, type Fault, type FaultSpec, type Server } from './plan.js';
import { Reruns } from './reruns.js';
import { restartServer } from './servers.js';
import type { Member, System } from './system.js';

const DELAY_MS = 150;
const BYTES_PER_SECOND = 20_000;
/** How long all links are cut where the server itself is not ours to restart. */
const OUTAGE_MS = 4000;
const PROGRESS_WITHIN_MS = 60_000;

/** From the moment a server answers again to the first sign of work, ms; null where nothing was to be done. */
export interface Recovery {
  server: Server;
  calm: boolean;
  /** First chunk claimed. */
  claimMs: number | null;
  /** First chunk claimed or site finished. */
  progressMs: number | null;
}

/** Does to the system what the plan says, and measures how it recovers. */
export class Saboteur {
  readonly inflicted: { at: number; fault: string }[] = [];
  readonly skipped: string[] = [];
  readonly recoveries: Recovery[] = [];
  readonly reruns: Reruns;
  /** Whether one thing at a time goes wrong. */
  calm = false;
  private readonly startedAt = performance.now();

  constructor(
    private readonly system: System,
    private readonly database: Database,
    private readonly say: (line: string) => void,
  ) {
    this.reruns = new Reruns(database);
  }

  /** Resolves when the whole plan is over and every fault has ended. */
  async carryOut(plan: readonly Fault[]): Promise<void> {
    const startedAt = performance.now();
    await Promise.all(
      plan.map(async (fault) => {
        await sleep(Math.max(0, fault.atMs - (performance.now() - startedAt)));
        await this.inflict(fault, fault.forMs);
      }),
    );
  }

  /** Resolves when the fault is over. */
  async inflict(fault: FaultSpec, forMs = 0): Promise<void> {
    const text = describeFault({ ...fault, forMs });
    const isDone = await this.act(fault, forMs, () => {
      const at = Math.round(performance.now() - this.startedAt) / 1000;
      this.inflicted.push({ at, fault: text });
      this.say(`${at.toFixed(1)} s  ${text}`);
    });
    if (!isDone) this.skipped.push(text);
  }

  /** False where there was nothing to do it to. */
  private async act(fault: FaultSpec, forMs: number, begun: () => void): Promise<boolean> {
    switch (fault.on) {
      case 'process': {
        const member = this.findRunning(fault.app, fault.index);
        if (!member) return false;
        // Unknown while the database is away: then it is no sample.
        await this.reruns.noteLoss(member, fault.kind, this.calm).catch(() => 0);
        if (!member.isRunning) return false;
        begun();
        if (fault.kind !== 'stop') member.end(fault.kind === 'kill' ? 'SIGKILL' : 'SIGTERM');
        else {
          member.freeze();
          await sleep(forMs);
          member.thaw();
        }
        return true;
      }
      case 'link': {
        begun();
        await disturb(this.system.member(fault.app, fault.index), fault.server, fault.kind, forMs);
        return true;
      }
      case 'all links': {
        begun();
        await this.recover(fault.server, () =>
          Promise.all(this.system.members.map((member) => disturb(member, fault.server, fault.kind, forMs))),
        );
        return true;
      }
      case 'server': {
        begun();
        const { server, kind } = fault;
        const url = server === 'broker' ? this.system.cluster.brokerUrl : this.system.cluster.databaseUrl;
        await this.recover(server, async () => {
          if (await restartServer(server, kind, url)) return;
          await Promise.all(this.system.members.map((member) => disturb(member, server, 'cut', OUTAGE_MS)));
        });
        return true;
      }
    }
  }

  /** That process, or the next one of its kind that is going. */
  private findRunning(app: Member['app'], index: number): Member | undefined {
    const members = this.system.of(app);
    return members.map((_, i) => members[(index + i) % members.length]!).find((member) => member.isRunning);
  }

  private async recover(server: Server, outage: () => Promise<unknown>): Promise<void> {
    await outage();
    const back = await this.readClock();
    const recovery: Recovery = { server, calm: this.calm, claimMs: null, progressMs: null };
    for (const deadline = Date.now() + PROGRESS_WITHIN_MS; Date.now() < deadline; await sleep(100)) {
      const [row] = await this.database
        .read<Record<'claim' | 'site' | 'open', number | null>>(
          `SELECT (SELECT MIN(started_at) FROM chunks WHERE started_at > ?) AS claim,
                  (SELECT MIN(finished_at) FROM sites WHERE finished_at > ?) AS site,
                  (SELECT COUNT(*) FROM jobs WHERE status IN ('queued', 'planning', 'running')) AS open`,
          [back, back],
        )
        .catch(() => []);
      if (!row) continue;
      if (row.claim !== null) recovery.claimMs = row.claim - back;
      const first = Math.min(row.claim ?? Number.POSITIVE_INFINITY, row.site ?? Number.POSITIVE_INFINITY);
      if (Number.isFinite(first)) recovery.progressMs = first - back;
      if (recovery.claimMs !== null || row.open === 0) break;
    }
    this.recoveries.push(recovery);
  }

  private async readClock(): Promise<number> {
    for (;;) {
      const [row] = await this.database.read<{ now: number }>(`SELECT ${NOW_MS} AS now`).catch(() => []);
      if (row) return row.now;
      await sleep(20);
    }
  }
}

async function disturb(
  member: Member,
  server: Server,
  kind: Extract<FaultSpec, { on: 'link' }>['kind'],
  forMs: number,
): Promise<void> {
  const link = member.links[server];
  switch (kind) {
    case 'cut':
      await link.cut();
      break;
    case 'reset':
      return link.reset();
    case 'blackHole':
      link.blackHole();
      break;
    case 'halfOpen':
      link.halfOpen();
      break;
    case 'delay':
      link.delay(DELAY_MS);
      break;
    case 'throttle':
      link.throttle(BYTES_PER_SECOND);
      break;
  }
  await sleep(forMs);
  await link.heal();
}
