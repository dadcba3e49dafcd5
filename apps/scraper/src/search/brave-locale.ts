import type { SearchRequest } from './search-provider.js';

/** What `country` takes (https://api-dashboard.search.brave.com/app/documentation/web-search/codes), ALL left out. */
const COUNTRIES = new Set(
  'AR AU AT BE BR CA CL DK FI FR DE GR HK IN ID IT JP KR MY MX NL NZ NO CN PL PT PH RU SA ZA ES SE CH TW TR GB US'.split(
    ' ',
  ),
);
/** What `search_lang` takes. */
const LANGUAGES = new Set(
  (
    'ar eu bn bg ca zh-hans zh-hant hr cs da nl en en-gb et fi fr gl de el gu he hi hu is it jp kn ko lv lt ms ml mr ' +
    'nb pl pt-br pt-pt pa ro ru sr sk sl es sv ta te th tr uk vi'
  ).split(' '),
);
/** Languages that Brave knows by another code than BCP 47. */
const BRAVE_CODES: Record<string, string> = {
  ja: 'jp',
  no: 'nb',
  pt: 'pt-pt',
  zh: 'zh-hans',
  'zh-tw': 'zh-hant',
  'zh-hk': 'zh-hant',
};

/**
 * `country` and `search_lang`. Brave refuses a request with a value that it does not know, and takes the United States
 * and English where none is given: for other countries all of them are asked for, and other languages are left out.
 */
export function braveLocale({ country, language }: SearchRequest): { country?: string; search_lang?: string } {
  const code = country?.toUpperCase();
  const lang = language === undefined ? undefined : braveLanguage(language.toLowerCase());
  return {
    ...(code === undefined ? {} : { country: COUNTRIES.has(code) ? code : 'ALL' }),
    ...(lang === undefined ? {} : { search_lang: lang }),
  };
}

function braveLanguage(language: string): string | undefined {
  const [primary = language] = language.split('-');
  return [language, primary].map((code) => BRAVE_CODES[code] ?? code).find((code) => LANGUAGES.has(code));
}
