import { describe, expect, it } from 'vitest';
import { FillRamp } from './fill-ramp.js';

describe('FillRamp', () => {
  it('fills idle slots over a second, then holds nothing back', () => {
    let now = 0;
    const ramp = new FillRamp(() => now);
    expect(ramp.limit(75, 60, 0)).toBe(6);
    now = 150;
    expect(ramp.limit(69, 60, 6)).toBe(6);
    now = 500;
    expect(ramp.limit(63, 60, 12)).toBe(24);
    expect(ramp.isFilling()).toBe(true);
    now = 1000;
    expect(ramp.limit(39, 60, 36)).toBe(39);
    expect(ramp.isFilling()).toBe(false);
  });

  it('starts again only when nothing is in flight', () => {
    let now = 0;
    const ramp = new FillRamp(() => now);
    ramp.limit(75, 60, 0);
    now = 5000;
    expect(ramp.limit(20, 60, 55)).toBe(20);
    expect(ramp.limit(75, 60, 0)).toBe(6);
  });
});
