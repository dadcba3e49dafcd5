import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashMailbox } from '#common/domain/address.js';
import { BloomFilter } from './bloom-filter.js';
import { StoredAddresses, StoredInJob } from './stored-addresses.js';

const hashes = (count: number, domain: string): Buffer[] =>
  Array.from({ length: count }, (_, i) => hashMailbox(`p${i}@${domain}`));
const [KEY] = hashes(1, 'mill.org') as [Buffer];

describe('BloomFilter', () => {
  it('knows all it holds, and takes few others for its own', () => {
    const filter = new BloomFilter();
    const held = hashes(100_000, 'mill.org');
    for (const hash of held) filter.add(hash);
    expect(held.every((hash) => filter.has(hash))).toBe(true);
    const falseHits = hashes(20_000, 'other.org').filter((hash) => filter.has(hash)).length;
    // 7 probes in 10.5 bits a key: 0.7 %.
    expect(falseHits / 20_000).toBeGreaterThan(0.004);
    expect(falseHits / 20_000).toBeLessThan(0.011);
  });

  it('starts anew when it is full', () => {
    const filter = new BloomFilter(1024, 10);
    const held = hashes(11, 'mill.org');
    for (const hash of held) filter.add(hash);
    expect(held.map((hash) => filter.has(hash))).toEqual([...Array<boolean>(10).fill(false), true]);
  });
});

describe('StoredInJob', () => {
  it('spares an address that was committed twice, with the places it has', () => {
    const stored = new StoredInJob();
    expect(stored.placesOf(KEY)).toBe(0);
    stored.note(KEY, 1);
    expect(stored.placesOf(KEY)).toBe(0);
    stored.note(KEY, 2);
    expect(stored.placesOf(KEY)).toBe(2);
    stored.note(KEY, 10);
    expect(stored.placesOf(KEY)).toBe(10);
  });

  it('spares nothing on the word of the filter alone', () => {
    const filter = new BloomFilter();
    filter.add(KEY);
    expect(filter.has(KEY)).toBe(true);
    expect(new StoredInJob(filter).placesOf(KEY)).toBe(0);
  });

  it('loses no address: with a filter that is nearly always wrong, and with entries that hardly last', () => {
    const flush = fc.record({
      addresses: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 12 }),
      isCommitted: fc.boolean(),
    });
    const shape = fc.record({ bits: fc.constantFrom(32, 1024), capacity: fc.integer({ min: 1, max: 40 }) });
    const universe = hashes(31, 'mill.org');
    fc.assert(
      fc.property(fc.array(flush, { maxLength: 60 }), shape, fc.integer({ min: 1, max: 8 }), (flushes, filter, max) => {
        const stored = new StoredInJob(new BloomFilter(filter.bits, filter.capacity), max);
        const places = new Map<number, number>();
        const seen = new Map<number, number>();
        for (const { addresses, isCommitted } of flushes) {
          const sent = addresses.filter((address) => stored.placesOf(universe[address]!) < 10);
          for (const address of addresses) {
            expect(stored.placesOf(universe[address]!)).toBeLessThanOrEqual(places.get(address) ?? 0);
          }
          // A flush that fails is sent again later, whole; here: never.
          if (!isCommitted) continue;
          for (const address of addresses) seen.set(address, (seen.get(address) ?? 0) + 1);
          for (const address of sent) places.set(address, Math.min(10, (places.get(address) ?? 0) + 1));
          for (const address of sent) stored.note(universe[address]!, places.get(address)!);
        }
        expect(places).toEqual(new Map([...seen].map(([address, times]) => [address, Math.min(10, times)])));
      }),
    );
  });
});

describe('StoredAddresses', () => {
  it('keeps jobs apart, and the last twenty', () => {
    const stored = new StoredAddresses();
    for (let places = 1; places <= 2; places++) stored.ofJob('job-0').note(KEY, places);
    expect(stored.ofJob('job-0').placesOf(KEY)).toBe(2);
    expect(stored.ofJob('job-1').placesOf(KEY)).toBe(0);
    for (let job = 2; job <= 20; job++) stored.ofJob(`job-${job}`);
    expect(stored.ofJob('job-0').placesOf(KEY)).toBe(0);
  });

  it('forgets a job that is dropped', () => {
    const stored = new StoredAddresses();
    for (let places = 1; places <= 2; places++) stored.ofJob('job').note(KEY, places);
    stored.drop('job');
    expect(stored.ofJob('job').placesOf(KEY)).toBe(0);
  });
});
