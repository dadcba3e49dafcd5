import { setImmediate as endOfTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { nextTurn } from './next-turn.js';

describe('nextTurn', () => {
  it('lets one of those that wait go on in each turn of the event loop, in the order of their coming', async () => {
    const done: number[] = [];
    const works = [1, 2, 3].map(async (number) => {
      await nextTurn();
      done.push(number);
    });
    const seen: number[] = [];
    while (done.length < 3) {
      await endOfTurn();
      seen.push(done.length);
    }
    await Promise.all(works);
    expect(done).toEqual([1, 2, 3]);
    expect(seen.every((count, turn) => count - (seen[turn - 1] ?? 0) <= 1)).toBe(true);
  });

  it('starts anew after its line was empty', async () => {
    await nextTurn();
    await nextTurn();
  });
});
