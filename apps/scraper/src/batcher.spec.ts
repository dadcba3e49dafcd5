import { describe, expect, it } from 'vitest';
import { Batcher } from './batcher.js';

describe('Batcher', () => {
  it('does what comes together, and what comes while it works, in one batch each', async () => {
    const batches: number[][] = [];
    let goOn: () => void = () => {};
    const batcher = new Batcher<number, number>(10, async (items) => {
      batches.push(items);
      if (batches.length === 1) await new Promise<void>((resolve) => (goOn = resolve));
      return items.map((item) => item * 2);
    });
    const first = [batcher.add(1), batcher.add(2)];
    await Promise.resolve();
    const second = [3, 4].map((item) => batcher.add(item));
    goOn();
    expect(await Promise.all([...first, ...second])).toEqual([2, 4, 6, 8]);
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('keeps batches small', async () => {
    const sizes: number[] = [];
    const batcher = new Batcher<number, number>(2, async (items) => {
      sizes.push(items.length);
      return items;
    });
    await Promise.all([1, 2, 3, 4, 5].map((item) => batcher.add(item)));
    expect(sizes).toEqual([2, 2, 1]);
  });

  it('fails a batch as a whole, and goes on with the next one', async () => {
    const batcher = new Batcher<number, number>(1, async ([item = 0]) => {
      if (item === 1) throw new Error('boom');
      return [item];
    });
    const [one, two] = await Promise.allSettled([batcher.add(1), batcher.add(2)]);
    expect([one?.status, two?.status]).toEqual(['rejected', 'fulfilled']);
    await batcher.idle();
    expect(await batcher.add(3)).toBe(3);
  });
});
