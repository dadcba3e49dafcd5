import { describe, expect, it } from 'vitest';
import { countSitesPerChunk, countWorkers, planJob } from './plan.js';

describe('countWorkers', () => {
  it.each([
    [1, 1],
    [20, 1],
    [21, 2],
    [1000, 50],
    [10_000, 500],
    [20_000, 1000],
    [1_000_000, 1000],
  ])('plans for %i wanted addresses %i workers', (wanted, workers) => {
    expect(countWorkers(wanted, 1000)).toBe(workers);
  });

  it('keeps to a configured cap', () => expect(countWorkers(1_000_000, 300)).toBe(300));
});

describe('planJob', () => {
  it.each([
    // target, sites, chunks, sites per chunk
    [1_000_000, 2, 2, 1],
    [null, 2, 1, 2],
    [1000, 300, 50, 6],
    [null, 1_000_000, 10_000, 100],
    [1, 250, 3, 100],
  ])('target %s over %i sites: %i chunks of up to %i', (target, sites, chunks, sitesPerChunk) => {
    expect(planJob({ target, sites, maxWorkers: 1000 })).toMatchObject({ chunks, sitesPerChunk });
  });

  it('never puts more than 100 sites into a chunk', () => expect(countSitesPerChunk(1_000_000, 1)).toBe(100));
});
