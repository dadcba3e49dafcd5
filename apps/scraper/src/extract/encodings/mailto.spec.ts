import { describe, expect, it } from 'vitest';
import { isMailto, readMailto } from './mailto.js';

describe('readMailto', () => {
  it.each([
    ['mailto:info@quay.de', ['info@quay.de']],
    ['MAILTO:info@quay.de', ['info@quay.de']],
    [' mailto: info@quay.de ', ['info@quay.de']],
    ['mailto://info@quay.de', ['info@quay.de']],
    ['mailto:mailto:info@quay.de', ['info@quay.de']],
    ['http://mailto:info@quay.de', ['info@quay.de']],
    ['mail to:info@quay.de', ['info@quay.de']],
    ['mailto%3Ainfo@quay.de', ['info@quay.de']],
    ['mailto:%69nfo%40quay.de', ['info@quay.de']],
    ['mailto:info%2540quay.de', ['info@quay.de']],
    ['mailto:%20info@quay.de', ['info@quay.de']],
    ['mailto:info%20@%20quay.de', ['info@quay.de']],
    ['mailto:info@quay.de?subject=Hi&body=ann@quay.de', ['info@quay.de']],
    ['mailto:info@quay.de?subject=Hi?body=ann@quay.de', ['info@quay.de']],
    ['mailto:info@quay.de&subject=ann@quay.de', ['info@quay.de']],
    ['mailto:info@quay.de%3Fsubject=ann@quay.de', ['info@quay.de']],
    ['mailto:a@quay.de,b@quay.de;%20c@quay.de', ['a@quay.de', 'b@quay.de', 'c@quay.de']],
    ['mailto:a@quay.de?cc=b@quay.de&amp;BCC=c%40quay.de', ['a@quay.de', 'b@quay.de', 'c@quay.de']],
    ['mailto:?to=a@quay.de,b@quay.de', ['a@quay.de', 'b@quay.de']],
    ['mailto:Ann%20Bo%20%3Ca@quay.de%3E', ['a@quay.de']],
    ['mailto:"Quay, Ann" <a@quay.de>', ['a@quay.de']],
    ["mailto:'a@quay.de'", ['a@quay.de']],
    ["mailto:sean.o'brien@quay.de", ["sean.o'brien@quay.de"]],
    ['mailto:%22ann%20bo%22@quay.de', ['"ann bo"@quay.de']],
    ['mailto:a@quay.de.', ['a@quay.de']],
    ['mailto:a@quay.de/', ['a@quay.de']],
    ['mailto:a@quay.de"', ['a@quay.de']],
    ['mailto:a@quay.de>', ['a@quay.de']],
    ['mailto:a+b@quay.de', ['a+b@quay.de']],
    ['mailto:a&#x40;quay.de', ['a@quay.de']],
    ['mailto:a&#64;quay&#46;de', ['a@quay.de']],
    ['mailto:a&commat;quay.de?cc=b&#64;quay.de', ['a@quay.de', 'b@quay.de']],
    ['mailto:a\\u0040quay.de', ['a@quay.de']],
    ['mailto:info(at)quay.de', ['info(at)quay.de']],
    ['mailto:info%20[at]%20quay.de?subject=x', ['info [at] quay.de']],
    ['mailto:?subject=Look&body=https://quay.de/?a@b.de', []],
    ['mailto:', []],
    ['mailto:#', []],
    ['mailto:@quay.de', []],
    ['mailto:%', []],
  ])('reads %s', (href, recipients) => {
    expect(isMailto(href)).toBe(true);
    expect(readMailto(href)).toEqual(recipients);
  });

  it.each(['https://quay.de/mailto', 'tel:+49', 'javascript:mailto(1)', 'info@quay.de', '#mailto:'])(
    'knows that %s is none',
    (href) => {
      expect(isMailto(href)).toBe(false);
    },
  );

  it('reads at most a hundred', () => {
    expect(readMailto(`mailto:${'a@quay.de,'.repeat(500)}`)).toHaveLength(100);
  });
});
