import { mkdirSync, writeFileSync } from 'node:fs';
import type { Recovery, Saboteur } from './faults.js';
import type { JobKind, Load } from './load.js';
import type { Server } from './plan.js';
import type { Rerun } from './reruns.js';
import type { System } from './system.js';
import type { Violation } from './violation.js';

type Figures = Record<string, string | number | boolean>;

export interface Report {
  seed: number;
  minutes: number;
  seconds: number;
  faults: { at: number; fault: string }[];
  skippedFaults: string[];
  jobs: Figures[];
  reruns: Figures[];
  recoveries: Figures[];
  violations: Violation[];
}

interface Run {
  seed: number;
  minutes: number;
  seconds: number;
  system: System;
  load: Load;
  saboteur: Saboteur;
  violations: Violation[];
}

export function makeReport({ seed, minutes, seconds, load, saboteur, violations }: Run): Report {
  return {
    seed,
    minutes,
    seconds: Math.round(seconds),
    faults: saboteur.inflicted.toSorted((a, b) => a.at - b.at),
    skippedFaults: saboteur.skipped,
    jobs: countJobs(load),
    reruns: measureReruns(saboteur.reruns.samples),
    recoveries: measureRecoveries(saboteur.recoveries),
    violations,
  };
}

/** How to see a failing run again. */
export function replayLine({ seed, minutes }: Pick<Report, 'seed' | 'minutes'>): string {
  return `npm run chaos -- --seed ${seed} --minutes ${minutes}`;
}

export function printReport(report: Report): void {
  const { seed, minutes, seconds, faults, skippedFaults, violations } = report;
  console.log(`\nchaos, seed ${seed}: ${faults.length} faults in ${minutes} minutes, ${seconds} s in all`);
  if (skippedFaults.length > 0) console.log(`not possible when their turn came: ${skippedFaults.join('; ')}`);
  console.log('\njobs');
  console.table(report.jobs);
  console.log('\nfrom the loss of a worker to the next claim of its chunks, ms');
  console.table(report.reruns);
  console.log('\nfrom the moment a server is back to the first claim, and to the first claim or finished site, ms');
  console.table(report.recoveries);
  for (const { rule, text } of violations) console.log(`VIOLATION ${rule}: ${text}`);
  console.log(violations.length === 0 ? 'all held' : `${violations.length} violations; again: ${replayLine(report)}`);
}

export function writeReport(report: Report): void {
  mkdirSync('test-results', { recursive: true });
  writeFileSync(`test-results/chaos-${report.seed}.json`, `${JSON.stringify(report, null, 2)}\n`);
}

function countJobs({ jobs }: Load): Figures[] {
  const kinds = [...new Set(jobs.map(({ kind }) => kind))].toSorted();
  const count = (kind: JobKind): Figures => {
    const some = jobs.filter((job) => job.kind === kind);
    return {
      kind,
      jobs: some.length,
      sites: some.reduce((sum, job) => sum + job.sites.length, 0),
      planted: some.reduce((sum, job) => sum + (job.target ?? job.planted.size), 0),
      found: some.reduce((sum, job) => sum + (job.watch.view?.progress.emails ?? 0), 0),
      ended: some.filter(({ watch }) => watch.hasEnded).length,
    };
  };
  return kinds.map(count);
}

function measureReruns(samples: readonly Rerun[]): Figures[] {
  const groups = new Set(samples.map(({ how, calm }) => `${how}, ${calm ? 'alone' : 'in chaos'}`));
  return [...groups].toSorted().map((worker) => {
    const some = samples.filter(({ how, calm }) => worker === `${how}, ${calm ? 'alone' : 'in chaos'}`);
    const dispatched = percentiles(some.flatMap(({ dispatchedMs }) => dispatchedMs ?? []));
    return { worker, ...percentiles(some.map(({ ms }) => ms)), 'dispatched, p50': dispatched.p50! };
  });
}

function measureRecoveries(recoveries: readonly Recovery[]): Figures[] {
  const servers: Server[] = ['broker', 'database'];
  return servers.flatMap((server) =>
    [true, false].map((calm) => {
      const some = recoveries.filter((recovery) => recovery.server === server && recovery.calm === calm);
      const numbers = (field: 'claimMs' | 'progressMs'): number[] =>
        some.flatMap((recovery) => recovery[field] ?? []).toSorted((a, b) => a - b);
      return {
        server: `${server}, ${calm ? 'alone' : 'in chaos'}`,
        times: some.length,
        claim: numbers('claimMs').join(' '),
        progress: numbers('progressMs').join(' '),
      };
    }),
  );
}

function percentiles(values: readonly number[]): Figures {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (p: number): number => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0;
  return { chunks: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}
