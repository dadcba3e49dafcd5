import type { SearchRequest } from './search-provider.js';

/** Languages of which Google knows only the variants, or which it knows by another code than BCP 47. */
const GOOGLE_CODES: Record<string, string> = {
  zh: 'zh-cn',
  'zh-hans': 'zh-cn',
  'zh-hant': 'zh-tw',
  'zh-hk': 'zh-tw',
  he: 'iw',
  nb: 'no',
  fil: 'tl',
  jv: 'jw',
};
const VARIANTS = new Set(['zh-cn', 'zh-tw', 'pt-br', 'pt-pt', 'es-419']);

/** `gl` (country) and `hl` (language) as Google's own search, and whoever resells it, takes them. */
export function googleLocale({ country, language }: SearchRequest): { gl?: string; hl?: string } {
  const gl = country?.toLowerCase();
  return {
    ...(gl === undefined ? {} : { gl: gl === 'gb' ? 'uk' : gl }),
    ...(language === undefined ? {} : { hl: googleLanguage(language.toLowerCase()) }),
  };
}

function googleLanguage(language: string): string {
  if (VARIANTS.has(language)) return language;
  const [primary = language] = language.split('-');
  return GOOGLE_CODES[language] ?? GOOGLE_CODES[primary] ?? primary;
}
