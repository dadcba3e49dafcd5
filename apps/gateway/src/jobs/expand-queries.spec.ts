import { describe, expect, it } from 'vitest';
import { expandQueries } from './expand-queries.js';

describe('expandQueries', () => {
  const lists = { city: ['Berlin', 'Bonn'], trade: ['dentist', 'vet'] };
  it('puts every value in the place of its name, and combines several', () => {
    expect(expandQueries(['{trade} {city}', 'vet Berlin'], lists)).toEqual([
      'dentist Berlin',
      'dentist Bonn',
      'vet Berlin',
      'vet Bonn',
    ]);
  });
  it('takes values as they are, also those that look like a name or a pattern', () => {
    expect(expandQueries(['a {x} {x}'], { x: ['{x}', '$&'] })).toEqual(['a {x} {x}', 'a $& $&']);
  });
  it('names what does not fit', () => {
    expect(() => expandQueries(['{town}'], lists)).toThrow('name {town}, but lists has no "town"');
    expect(() => expandQueries(['{city}'], lists)).toThrow('do not use the list "trade"');
    expect(() => expandQueries(['{constructor}'])).toThrow('lists has no "constructor"');
  });
  it('refuses queries that come to more than 400 characters before it makes them', () => {
    const values = Array.from({ length: 4500 }, (_, i) => String(i).padStart(200, 'x'));
    expect(() => expandQueries(['{a} {a}'], { a: values })).toThrow('more than 400 characters');
    expect(expandQueries(['{a} y'], { a: values.slice(0, 1) })[0]).toHaveLength(202);
  });
  it('refuses more than 10,000 before it makes them', () => {
    const many = Array.from({ length: 5000 }, (_, i) => String(i));
    expect(() => expandQueries(['{a} {b}'], { a: many, b: many })).toThrow('more than 10000');
  });
});
