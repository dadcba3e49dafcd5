import { readDataUrl } from './data-url.js';

const CARD_TYPE = /^text\/(?:x-)?(?:vcard|directory)$/;
/** A property with its parameters (RFC 6350 §3.3, and its forerunners). */
const EMAIL_LINE = /^(?:[\w-]{1,40}\.)?EMAIL(?:;[^:\r\n]{0,200})?:[ \t]{0,9}(.{3,320})$/gim;

/** A long line goes on behind a line feed and a blank (RFC 6350 §3.2). */
const FOLD = /\r?\n[ \t]/g;

/** The values of the EMAIL properties in a link to a vCard that stands in the link itself (`data:text/vcard,…`). */
export function readVcardLink(href: string): string[] {
  const text = readDataUrl(href, (type) => CARD_TYPE.test(type));
  return text === null ? [] : readVcard(text);
}

function readVcard(text: string): string[] {
  const unfolded = text.replace(FOLD, '');
  return [...unfolded.matchAll(EMAIL_LINE)].map((match) => match[1]!.trim().replace(/^mailto:/i, ''));
}
