import { describe, expect, it } from 'vitest';
import { braveLocale } from './brave-locale.js';
import { googleLocale } from './google-locale.js';

const request = (country?: string, language?: string) => ({ query: 'mills', page: 0, country, language });

describe('googleLocale', () => {
  it.each([
    ['DE', 'de', { gl: 'de', hl: 'de' }],
    ['GB', 'en-GB', { gl: 'uk', hl: 'en' }],
    ['br', 'pt-BR', { gl: 'br', hl: 'pt-br' }],
    ['CN', 'zh', { gl: 'cn', hl: 'zh-cn' }],
    ['TW', 'zh-Hant', { gl: 'tw', hl: 'zh-tw' }],
    ['IL', 'he', { gl: 'il', hl: 'iw' }],
    ['NO', 'nb-NO', { gl: 'no', hl: 'no' }],
    [undefined, 'fr', { hl: 'fr' }],
    ['FR', undefined, { gl: 'fr' }],
    [undefined, undefined, {}],
  ])('writes %s, %s as %o', (country, language, locale) => {
    expect(googleLocale(request(country, language))).toEqual(locale);
  });
});

describe('braveLocale', () => {
  it.each([
    ['de', 'de', { country: 'DE', search_lang: 'de' }],
    ['gb', 'en-GB', { country: 'GB', search_lang: 'en-gb' }],
    ['AT', 'de-AT', { country: 'AT', search_lang: 'de' }],
    ['JP', 'ja', { country: 'JP', search_lang: 'jp' }],
    ['BR', 'pt-BR', { country: 'BR', search_lang: 'pt-br' }],
    ['PT', 'pt', { country: 'PT', search_lang: 'pt-pt' }],
    ['TW', 'zh-TW', { country: 'TW', search_lang: 'zh-hant' }],
    ['CZ', 'cs', { country: 'ALL', search_lang: 'cs' }],
    ['IE', 'ga', { country: 'ALL' }],
    [undefined, undefined, {}],
  ])('writes %s, %s as %o', (country, language, locale) => {
    expect(braveLocale(request(country, language))).toEqual(locale);
  });
});
