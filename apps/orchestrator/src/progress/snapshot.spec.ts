import { describe, expect, it } from 'vitest';
import { percentOf, RateWindow } from './snapshot.js';

describe('percentOf', () => {
  const job = { sitesDone: 0, sitesTotal: 100, emails: 0, target: null, before: 0 };
  it('follows the sites, or the target where that is nearer', () => {
    expect(percentOf({ ...job, sitesDone: 40 })).toBe(40);
    expect(percentOf({ ...job, sitesDone: 10, emails: 25, target: 50 })).toBe(50);
  });
  it('never falls, and is not 100 before the job has ended', () => {
    expect(percentOf({ ...job, sitesDone: 10, before: 30 })).toBe(30);
    expect(percentOf({ ...job, sitesDone: 100 })).toBe(99);
    expect(percentOf({ ...job, sitesTotal: 0 })).toBe(0);
  });
});

describe('RateWindow', () => {
  const window = (...samples: [at: number, emails: number, sites: number][]): RateWindow => {
    const rates = new RateWindow();
    for (const [at, emails, sites] of samples) rates.add({ at, emails, sites });
    return rates;
  };
  it('gives no ETA before ten seconds of rate', () => {
    const rates = window([0, 0, 0], [5000, 10, 5]);
    expect(rates.emailsPerSecond()).toBe(2);
    expect(rates.etaSeconds({ sitesTotal: 100, target: null })).toBeNull();
  });
  it('looks back ten seconds, and takes the nearer end', () => {
    const rates = window([0, 0, 0], [10_000, 1000, 10], [20_000, 1100, 20]);
    expect(rates.emailsPerSecond()).toBe(10);
    expect(rates.etaSeconds({ sitesTotal: 100, target: null })).toBe(80);
    expect(rates.etaSeconds({ sitesTotal: 100, target: 1150 })).toBe(5);
  });
  it('gives no ETA while nothing moves', () => {
    expect(window([0, 0, 0], [10_000, 0, 0]).etaSeconds({ sitesTotal: 10, target: null })).toBeNull();
  });
});
