import { describe, expect, it } from 'vitest';
import { depthOf } from './json-body.js';

describe('depthOf', () => {
  it.each([
    ['1', 0],
    ['""', 0],
    ['{}', 1],
    ['[{"a":[1]},[]]', 3],
    ['"[[["', 0],
    ['["\\"[[",[]]', 2],
    ['["\\\\",[]]', 2],
    ['{"a":"ü[","b":{}}', 2],
    [']]]][', 0],
    ['[[', 2],
  ])('of %s is %i', (json, depth) => {
    expect(depthOf(Buffer.from(json))).toBe(depth);
  });
});
