import { describe, expect, it } from 'vitest';
import { PLANTED_BUGS, type PlantedBug } from './planted-bug.js';
import { prove } from './proof.js';
import { replayLine } from './report.js';
import { runChaos } from './run-chaos.js';

const SEED = 1;
const MINUTES = 0.6;
const LIMIT_MS = 300_000;

describe('the distributed product while processes, links and servers fail', () => {
  it(
    'loses, repeats and miscounts nothing, and ends every job',
    async () => {
      const report = await runChaos({ seed: SEED, minutes: MINUTES, network: 62 });
      expect(report.violations, `again: ${replayLine(report)}`).toEqual([]);
      expect(report.faults.length).toBeGreaterThanOrEqual(5);
      expect(report.jobs.length).toBeGreaterThanOrEqual(3);
    },
    LIMIT_MS,
  );
});

describe('what the suite looks for', () => {
  it.concurrent(
    'holds when a worker is killed and another one freezes in the middle of a chunk',
    async () => {
      expect(await prove(undefined, 63)).toEqual([]);
    },
    LIMIT_MS,
  );

  it.concurrent.each<[PlantedBug, string, number]>([
    ['fence', 'counters', 64],
    ['reaper', 'stuck', 65],
    ['skip', 'counters', 66],
  ])(
    'does not hold with the planted bug %s, and %s shows it',
    async (bug, rule, network) => {
      const violations = await prove(bug, network);
      expect(
        violations.map((violation) => violation.rule),
        PLANTED_BUGS[bug],
      ).toContain(rule);
    },
    LIMIT_MS,
  );
});
