import { describe, expect, it } from 'vitest';
import { parseAddress } from '#common/domain/address.js';
import { FindingSet } from './finding-set.js';

const spot = (text: string) => ({ text, start: 0, end: text.length });
const add = (set: FindingSet, text: string, ...rest: ['text' | 'mailto', ('honeypot' | 'placeholder')[]?]): void =>
  set.add(parseAddress(text)!, rest[0], spot(text), rest[1] ?? []);

describe('FindingSet', () => {
  it('holds the spellings of one mailbox once: as first spelled, by the best method', () => {
    const set = new FindingSet();
    add(set, 'Anna.Smith@gmail.com', 'text');
    add(set, 'annasmith+site@googlemail.com', 'mailto');
    add(set, 'anna.smith@mill.org', 'text');
    expect(set.list().map(({ address, method }) => [address.address, method])).toEqual([
      ['Anna.Smith@gmail.com', 'mailto'],
      ['anna.smith@mill.org', 'text'],
    ]);
  });

  it('counts an address that one of its spellings shows to readers', () => {
    const set = new FindingSet();
    add(set, 'anna.s@gmail.com', 'text', ['honeypot']);
    expect(set.list()[0]?.flags).toEqual(['honeypot']);
    add(set, 'annas@gmail.com', 'text');
    expect(set.list().map(({ flags }) => flags)).toEqual([[]]);
  });
});
