import { describe, expect, it } from 'vitest';
import { saysNoindex } from './robots-tag.js';

describe('saysNoindex', () => {
  it.each([
    [['noindex'], true],
    [['nofollow, NOINDEX'], true],
    [['none'], true],
    [['nofollow'], false],
    [['all', 'noindex'], true],
    [['gleaner: noindex'], true],
    [['Gleaner: nofollow, noindex'], true],
    [['otherbot: noindex, nofollow'], false],
    [['otherbot: nofollow', 'noindex'], true],
    [['otherbot: noindex, gleaner: none'], true],
    [['unavailable_after: 25 Jun 2010 15:00:00 PST, noindex'], true],
    [['max-snippet:20, noindex'], true],
    [['noindexed, nonesuch'], false],
    [[''], false],
    [[], false],
  ])('reads %j as %j', (lines, expected) => {
    expect(saysNoindex(lines)).toBe(expected);
  });
});
