import { decodePercent } from './percent.js';

const HEADER = /^\s*data:([\w/+.-]{0,80})(?:;[^,;]{0,60}){0,5},/i;
const MAX_CHARS = 64 * 1024;

/** The text that stands in a `data:` URL (RFC 2397) of one of these media types; null for any other URL. */
export function readDataUrl(url: string, isWanted: (type: string) => boolean): string | null {
  const [header, type = ''] = HEADER.exec(url.slice(0, 400)) ?? [];
  if (header === undefined || !isWanted(type.toLowerCase())) return null;
  const body = decodePercent(url.slice(header.length, MAX_CHARS));
  return /;base64,$/i.test(header) ? Buffer.from(body, 'base64').toString() : body;
}

/** The page in a `data:text/html` URL, `''` where there is none. */
export function readDataPage(url: string): string {
  return readDataUrl(url, (type) => type === 'text/html' || type === 'application/xhtml+xml') ?? '';
}
