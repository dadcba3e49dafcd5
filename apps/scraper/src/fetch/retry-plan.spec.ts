import { describe, expect, it } from 'vitest';
import { FetchError } from './fetch-error.js';
import { parseRetryAfter, RetryPlan } from './retry-plan.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

describe('parseRetryAfter', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['99999999999', 600_000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Thursday, 01-Jan-26 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['Fri, 01 Jan 2027 00:00:00 GMT', 600_000],
    ['-1', null],
    ['1.5', null],
    ['5 minutes', null],
    ['tomorrow', null],
    ['', null],
    [undefined, null],
  ])('reads %j as %j', (header, expected) => {
    expect(parseRetryAfter(header, NOW)).toBe(expected);
  });
});

describe('RetryPlan', () => {
  const fault = (errno: string): FetchError =>
    new FetchError('dns', 'http://a.example/', 'x', { cause: Object.assign(new Error('x'), { code: errno }) });

  it('doubles the wait, about', () => {
    const plan = new RetryPlan(500);
    const [first, second] = [plan.waitAfter(fault('EAI_AGAIN')), plan.waitAfter(fault('ESERVFAIL'))];
    expect([first >= 375 && first <= 625, second >= 750 && second <= 1250]).toEqual([true, true]);
    expect(() => plan.waitAfter(fault('ETIMEOUT'))).toThrow(FetchError);
  });

  it('takes a name that does not exist as final', () => {
    expect(() => new RetryPlan(1).waitAfter(fault('ENOTFOUND'))).toThrow(FetchError);
  });
});
