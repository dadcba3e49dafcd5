import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Slot, SlotPool } from './slots.js';

describe('SlotPool', () => {
  let capacities: number[];
  let pool: SlotPool;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    capacities = [];
    pool = new SlotPool('r', 2, {
      maxConsecutiveErrors: 3,
      onCapacity: (able) => capacities.push(able),
      onCrash: () => {},
    });
  });
  afterEach(() => vi.useRealTimers());

  const fail = async (chunks: string[]): Promise<Slot> => {
    const slot = await pool.take();
    const crashes = chunks.map((chunk) => pool.recordFailure(slot, chunk, `${chunk} is broken`));
    expect(crashes.slice(0, -1)).not.toContain(true);
    pool.release(slot);
    return slot;
  };

  it('stops a slot after consecutive failures of different chunks, says why and takes no work with it', async () => {
    const slot = await fail(['a', 'b', 'c']);
    expect(slot.report()).toMatchObject({ status: 'crashed', consecutiveErrors: 3, error: 'c is broken' });
    expect(capacities).toEqual([1]);
    expect((await pool.take()).name).not.toBe(slot.name);
  });

  it('does not stop a slot for one bad chunk, nor for failures with a success between them', async () => {
    expect((await fail(['a', 'a', 'a', 'a'])).status).toBe('idle');
    const slot = await pool.take();
    pool.recordSuccess(slot);
    pool.recordFailure(slot, 'b', 'x');
    pool.recordFailure(slot, 'c', 'x');
    expect(slot.status).toBe('running');
  });

  it('revives at once when told, and is as good as new', async () => {
    const slot = await fail(['a', 'b', 'c']);
    expect(pool.revive('somebody-else')).toBe(false);
    expect(pool.revive(slot.name)).toBe(true);
    expect(pool.revive(slot.name)).toBe(false);
    expect(slot.report()).toMatchObject({ status: 'idle', consecutiveErrors: 0, error: null });
    expect(capacities).toEqual([1, 2]);
  });

  it('revives by itself after 30 s, and rests twice as long each time it crashes again', async () => {
    const slot = await fail(['a', 'b', 'c']);
    vi.advanceTimersByTime(29_999);
    expect(slot.status).toBe('crashed');
    vi.advanceTimersByTime(1);
    expect(slot.status).toBe('idle');
    await fail(['a', 'b', 'c']);
    vi.advanceTimersByTime(59_999);
    expect(slot.status).toBe('crashed');
    vi.advanceTimersByTime(1);
    expect(slot.status).toBe('idle');
  });

  it('gives a slot that becomes free to who has waited longest', async () => {
    const [first] = [await pool.take(), await pool.take()];
    const order: string[] = [];
    const waiting = ['x', 'y'].map((who) => pool.take().then((slot) => order.push(`${who} ${slot.name}`)));
    pool.release(first);
    await waiting[0];
    expect(order).toEqual([`x ${first.name}`]);
  });
});
