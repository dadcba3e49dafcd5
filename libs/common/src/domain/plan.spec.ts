import { describe, expect, it } from 'vitest';
import { countNextWave, countSitesPerChunk, countWorkers, planJob } from './plan.js';

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

describe('countNextWave', () => {
  const job = { target: 500, found: 0, done: 0, open: 0, workerCount: 25 };
  it('begins with a slice for every 20 addresses', () => expect(countNextWave(job)).toBe(25));
  it('goes by what a slice has led to', () => {
    expect(countNextWave({ ...job, done: 25, found: 250 })).toBe(25);
    expect(countNextWave({ ...job, done: 25, found: 490 })).toBe(1);
    expect(countNextWave({ ...job, done: 10, found: 400, open: 1 })).toBe(2);
  });
  it('waits for what is being read where that may suffice, or is most of what may run', () => {
    expect(countNextWave({ ...job, done: 20, found: 400, open: 5 })).toBe(0);
    expect(countNextWave({ ...job, done: 1, found: 0, open: 20 })).toBe(0);
  });
  it('goes on where nothing has been found, within the workers of the job', () => {
    expect(countNextWave({ ...job, done: 25 })).toBe(25);
    expect(countNextWave({ ...job, target: 1, workerCount: 1 })).toBe(1);
  });
});
