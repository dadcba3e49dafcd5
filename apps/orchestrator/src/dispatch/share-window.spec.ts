import { describe, expect, it } from 'vitest';
import { type JobDemand, shareWindow } from './share-window.js';

const demand = (jobId: string, over: Partial<JobDemand> = {}): JobDemand => ({
  jobId,
  accountId: 'a',
  priority: 5,
  inFlight: 0,
  due: 100,
  limit: 1000,
  ...over,
});
const share = (free: number, ...demands: JobDemand[]): Record<string, number> =>
  Object.fromEntries(shareWindow(free, demands));

describe('shareWindow', () => {
  it('serves the highest priority first', () => {
    expect(share(10, demand('low', { priority: 1 }), demand('high', { priority: 9, due: 7 }))).toEqual({
      high: 7,
      low: 3,
    });
  });

  it('lets a small job start at once beside a big one', () => {
    expect(share(10, demand('big', { inFlight: 60 }), demand('small', { due: 5 }))).toEqual({ small: 5, big: 5 });
  });

  it('shares between accounts before it shares between their jobs', () => {
    const jobs = [demand('a1'), demand('a2'), demand('a3'), demand('b1', { accountId: 'b' })];
    expect(share(12, ...jobs)).toEqual({ a1: 2, a2: 2, a3: 2, b1: 6 });
  });

  it('gives no job more than its worker count or its due chunks', () => {
    expect(share(50, demand('x', { limit: 3, inFlight: 1 }), demand('y', { due: 4 }))).toEqual({ x: 2, y: 4 });
  });

  it('gives nothing when nothing is free', () => expect(share(0, demand('x'))).toEqual({}));
});
