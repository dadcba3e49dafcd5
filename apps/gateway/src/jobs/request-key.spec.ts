import { describe, expect, it } from 'vitest';
import { canonicalJson, readRequestKey } from './request-key.js';

describe('canonicalJson', () => {
  it('does not depend on the order of keys, at any depth', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
  });

  it('depends on the order of lists and on every value', () => {
    const texts = [[1, 2], [2, 1], [1, '2'], { 0: 1, 1: 2 }, null].map(canonicalJson);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('readRequestKey', () => {
  it('tells keys apart by case', () => {
    expect(readRequestKey('abc', {})?.keyHash).not.toEqual(readRequestKey('ABC', {})?.keyHash);
  });

  it.each(['a', 'a b', 'x'.repeat(255), '"8e03978e"'])('takes %s', (key) => {
    expect(readRequestKey(key, {})).not.toBeNull();
  });

  it.each(['', ' ', 'a\tb', 'x'.repeat(256), 'é'])('refuses "%s"', (key) => {
    expect(() => readRequestKey(key, {})).toThrow('1 to 255');
  });
});
