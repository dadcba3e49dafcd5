import type { App } from '../support/cluster.js';
import { Random } from './random.js';

/** What happens to a process, to one of its links, to all links of a kind, or to a server. */
export type ProcessFault = 'kill' | 'stop' | 'terminate';
export type LinkFault = 'cut' | 'reset' | 'blackHole' | 'halfOpen' | 'delay' | 'throttle';
export type ServerFault = 'restart' | 'crash';
export type Server = 'broker' | 'database';

export type FaultSpec =
  | { on: 'process'; kind: ProcessFault; app: ChaosApp; index: number }
  | { on: 'link'; kind: LinkFault; app: ChaosApp; index: number; server: Server }
  | { on: 'all links'; kind: 'cut' | 'reset'; server: Server }
  | { on: 'server'; kind: ServerFault; server: Server };

/** `forMs` is how long it lasts; a killed process is started again by its supervisor, whatever this says. */
export type Fault = FaultSpec & { atMs: number; forMs: number };

export type ChaosApp = Extract<App, 'gateway' | 'orchestrator' | 'scraper'>;
export type Fleet = Record<ChaosApp, number>;

const FAULTS_PER_MINUTE = 12;

interface Card {
  times: number;
  /** Shortest and longest, ms. */
  lasts: [number, number];
  make: (random: Random, fleet: Fleet) => FaultSpec;
}

const onProcess =
  (kind: ProcessFault, app: ChaosApp) =>
  (random: Random, fleet: Fleet): FaultSpec => ({ on: 'process', kind, app, index: random.int(0, fleet[app] - 1) });

const onLink =
  (kind: LinkFault, server: Server, apps: readonly ChaosApp[] = ['scraper', 'scraper', 'orchestrator', 'gateway']) =>
  (random: Random, fleet: Fleet): FaultSpec => {
    const app = random.pick(apps);
    return { on: 'link', kind, app, index: random.int(0, fleet[app] - 1), server };
  };

/**
 * Every run deals from this deck, so that each has some of everything. Stopped and cut off for longer than the lease
 * (6 s): such a worker comes back and believes that it still holds its chunks.
 */
const DECK: readonly Card[] = [
  { times: 5, lasts: [0, 0], make: onProcess('kill', 'scraper') },
  { times: 4, lasts: [7000, 13_000], make: onProcess('stop', 'scraper') },
  { times: 2, lasts: [0, 0], make: onProcess('terminate', 'scraper') },
  { times: 2, lasts: [0, 0], make: onProcess('kill', 'orchestrator') },
  { times: 1, lasts: [7000, 10_000], make: onProcess('stop', 'orchestrator') },
  { times: 1, lasts: [0, 0], make: onProcess('terminate', 'orchestrator') },
  { times: 2, lasts: [0, 0], make: onProcess('kill', 'gateway') },
  { times: 1, lasts: [2000, 6000], make: onProcess('stop', 'gateway') },
  { times: 1, lasts: [0, 0], make: onProcess('terminate', 'gateway') },
  { times: 1, lasts: [0, 0], make: () => ({ on: 'server', kind: 'restart', server: 'broker' }) },
  { times: 1, lasts: [0, 0], make: () => ({ on: 'server', kind: 'crash', server: 'database' }) },
  { times: 1, lasts: [0, 0], make: () => ({ on: 'server', kind: 'restart', server: 'database' }) },
  { times: 1, lasts: [0, 0], make: () => ({ on: 'all links', kind: 'reset', server: 'broker' }) },
  { times: 1, lasts: [2000, 5000], make: () => ({ on: 'all links', kind: 'cut', server: 'database' }) },
  { times: 2, lasts: [7000, 12_000], make: onLink('blackHole', 'database', ['scraper']) },
  { times: 2, lasts: [7000, 12_000], make: onLink('halfOpen', 'database', ['scraper']) },
  { times: 1, lasts: [3000, 9000], make: onLink('blackHole', 'database', ['orchestrator', 'gateway']) },
  { times: 1, lasts: [0, 0], make: onLink('reset', 'database') },
  { times: 1, lasts: [3000, 9000], make: onLink('cut', 'database') },
  { times: 1, lasts: [3000, 9000], make: onLink('delay', 'database') },
  { times: 1, lasts: [3000, 9000], make: onLink('throttle', 'database') },
  { times: 1, lasts: [4000, 12_000], make: onLink('blackHole', 'broker') },
  { times: 1, lasts: [4000, 12_000], make: onLink('halfOpen', 'broker') },
  { times: 1, lasts: [0, 0], make: onLink('reset', 'broker') },
  { times: 1, lasts: [3000, 9000], make: onLink('cut', 'broker') },
];

/** What goes wrong, and when, in a run of `durationMs`: the same for the same seed, length and fleet. */
export function makePlan(seed: number, durationMs: number, fleet: Fleet): Fault[] {
  const random = new Random(seed);
  const cards = random.deal(DECK.flatMap((card) => Array<Card>(card.times).fill(card)));
  const count = Math.max(1, Math.round((durationMs / 60_000) * FAULTS_PER_MINUTE));
  const gapMs = durationMs / (count + 1);
  return Array.from({ length: count }, (_, i) => {
    const { make, lasts } = cards.next().value;
    return {
      ...make(random, fleet),
      atMs: Math.round(gapMs * (i + 0.5 + random.next())),
      forMs: random.int(...lasts),
    };
  });
}

export function describeFault(fault: FaultSpec & { forMs?: number }): string {
  const seconds = fault.forMs ? ` for ${(fault.forMs / 1000).toFixed(1)} s` : '';
  switch (fault.on) {
    case 'process':
      return `${fault.kind} ${fault.app}-${fault.index}${seconds}`;
    case 'link':
      return `${fault.kind} ${fault.app}-${fault.index} to ${fault.server}${seconds}`;
    case 'all links':
      return `${fault.kind} all links to the ${fault.server}${seconds}`;
    case 'server':
      return `${fault.kind} the ${fault.server}`;
  }
}
