import { decodePercent } from './percent.js';

const DATA_URI = /^\s*data:text\/(?:x-)?(?:vcard|directory)(?:;[^,;]{0,60}){0,5},/i;
const MAX_CHARS = 64 * 1024;
/** A property with its parameters (RFC 6350 §3.3, and its forerunners). */
const EMAIL_LINE = /^(?:[\w-]{1,40}\.)?EMAIL(?:;[^:\r\n]{0,200})?:[ \t]{0,9}(.{3,320})$/gim;

/** The values of the EMAIL properties in a link to a vCard that stands in the link itself (`data:text/vcard,…`). */
export function readVcardLink(href: string): string[] {
  const header = DATA_URI.exec(href.slice(0, 400))?.[0];
  if (header === undefined) return [];
  const body = href.slice(header.length, MAX_CHARS);
  const text = /;base64,$/i.test(header) ? Buffer.from(decodePercent(body), 'base64').toString() : decodePercent(body);
  return readVcard(text);
}

function readVcard(text: string): string[] {
  return [...text.matchAll(EMAIL_LINE)].map((match) => match[1]!.trim().replace(/^mailto:/i, ''));
}
