import { reverseText, rot13, rot18, rot47 } from './ciphers.js';
import { decodePercent } from './percent.js';

/** No encoded address, with a `mailto:` and a subject, is longer. */
const MAX_CHARS = 700;
const MIN_CHARS = 8;
/** Words, numbers and links: most values of attributes, and none of a cipher. */
const PLAIN = /^(?:[a-z]+(?:[ _-][a-z]+)*|\d+|(?:https?:)?\/.*)$/;
/** Names under which a value is not what it looks like. */
const CIPHER_NAME = /enc|rot|crypt|ciph|obf|cloak|scramb|protect|spam|rev|hash|b64|base64/;
const FILE = /\.(?:svg|png|jpe?g|gif|webp|avif|ico|css|m?js|json|html?|php|pdf|mp4|woff2?)$/i;
const BASE64 = /^[\w+/-]{8,}={0,2}$/;
const REVERSED_BASE64 = /^={1,2}[\w+/-]{8,}$/;
const HEX = /^(?:[0-9a-f]{2}){6,}$/i;
const CODES = /^\d{2,3}(?:[,;\s|.-]{1,2}\d{2,3}){5,}$/;
/** What a decoding must come to as a whole, so that no chance letters become an address. */
const ADDRESS = /^(?:mailto:)?[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}(?:\?[^]*)?$/i;
/** Written out by encoders before they turn the letters, or after. */
const AT = /\s?[[({]\s?(?:at|ng)\s?[)\]}]\s?/gi;
const DOT = /\s?[[({]\s?(?:dot|qbg)\s?[)\]}]\s?/gi;
const LINK = /^<a\s[^]*mailto:[^]*@/i;

/** Whether an attribute may hold an address in a cipher even though it looks like an address as it stands. */
export function isCipherName(name: string): boolean {
  return CIPHER_NAME.test(name);
}

/** Whether a value is worth the search for an encoding. */
export function mayBeEncoded(value: string): boolean {
  return value.length >= MIN_CHARS && value.length <= MAX_CHARS && !PLAIN.test(value);
}

/**
 * What an attribute's value may say in the encodings that encoders put into attributes for a script to undo: base64,
 * hexadecimal, character codes, rot13, rot18, rot47, reversed, percent signs, and two of them on top of each other.
 * Nothing for the many values that are none of them. Whether a domain can exist is for the caller to say.
 */
export function* decodeAttribute(name: string, value: string): Generator<string> {
  const text = value.trim().replace(AT, '@').replace(DOT, '.');
  if (FILE.test(text) || (text.includes(' ') && !CODES.test(text))) return;
  const bytes = [decodeBytes(text)];
  if (BASE64.test(text) || REVERSED_BASE64.test(text)) bytes.push(decodeBytes(reverseText(text)));
  if (name.includes('18')) yield rot18(text);
  for (const layer of [...bytes, text]) {
    if (layer === null) continue;
    if (layer !== text && isAddressOrLink(layer)) yield layer;
    for (const turned of turnings(layer)) {
      if (isAddressOrLink(turned)) yield turned;
      const inner = layer === text ? decodeBytes(turned) : null;
      if (inner !== null && isAddressOrLink(inner)) yield inner;
    }
  }
}

/** Only where the characters allow an address to come out: an at-sign stays one, or is an `o` in rot47. */
function* turnings(text: string): Generator<string> {
  if (/[@=]/.test(text)) {
    yield reverseText(text);
    yield rot13(text);
    yield rot18(text);
    yield rot13(reverseText(text));
  }
  if (text.includes('o') && text.includes(']')) yield rot47(text);
}

function decodeBytes(text: string): string | null {
  if (HEX.test(text)) return printable(Buffer.from(text, 'hex'));
  if (CODES.test(text)) return printable(Buffer.from(text.split(/\D+/).map(Number)));
  if (BASE64.test(text)) return printable(Buffer.from(text, 'base64'));
  return /%[0-9a-f]{2}/i.test(text) ? decodePercent(text) : null;
}

function printable(bytes: Buffer): string | null {
  const text = bytes.toString('latin1');
  return /^[\t\n\r -~]+$/.test(text) ? text : null;
}

function isAddressOrLink(text: string): boolean {
  return ADDRESS.test(text) || LINK.test(text);
}
