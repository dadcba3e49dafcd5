import { describe, expect, it } from 'vitest';
import type { SiteInput } from '#common/domain/site.js';
import { InputWindow } from './input-window.js';
import { LineSplitter } from './line-splitter.js';

describe('LineSplitter', () => {
  const split = (parts: string[], maxBytes = 5): (string | null)[] => {
    const splitter = new LineSplitter(maxBytes);
    const lines = parts.flatMap((part) => [...splitter.push(Buffer.from(part))]);
    return [...lines, ...splitter.end()].map((line) => line?.toString() ?? null);
  };

  it.each<[string, string[], (string | null)[]]>([
    ['whole lines', ['a\nb\n'], ['a', 'b']],
    ['a last line without end', ['a\nb'], ['a', 'b']],
    ['lines in pieces', ['a', 'b\nc', '', 'd', '\n', 'e'], ['ab', 'cd', 'e']],
    ['empty lines', ['\n\na\n'], ['', '', 'a']],
    ['nothing', [], []],
    ['a line of the greatest length', ['abcde\n'], ['abcde']],
    ['a longer one, and the next', ['abcdef\ng\n'], [null, 'g']],
    ['a longer one in pieces', ['abc', 'def', 'ghi\nj'], [null, 'j']],
    ['a longer one at the end', ['a\nbcdefg'], ['a', null]],
  ])('cuts %s', (_, parts, lines) => expect(split(parts)).toEqual(lines));
});

describe('InputWindow', () => {
  const site = (host: string, path = ''): SiteInput => ({ host, url: `https://${host}/${path}` });

  it('gives back what it got, by host, those of one host in their order', () => {
    const window = new InputWindow();
    const sites = [site('c.example', '2'), site('a.example:8080'), site('c.example', '1'), site('b.example')];
    for (const one of sites) window.add(one);
    expect([...window.drain(3)]).toEqual([[sites[1], sites[3], sites[0]], [sites[2]]]);
    expect([...window.drain(3)]).toEqual([]);
    window.add(sites[3] as SiteInput);
    expect([...window.drain(3)]).toEqual([[sites[3]]]);
  });

  it('is full before the longest lines overflow it', () => {
    const window = new InputWindow();
    const longest = site(`${'h'.repeat(253)}:12345`, 'x'.repeat(2048 - 8 - 260));
    let lines = 0;
    for (; !window.isFull; lines++) window.add(longest);
    const batches = [...window.drain(lines)];
    expect(batches[0]?.at(-1)).toEqual(longest);
    expect(batches).toHaveLength(1);
  });
});
