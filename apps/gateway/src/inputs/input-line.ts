import { isUtf8 } from 'node:buffer';
import { parseSite, type SiteInput } from '#common/domain/site.js';
import type { Line } from './line-splitter.js';

export const INPUT_FORMATS = ['text/plain', 'application/x-ndjson'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** A site has at most 2,048 characters; some of them are longer in UTF-8, or escaped in JSON. */
export const MAX_LINE_BYTES = 4096;

/** Reads one line of an upload; null where it is blank. Throws an Error that says what is wrong with it. */
export function readInput(line: Line, format: InputFormat): SiteInput | null {
  if (line === null) throw new Error(`is longer than ${MAX_LINE_BYTES} bytes`);
  if (!isUtf8(line)) throw new Error('is not valid UTF-8');
  const text = line.toString().trim();
  if (text === '') return null;
  return parseSite(format === 'text/plain' ? text : siteOf(text));
}

function siteOf(json: string): string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error('is not valid JSON');
  }
  if (typeof value === 'object' && value !== null) {
    const { url, site = url } = value as { url?: unknown; site?: unknown };
    value = url ?? site;
  }
  if (typeof value === 'string') return value;
  throw new Error('must be a JSON string, or an object with a string in "url" or "site"');
}
