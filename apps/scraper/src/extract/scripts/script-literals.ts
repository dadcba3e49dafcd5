/** What a literal must hold to be looked at as a text: an address as it stands, or with its at-sign escaped. */
const ADDRESS = /[\w.+'-](?:@|%40|\\u0040|\\x40)(?!\dx\.)[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[a-z]{2}/i;
const ESCAPED_AT = /\\u0040|\\x40|%40/i;
/** A literal that is a whole URL with a name in it or a key with its host (a Sentry DSN), or a package with its version. */
const OTHER = /^[a-z][a-z+.-]{1,20}:\/\/[^/\s@]{1,200}@[^\s<]{1,500}$|^[\da-f]{16,64}@|^@?[\w./-]{1,100}@[~^]?\d/i;
const MAX_TEXT_CHARS = 16 * 1024;
/** Around an at-sign of a longer literal. */
const WINDOW_CHARS = 200;
/** Longer ones are no regular expressions: what is none is read again from its second character on. */
const MAX_REGEX_CHARS = 1000;
/** Slashes that looked like the begin of one and were none; code has few, an attack has a million. */
const MAX_FAILED_SCANS = 200;
/** Before a slash that begins a regular expression. */
const BEFORE_REGEX = /[(,=:[!&|?{};+\-*%<>~^]$|^$|\b(?:return|typeof|case|in|of)$/;
const SIMPLE_ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', 0: '\0' };

/**
 * The texts in quotes in a piece of JavaScript or JSON that hold an address, without their escapes. One pass over the
 * characters (4 ms for 1 MB), and none where the code has no at-sign; comments and regular expressions are skipped.
 */
export function readLiterals(code: string, maxTexts: number): string[] {
  const texts: string[] = [];
  const scans = { left: MAX_FAILED_SCANS };
  if (!code.includes('@') && !ESCAPED_AT.test(code)) return texts;
  for (let at = 0; at < code.length && texts.length < maxTexts;) {
    const end = skip(code, at, scans);
    if (isQuote(code.charCodeAt(at)) && end - at > 7) texts.push(...textsOf(code.slice(at + 1, end - 1)));
    at = end;
  }
  return texts;
}

/** The end of the token that begins here: a literal, a comment, a regular expression, or one character. */
function skip(code: string, at: number, scans: { left: number }): number {
  const unit = code.charCodeAt(at);
  if (isQuote(unit)) return endOfLiteral(code, at, unit);
  if (unit !== 47) return at + 1;
  const next = code.charCodeAt(at + 1);
  if (next === 47) return endOr(code, code.indexOf('\n', at + 2), 0);
  if (next === 42) return endOr(code, code.indexOf('*/', at + 2), 2);
  if (scans.left === 0 || !BEFORE_REGEX.test(code.slice(Math.max(0, at - 12), at).trimEnd())) return at + 1;
  const end = endOfRegex(code, at);
  if (end === at + 1) scans.left -= 1;
  return end;
}

function isQuote(unit: number): boolean {
  return unit === 34 || unit === 39 || unit === 96;
}

function endOr(code: string, found: number, length: number): number {
  return found === -1 ? code.length : found + length;
}

/** Behind the closing quote; a line break ends what is no literal. */
function endOfLiteral(code: string, start: number, quote: number): number {
  for (let at = start + 1; at < code.length; at++) {
    const unit = code.charCodeAt(at);
    if (unit === 92) at++;
    else if (unit === quote) return at + 1;
    else if (unit === 10 && quote !== 96) return at + 1;
  }
  return code.length;
}

function endOfRegex(code: string, start: number): number {
  let inClass = false;
  const limit = Math.min(code.length, start + MAX_REGEX_CHARS);
  for (let at = start + 1; at < limit; at++) {
    const unit = code.charCodeAt(at);
    if (unit === 92) at++;
    else if (unit === 10) return start + 1;
    else if (unit === 91) inClass = true;
    else if (unit === 93) inClass = false;
    else if (unit === 47 && !inClass) return at + 1;
  }
  return start + 1;
}

function textsOf(raw: string): string[] {
  if (!raw.includes('@') && !ESCAPED_AT.test(raw)) return [];
  if (raw.length <= MAX_TEXT_CHARS) return textOf(raw);
  const windows: string[] = [];
  for (let at = raw.indexOf('@'); at !== -1 && windows.length < 50; at = raw.indexOf('@', at + WINDOW_CHARS))
    windows.push(raw.slice(Math.max(0, at - WINDOW_CHARS), at + WINDOW_CHARS));
  return windows.flatMap(textOf);
}

function textOf(raw: string): string[] {
  const text = unescapeLiteral(raw);
  return ADDRESS.test(text) && !OTHER.test(text) ? [text] : [];
}

function unescapeLiteral(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(
    /\\(?:u\{([\da-f]{1,6})\}|u([\da-f]{4})|x([\da-f]{2})|([^]))/gi,
    (whole, point?: string, unit?: string, byte?: string, other?: string) => {
      if (other !== undefined) return SIMPLE_ESCAPES[other] ?? other;
      const code = parseInt(point ?? unit ?? byte ?? '', 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
