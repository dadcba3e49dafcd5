/** Far more than the headers of a record and of an answer in it honestly are. */
export const MAX_HEADER_BYTES = 64 * 1024;

/** The head of a WARC record or of an HTTP answer: a first line, and fields by their names in lower case. */
export interface HeaderBlock {
  start: string;
  fields: Map<string, string[]>;
  /** Where the body begins. */
  end: number;
}

/** Null where no head ends within 64 KiB. Lines that are no fields are skipped; folded ones are joined (RFC 9112, 5.2). */
export function readHeaderBlock(bytes: Buffer): HeaderBlock | null {
  const text = bytes.toString('latin1', 0, MAX_HEADER_BYTES);
  const stop = /\r?\n\r?\n/.exec(text);
  if (stop === null) return null;
  const [start = '', ...lines] = text
    .slice(0, stop.index)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return { start, fields, end: stop.index + stop[0].length };
}
