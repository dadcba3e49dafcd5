import { describe, expect, it } from 'vitest';
import { TrapGuard } from './trap-guard.js';

const ORIGIN = 'https://a.example';
let fingerprints = 0;

function url(path: string): URL {
  return new URL(path.startsWith('http') ? path : ORIGIN + path);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number + 1);
}

/** How many of these links a new guard lets wait, and how many of those behind all others. */
function admitted(paths: string[], isPromising = false): { now: number; last: number } {
  const guard = new TrapGuard();
  const verdicts = paths.map((path) => guard.admitLink(url(path), isPromising));
  return { now: verdicts.filter((v) => v === 'now').length, last: verdicts.filter((v) => v === 'last').length };
}

const fresh = (newAddresses = 0) => ({ fingerprint: `f${(fingerprints += 1)}`, newAddresses });
const same = { fingerprint: 'same', newAddresses: 0 };

describe('TrapGuard', () => {
  it.each([
    ['a calendar by parameter', numbers(100).map((day) => `/calendar?date=2024-01-${day}`)],
    ['a calendar by parameters', numbers(100).map((month) => `/events.php?month=${month}&year=2030`)],
    ['a calendar by path', numbers(100).map((day) => `/termine/2024/1/${(day % 28) + 1}`)],
    ['weeks', numbers(100).map((week) => `/plan/2024-W${week % 50}`)],
    ['filters', numbers(100).map((price) => `/shop?colour=red&price=${price}`)],
    [
      'combinations of filters',
      ['size', 'color', 'brand', 'price', 'sort', 'rating'].flatMap((a, i, all) =>
        all.slice(i).map((b) => `/shop?${a}=1&${b}=2`),
      ),
    ],
    ['filters on pages', numbers(100).map((page) => `/shop?page=${page}&sort=price`)],
  ])('lets four pages of %s wait', (_, paths) => {
    expect(admitted(paths)).toEqual({ now: 4, last: 0 });
  });

  it.each([
    ['numbered pages', numbers(50).map((page) => `/page-${page}.html`)],
    ['pages of an old CMS', numbers(50).map((id) => `/index.php?id=${id}`)],
    ['pagination', numbers(50).map((page) => `/blog?page=${page}`)],
    [
      'pages by UUID',
      numbers(50).map(
        (page) => `/p/${String(page).padStart(8, 'a')}-${'abcdef'[page % 6]}b1c-4d2e-8f3a-${page % 10}bcdefabcdef`,
      ),
    ],
    ['pages by hash', numbers(50).map((page) => `/p/${(page * 7_654_321).toString(16).padStart(12, 'a0')}`)],
    [
      'paths that grow',
      numbers(12).map(
        (page) =>
          `/${'abcdefghijkl'
            .slice(page - 1)
            .concat('xyz')
            .split('')
            .slice(0, 4)
            .join('/')}/e/f/g/h/i`,
      ),
    ],
  ])('lets four of %s wait among the others and the rest behind them', (_, paths) => {
    expect(admitted(paths)).toEqual({ now: 4, last: paths.length - 4 });
  });

  it('does not hold back pages with names of their own', () => {
    const paths = [
      '/a',
      '/b',
      '/team/anna',
      '/team/bert',
      '/team/carl',
      '/team/dora',
      '/team/emil',
      '/facade',
      '/decade',
    ];
    expect(admitted(paths)).toEqual({ now: paths.length, last: 0 });
  });

  it('lets far more links wait that promise an address, but not all that a server can make', () => {
    const { now } = admitted(
      numbers(1000).map((office) => `/office/${office}/contact`),
      true,
    );
    expect(now).toBe(40);
    const slugs = numbers(1000).map(
      (number) => `/contact-${number.toString(36).replace(/\d/g, 'x')}${'y'.repeat(number % 50)}`,
    );
    expect(admitted(slugs, true).now).toBe(200);
  });

  it('visits a shape that brings addresses for as long as there is one', () => {
    const guard = new TrapGuard();
    const person = (number: number): URL => url(`/person/${number}`);
    for (const number of numbers(300)) {
      expect(guard.admitVisit(person(number), false)).toBe(true);
      guard.notePage(person(number), fresh(1));
    }
    expect(guard.admitLink(person(301), false)).toBe('now');
  });

  it('visits fifty pages of a shape that brings none', () => {
    const guard = new TrapGuard();
    const visits = numbers(100).filter((number) => {
      const isVisited = guard.admitVisit(url(`/item/${number}`), false);
      if (isVisited) guard.notePage(url(`/item/${number}`), fresh());
      return isVisited;
    });
    expect(visits).toHaveLength(50);
  });

  it('visits five hosts besides the seeds, and more where they bring addresses', () => {
    const guard = new TrapGuard();
    guard.addSeedHost('a.example');
    const visit = (host: string, addresses: number): boolean => {
      const home = url(`https://${host}/`);
      if (!guard.admitVisit(home, false)) return false;
      guard.notePage(home, fresh(addresses));
      return true;
    };
    expect(numbers(20).filter((n) => visit(`rich${n}.a.example`, 1))).toHaveLength(20);
    expect(numbers(20).filter((n) => visit(`poor${n}.a.example`, 0))).toHaveLength(5);
    expect([visit('www.a.example', 0), visit('poor1.a.example', 0), visit('www.poor1.a.example', 0)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(visit('rich1.a.example', 0)).toBe(true);
  });

  it('follows the links of eight pages that say the same, and of any that has an address of its own', () => {
    const guard = new TrapGuard();
    const follows = numbers(10).map((number) => guard.notePage(url(`/${'x'.repeat(number)}`), same));
    expect(follows).toEqual([...Array<boolean>(8).fill(true), false, false]);
    expect(guard.notePage(url('/c'), { ...same, newAddresses: 1 })).toBe(true);
    for (const number of numbers(9)) {
      expect(guard.notePage(url(`/${'y'.repeat(number)}`), { fingerprint: '', newAddresses: 0 })).toBe(true);
    }
  });

  it('gives up a shape after twelve repetitions, and none of the others', () => {
    const guard = new TrapGuard();
    for (const number of numbers(13)) {
      expect(guard.admitVisit(url(`/cal/${number}`), false)).toBe(true);
      guard.notePage(url(`/cal/${number}`), same);
    }
    expect(guard.admitVisit(url('/cal/99'), false)).toBe(false);
    expect(guard.admitVisit(url('/shop/6'), false)).toBe(true);
    expect(guard.admitVisit(url('/cal/99'), true)).toBe(true);
  });

  it('gives up a site that answers everything with one page, its best links last', () => {
    const guard = new TrapGuard();
    const visit = (path: string, isPromising: boolean): boolean => {
      if (!guard.admitVisit(url(path), isPromising)) return false;
      guard.notePage(url(path), same);
      return true;
    };
    expect(numbers(40).filter((number) => visit(`/${'x'.repeat(number)}/y`, false))).toHaveLength(21);
    expect(numbers(20).filter((number) => visit(`/${'x'.repeat(number)}/contact`, true))).toHaveLength(4);
    guard.notePage(url('/news'), fresh());
    expect(guard.admitVisit(url('/other/page'), false)).toBe(true);
  });
});
