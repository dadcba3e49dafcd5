import iconv from 'iconv-lite';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Where the HTML standard looks for a `<meta charset>`. */
const META_BYTES = 1024;
/** Bytes decoded before other work of the process gets its turn. */
const SLICE_BYTES = 256 * 1024;
const META_CHARSET = /<meta[^>]{0,300}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w:.-]{2,40})/i;

/** Labels that the WHATWG Encoding standard reads otherwise than their name says: what pages mean, not what they write. */
const LABELS: Readonly<Record<string, string>> = {
  ascii: 'windows-1252',
  'us-ascii': 'windows-1252',
  latin1: 'windows-1252',
  l1: 'windows-1252',
  'iso-8859-1': 'windows-1252',
  'iso8859-1': 'windows-1252',
  'iso_8859-1': 'windows-1252',
  'iso-8859-9': 'windows-1254',
  latin5: 'windows-1254',
  'iso-8859-11': 'windows-874',
  'tis-620': 'windows-874',
  gb2312: 'gb18030',
  gbk: 'gb18030',
  'x-gbk': 'gb18030',
  ks_c_5601: 'euc-kr',
  'ks_c_5601-1987': 'euc-kr',
  'x-sjis': 'shift_jis',
  'windows-31j': 'shift_jis',
  'utf-16': 'utf-16le',
  unicode: 'utf-16le',
};

/** The encoding of a page: byte order mark, else header, else `<meta>`, else UTF-8. Labels nobody knows are skipped. */
export function detectCharset(body: Buffer, headerCharset: string | null): string {
  return bomCharset(body) ?? knownCharset(headerCharset) ?? knownCharset(metaCharset(body)) ?? 'utf-8';
}

/** Decodes in slices, so that a large page in a slow encoding does not block the process; drops the byte order mark. */
export async function decodeText(body: Buffer, charset: string): Promise<string> {
  const decoder = makeDecoder(charset);
  const parts: string[] = [];
  for (let start = 0; start < body.length; start += SLICE_BYTES) {
    if (start > 0) await nextTurn();
    parts.push(decoder.write(body.subarray(start, start + SLICE_BYTES)));
  }
  parts.push(decoder.end());
  return parts.join('');
}

function bomCharset(body: Buffer): string | null {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  return null;
}

/** A `<meta>` that could be read as ASCII cannot truthfully say UTF-16 (HTML standard): it means UTF-8. */
function metaCharset(body: Buffer): string | null {
  const label = META_CHARSET.exec(body.subarray(0, META_BYTES).toString('latin1'))?.[1] ?? null;
  return label !== null && /^utf-?16/i.test(label) ? 'utf-8' : label;
}

function knownCharset(label: string | null): string | null {
  if (label === null) return null;
  const name = label.trim().toLowerCase();
  const charset = LABELS[name] ?? name;
  return (iconv.encodingExists(charset) && !NOT_CHARSETS.has(charset)) || STANDARD_ONLY.has(charset) ? charset : null;
}

/** iconv-lite also knows transfer codings of Node's Buffer, which no page is written in. */
const NOT_CHARSETS = new Set(['hex', 'base64', 'binary', 'utf-7', 'utf7', 'utf-7-imap', 'utf7imap']);
/** Encodings that only the platform's decoder knows. */
const STANDARD_ONLY = new Set(['iso-2022-jp']);

function makeDecoder(charset: string): { write(bytes: Buffer): string; end(): string } {
  if (!STANDARD_ONLY.has(charset)) {
    const decoder = iconv.getDecoder(charset, { stripBOM: true });
    return { write: (bytes) => decoder.write(bytes), end: () => decoder.end() ?? '' };
  }
  const decoder = new TextDecoder(charset);
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}
