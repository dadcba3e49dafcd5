/** Longer code is a library or an application: what it shows is not in the page for it to show. */
export const MAX_SCRIPT_CHARS = 64 * 1024;

/** An at-sign that is put between two parts: what stands right before it, and right behind. */
const AT_BEHIND_QUOTE = /["'`]\s?$/;
const NO_AT_SIGN = /^(?:context|type|id|graph|media|import|font-face|keyframes|charset|supports)\b/;
const QUOTE_BEHIND_AT = /^\s?["'`$]/;
/** A part of each of the expressions below: one search rules most code out. */
const TELLING =
  /@|%40|\\x40|\\u0040|\\u\{40|\\100|&#|commat|＠|[mM]ail|MAIL|lto:|kode|cloak|addy|bfusc|crypt|[rR]ot-?13|ROT13|[sS]pam|SPAM|fromC|odePoint|charCodeAt|atob|unescape|reverse|TextDecoder|decodeURI|eval\(|Function\(|bcdefghijklm|BCDEFGHIJKLM|nopqrstuvwxyz|!\[\]|\$=~\[\]/;
/** Code that writes one address is short; what is longer is an application, which may be called but is not asked. */
const MAX_BUILDER_CHARS = 16 * 1024;
/** At-signs looked at in one script; library code has more, and builds no address. */
const MAX_AT_SIGNS = 200;
/** An at-sign in an escape, and names of what writes addresses. */
const ESCAPED_AT = /%40|\\x40|\\u0040|\\u\{40\}|\\100(?!\d)|&#0{0,4}64\b|&#x0{0,4}40\b|&commat;|＠/i;
const WRITES_ADDRESS =
  /mailto|mail['"`]\s?\+\s?['"`]to|lto:|ma['"`]\s?\+\s?['"`]il|enkode|\bkode\b|cloak|\baddy|unobfuscat|deobfuscat|decode_?e?mail|decrypt|uncrypt|rot-?13|nospam|antispam/i;
/** What text is taken out of a cipher with; other scripts do so, too. */
const CIPHER_SOURCES = [
  /fromC(?:har|ode)(?:Code|Point)|charCodeAt|codePointAt|\batob\b|\bunescape\b|\.reverse\(|\["reverse"\]|TextDecoder/,
  /decodeURI(?:Component)?\(\s?["'`]/,
  /abcdefghijklm|ABCDEFGHIJKLM|nopqrstuvwxyz/,
  /\beval\(|\bFunction\(|\(!\[\]\+\[\]\)|\[\+!\+\[\]\]|\$=~\[\]/,
];
const CIPHER = new RegExp(CIPHER_SOURCES.map(({ source }) => source).join('|'));
/** A text taken apart into letters, and one with an at-sign in it. */
const TAKES_APART =
  /\.charAt\(|\w\[\w{1,12}(?:\.length)?(?:\s?-\s?[\w-]{1,9})?\]|\.reduce(?:Right)?\(|\.at\(|\.\.\.['"`]|\.split\(\s?(?:""|''|``)\s?\)/;
const HOLDS_AT = /["'`][^"'`\s]{1,64}@[^"'`\s]{3,100}["'`]/;
/** A text changed, and shown. */
const CHANGES_TEXT = /\.(?:replace|replaceAll|split|slice|substr|substring)\(/;
const SHOWS_TEXT =
  /document\.write|(?:inner|outer)HTML|textContent|innerText|\.href|insertAdjacent|\.append|\.html\(|\.text\(/;
/** Text that is not what it seems: an address in it may be one of a cipher. */
const TURNS_TEXT =
  /charAt|charCodeAt|codePointAt|\.reverse\(|\["reverse"\]|abcdefghijklm|ABCDEFGHIJKLM|\bkode\b|rot-?13|["'`]\s?\.(?:replace|split)\w{0,3}\(/i;
/** Scripts of others that are on every second page. */
const COMMON_SCRIPT =
  /_wpemojiSettings|wp-emoji|GoogleAnalyticsObject|googletagmanager|google-analytics|fbevents|connect\.facebook|_gaq\b|\b_paq\b|hotjar|clarity\.ms|NREUM|adsbygoogle|__CF\$cv|challenge-platform|cookiebot|OneTrust|elementorFrontendConfig|grecaptcha/;
const IMPORTS = /(?:^|[;\n])\s{0,20}import\s{0,9}[\w{*"']/;
const NO_CODE =
  /^\s{0,20}(?:(?:void\s?\(?\s?0\s?\)?|return\s(?:false|true)|false|true|null|undefined)?\s{0,9};?\s{0,9})$/;

/** Whether code looks as if it put an address together. Cheap: most code is ruled out by a search for characters. */
export function buildsAddress(code: string): boolean {
  if (code.length > MAX_BUILDER_CHARS || !TELLING.test(code)) return false;
  if (joinsAt(code) || ESCAPED_AT.test(code) || WRITES_ADDRESS.test(code))
    return !COMMON_SCRIPT.test(code) || /mailto|document\.write/.test(code);
  const isTakenApart = TAKES_APART.test(code) || (CHANGES_TEXT.test(code) && SHOWS_TEXT.test(code));
  const isCipher = CIPHER.test(code) || (code.includes('@') && isTakenApart && HOLDS_AT.test(code));
  return isCipher && !COMMON_SCRIPT.test(code);
}

function joinsAt(code: string): boolean {
  let at = code.indexOf('@');
  for (let seen = 0; at !== -1 && seen < MAX_AT_SIGNS; seen += 1) {
    const before = code.slice(Math.max(0, at - 2), at);
    const after = code.slice(at + 1, at + 14);
    if (AT_BEHIND_QUOTE.test(before) && !NO_AT_SIGN.test(after)) return true;
    if (QUOTE_BEHIND_AT.test(after) && /[\w.}-]$/.test(before)) return true;
    if (/[}\]>%]$/.test(before) && /^[{[<%]/.test(after)) return true;
    at = code.indexOf('@', at + 1);
  }
  return false;
}

/** Whether an address that stands in the code may have to be turned round, or its letters exchanged. */
export function turnsText(code: string): boolean {
  return TURNS_TEXT.test(code) && !COMMON_SCRIPT.test(code);
}

/** Whether code is one of those that many sites have from others. */
export function isCommon(code: string): boolean {
  return COMMON_SCRIPT.test(code);
}

/** Whether code may be needed by other code of its page. */
export function isRunnable(code: string): boolean {
  return code.length <= MAX_SCRIPT_CHARS && !NO_CODE.test(code) && !COMMON_SCRIPT.test(code) && !IMPORTS.test(code);
}
