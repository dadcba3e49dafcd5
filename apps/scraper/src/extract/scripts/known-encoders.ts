import { decodeBase64 } from '../encodings/base64.js';
import { reverseText, rot13 } from '../encodings/ciphers.js';
import { isKnownTld } from '../text/known-suffix.js';

const MAX_CODE_CHARS = 2000;
const MAX_CALLS = 4;
/** A call with nothing but literals in it. */
const CALL =
  /([\w$.]{1,60})\s{0,3}\(\s{0,9}((?:'[^'\n]{0,400}'|"[^"\n]{0,400}"|\[[^\][\n]{0,400}\]|this|[+-]?\d{1,4}|event|true|false|[,\s]){1,20})\)/g;
const ARGUMENT = /'([^'\n]{0,400})'|"([^"\n]{0,400})"|([+-]?\d{1,4})/g;
/** A function that says by its name that it is about mail: the names that templates and plug-ins use for it. */
const MAIL_NAME =
  /mail|\beml|enc_?m|spam|crypt|cloak|addy|kontakt|contact|decode|address|nospam|schreib|escribir|courriel|post/i;
/** Not a recipient, whatever their arguments look like. */
const OTHER_NAME =
  /track|gtag|^ga$|\bsend(?:Event)?$|event|push|valid|subscribe|newsletter|alert|require|import|query|log$|replace/i;
const TYPO3_NAME = /uncrypt|decryptchar/i;
const LOCAL = /^[a-z0-9](?:[\w.+-]{0,62}[a-z0-9])?$/i;
const DOMAIN = /^@?((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24})$/i;
const LABEL = /^@?([a-z0-9-]{2,63}(?:\.[a-z0-9-]{1,63}){0,3})$/i;
const TLD =
  /^\.?([a-z]{2,3}(?:\.[a-z]{2})?|info|name|shop|club|online|studio|email|cloud|swiss|bayern|berlin|tech|site|store|agency)$/i;
const ADDRESS = /^[a-z0-9][\w.+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}$/i;

/** TYPO3 moves a character within the range it is in: punctuation and digits, `@` and capitals, small letters. */
const TYPO3_RANGES: readonly (readonly [number, number])[] = [
  [0x2b, 0x3a],
  [0x40, 0x5a],
  [0x61, 0x7a],
];
const MAX_OFFSET = 25;

/**
 * The text behind TYPO3's cloak (`linkTo_UnCryptMailto('…')`, `data-mailto-token`), whatever the site's offset
 * (`spamProtectEmailAddresses`, -10 to 10): the one that makes it begin with `mailto:`. Null where none does.
 */
export function decodeTypo3(cipher: string, offset?: number): string | null {
  if (cipher.length < 10 || cipher.length > 700) return null;
  if (offset !== undefined && /^mailto:/i.test(moveText(cipher, offset))) return moveText(cipher, offset);
  for (let step = 0; step <= MAX_OFFSET; step++)
    for (const by of [step, -step]) {
      const text = moveText(cipher.slice(0, 7), by);
      if (/^mailto:$/i.test(text)) return moveText(cipher, by);
    }
  return null;
}

function moveText(text: string, by: number): string {
  return text.replace(/[+-:@-Za-z]/g, (character) => {
    const code = character.charCodeAt(0);
    const [start, end] = TYPO3_RANGES.find(([from, to]) => code >= from && code <= to) ?? [code, code];
    const size = end - start + 1;
    return String.fromCharCode(start + ((((code - start + by) % size) + size) % size));
  });
}

/** `<a data-mailto-token="…" data-mailto-vector="1">` of TYPO3 since 11; null for other elements. */
export function decodeMailtoToken(attributes: ReadonlyMap<string, string>): string | null {
  const token = attributes.get('data-mailto-token');
  return token === undefined
    ? null
    : decodeTypo3(token, -Number(attributes.get('data-mailto-vector') ?? '') || undefined);
}

/**
 * What calls in a link or handler come to whose function is in a script that is not there, as far as that can be told
 * from the arguments: `mailTo('info', 'a', 'org')`, `linkTo_UnCryptMailto('…')`, `eml('gro.a@ofni')`. `isDefined` tells
 * the functions that are there: those are run, not guessed at.
 */
export function decodeCall(code: string, isDefined: (name: string) => boolean = () => false): string[] {
  if (code.length > MAX_CODE_CHARS) return [];
  const found: string[] = [];
  for (const [, name = '', list = ''] of code.matchAll(CALL)) {
    if (found.length >= MAX_CALLS) break;
    if (isDefined(name) || OTHER_NAME.test(name) || !MAIL_NAME.test(name)) continue;
    const { texts, numbers } = readArguments(list);
    const address = TYPO3_NAME.test(name) ? decodeCloaked(texts, numbers) : decodeArguments(name, texts);
    if (address !== null) found.push(address);
  }
  return found;
}

function readArguments(list: string): { texts: string[]; numbers: number[] } {
  const matches = [...list.matchAll(ARGUMENT)];
  const texts = matches.map(([, single, double]) => single ?? double).filter((text) => text !== undefined);
  const numbers = matches.map(([, , , number]) => number).filter((number) => number !== undefined);
  return { texts: texts.map((text) => text.replace(/\\(.)/g, '$1')), numbers: numbers.map(Number) };
}

function decodeCloaked(texts: string[], [offset]: number[]): string | null {
  const [cipher] = texts;
  return cipher === undefined ? null : decodeTypo3(cipher, offset);
}

function decodeArguments(name: string, texts: string[]): string | null {
  for (const text of texts) {
    const whole = decodeWhole(name, text) ?? decodeTypo3(text);
    if (whole !== null) return whole;
  }
  return joinParts(texts) ?? joinParts(texts.map(reverseText).toReversed()) ?? joinParts(texts.map(decodeBase64));
}

/** An address as it stands, unless the function says that it undoes something; else in one of the usual ciphers. */
function decodeWhole(name: string, text: string): string | null {
  const ways = [text, reverseText(text), decodeBase64(text), rot13(text)];
  if (/rot|crypt|decode|deobf|uncloak/i.test(name)) ways.push(...ways.splice(0, 1));
  if (/rev/i.test(name)) ways.reverse();
  return ways.map((way) => way.replace(/^mailto:/i, '')).find(isAddress) ?? null;
}

function isAddress(text: string): boolean {
  return ADDRESS.test(text) && isKnownTld(text.slice(text.lastIndexOf('.') + 1));
}

/** `'info', 'a.org'`, or `'info', 'a', 'org'`: as many parts as an address has, in its order or domain first. */
function joinParts(texts: string[]): string | null {
  const [local = '', domain = '', tld = ''] = texts.filter((text) => text !== '@' && text !== '');
  const ways: string[] = [];
  if (LOCAL.test(local) && DOMAIN.test(domain)) ways.push(`${local}@${domain.replace(/^@/, '')}`);
  if (LOCAL.test(local) && LABEL.test(domain) && TLD.test(tld))
    ways.push(`${local}@${domain.replace(/^@/, '')}.${tld.replace(/^\./, '')}`);
  if (DOMAIN.test(local) && LOCAL.test(domain) && !domain.includes('.')) ways.push(`${domain}@${local}`);
  return ways.find(isAddress) ?? null;
}
