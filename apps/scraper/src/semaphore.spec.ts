import { describe, expect, it } from 'vitest';
import { Semaphore } from './semaphore.js';

const never = new AbortController().signal;

/** Whether it has settled once everything that can go on has gone on. */
async function isSettled(work: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void work.then(() => (settled = true));
  await new Promise(setImmediate);
  return settled;
}

describe('Semaphore', () => {
  it('lets the next one in when there is room, in order', async () => {
    const semaphore = new Semaphore(10);
    const first = await semaphore.acquire(8, never);
    const large = semaphore.acquire(9, never);
    const small = semaphore.acquire(1, never);
    expect([await isSettled(large), await isSettled(small)]).toEqual([false, false]);
    first.release();
    expect([await isSettled(large), await isSettled(small)]).toEqual([true, true]);
  });

  it('takes back what was not needed, and each byte once', async () => {
    const semaphore = new Semaphore(10);
    const first = await semaphore.acquire(10, never);
    const second = semaphore.acquire(6, never);
    first.shrinkTo(4);
    expect(await isSettled(second)).toBe(true);
    first.release();
    first.release();
    const third = semaphore.acquire(5, never);
    expect(await isSettled(third)).toBe(false);
  });

  it('gives the whole to who wants more than that', async () => {
    expect(await new Semaphore(10).acquire(11, never)).not.toBeNull();
  });

  it('lets the others pass when one gives up', async () => {
    const semaphore = new Semaphore(10);
    await semaphore.acquire(5, never);
    const controller = new AbortController();
    const tooLarge = semaphore.acquire(6, controller.signal);
    const fitting = semaphore.acquire(5, never);
    controller.abort(new Error('enough'));
    await expect(tooLarge).rejects.toThrow('enough');
    await fitting;
  });

  it('ends the wait with its caller', async () => {
    const semaphore = new Semaphore(10);
    await semaphore.acquire(10, never);
    const controller = new AbortController();
    const waiting = semaphore.acquire(1, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
