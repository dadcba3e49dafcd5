import { setTimeout as sleep } from 'node:timers/promises';
import type { PlantedWeb } from '../support/planted-web.js';
import type { Api, JobView } from './api.js';
import type { Database } from './database.js';
import { JobWatch } from './job-watch.js';
import { Random } from './random.js';
import type { Violation } from './violation.js';

/**
 * `all`: no target, many sites a chunk. `wide`: a target out of reach, so one site a chunk. `target`: one within reach.
 * The others are cancelled, or paused and resumed, when they are under way.
 */
const KINDS = ['all', 'all', 'wide', 'target', 'target', 'cancel', 'pause'] as const;
export type JobKind = (typeof KINDS)[number];

const OUT_OF_REACH = 5000;
const OPEN_JOBS = 5;
const MAX_ACTION_DELAY_MS = 3000;
const PAUSE_MS: [number, number] = [1500, 6000];

export interface ChaosJob {
  kind: JobKind;
  id: string;
  sites: string[];
  planted: Set<string>;
  /** Null where all is wanted. */
  target: number | null;
  /** The gateway has accepted to cancel it. */
  isCancelled: boolean;
  watch: JobWatch;
}

interface Submission {
  source: { type: 'sites'; sites: string[] };
  [field: string]: unknown;
}

/** Keeps some jobs of all kinds open, and does with them what their owners do. */
export class Load {
  readonly jobs: ChaosJob[] = [];
  readonly violations: Violation[] = [];
  private readonly random: Random;
  private readonly kinds: Generator<JobKind, never>;
  private readonly abort = new AbortController();
  private nextSite = 0;
  private submitted = 0;
  private isOpen = true;

  constructor(
    private readonly api: Api,
    private readonly database: Database,
    private readonly web: PlantedWeb,
    private readonly seed: number,
  ) {
    this.random = new Random(seed + 1);
    this.kinds = this.random.deal(KINDS);
  }

  /** Resolves when, after `close`, the last job has ended or `giveUp` was called. */
  async run(): Promise<void> {
    const lane = async (): Promise<void> => {
      while (this.isOpen) await this.runJob(this.kinds.next().value, this.random.int(20, 60));
    };
    await Promise.all(Array.from({ length: OPEN_JOBS }, lane));
  }

  /** No new jobs. */
  close(): void {
    this.isOpen = false;
  }

  /** What has not ended by now never will. */
  giveUp(): void {
    this.abort.abort();
  }

  async runJob(kind: JobKind, sites: number): Promise<void> {
    const job = await this.submit(kind, this.takeSites(sites));
    await Promise.all([job.watch.untilEnded(this.abort.signal), this.act(job)]);
  }

  async submit(kind: JobKind, sites: string[]): Promise<ChaosJob> {
    const planted = this.web.addressesOf(sites);
    const reachable = kind === 'target' ? Math.ceil(planted.size * (0.3 + 0.4 * this.random.next())) : null;
    const id = await this.post({
      source: { type: 'sites', sites },
      target: kind === 'wide' ? OUT_OF_REACH : (reachable ?? undefined),
      priority: this.random.int(0, 9),
      crawl: { hostDelayMs: 0 },
    });
    const watch = new JobWatch(this.api, this.database, id);
    const job = { kind, id, sites, planted, target: reachable, isCancelled: false, watch };
    this.jobs.push(job);
    return job;
  }

  async cancel(job: ChaosJob): Promise<void> {
    job.isCancelled = await this.move(job, 'cancel', ['cancelling', 'cancelled']);
  }

  takeSites(count: number): string[] {
    const { sites } = this.web;
    return Array.from({ length: count }, () => sites[this.nextSite++ % sites.length]!);
  }

  /** As a client that cannot tell whether its request arrived: with a key, sometimes twice at once, and once more later. */
  private async post(body: Submission): Promise<string> {
    const key = `chaos-${this.seed}-${this.submitted++}`;
    const gateways = this.random.next() < 0.3 ? [0, 1] : [this.random.int(0, 1)];
    const send = async (first: number): Promise<string> => {
      const answer = await this.api.call('/v1/jobs', {
        method: 'POST',
        headers: { 'idempotency-key': key },
        body,
        first,
      });
      if (answer.status !== 202) this.report(`POST of ${key} answered ${answer.status} ${JSON.stringify(answer.body)}`);
      return (answer.body as JobView).id;
    };
    const ids = await Promise.all(gateways.map(send));
    ids.push(await send(this.random.int(0, 1)));
    if (new Set(ids).size > 1) this.report(`${key} has made several jobs: ${ids.join(', ')}`);
    return ids[0]!;
  }

  private async act(job: ChaosJob): Promise<void> {
    if (job.kind !== 'cancel' && job.kind !== 'pause') return;
    const delayMs = this.random.int(0, MAX_ACTION_DELAY_MS);
    const pauseMs = this.random.int(...PAUSE_MS);
    await job.watch.untilUnderWay(this.abort.signal);
    await sleep(delayMs);
    if (job.kind === 'cancel') return this.cancel(job);
    if (!(await this.move(job, 'pause', ['paused']))) return;
    await sleep(pauseMs);
    await this.move(job, 'resume', ['running', 'completed', 'completed_with_errors']);
  }

  /** False where the job had ended before. The first request may have arrived although its answer did not. */
  private async move(job: ChaosJob, move: 'cancel' | 'pause' | 'resume', wanted: string[]): Promise<boolean> {
    const { status, body } = await this.api.call(`/v1/jobs/${job.id}/${move}`, { method: 'POST' });
    if (status === 202) return true;
    if (status !== 409) this.report(`${move} of ${job.id} answered ${status} ${JSON.stringify(body)}`);
    const now = await this.api.get<JobView>(`/v1/jobs/${job.id}`);
    return wanted.includes(now.status);
  }

  private report(text: string): void {
    this.violations.push({ rule: 'submission', text });
  }
}
