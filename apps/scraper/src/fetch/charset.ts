import { isAscii } from 'node:buffer';
import iconv from 'iconv-lite';
import { nextTurn } from '../next-turn.js';
import { isIso2022Jp, isNotUtf8, sniffCharset, sniffUtf16 } from './sniff-charset.js';

/** Where a `<meta charset>` is looked for: the HTML standard asks for 1024, browsers go on to the end of the head. */
const META_BYTES = 4096;
/** Bytes decoded before other work of the process gets its turn. */
const SLICE_BYTES = 256 * 1024;
const META_CHARSET = /<meta[^>]{0,300}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w:.-]{2,40})/i;
const XML_ENCODING = /^<\?xml\s[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w:.-]{2,40})["']/;
/** What stands in a comment is not said; one that does not end hides the rest. */
const COMMENT = /<!--[^]*?(?:-->|$)/g;

/**
 * The encoding of a page by its first bytes: byte order mark, else header, else `<meta>`, else XML declaration, else what
 * the bytes look like, else UTF-8. Labels nobody knows are skipped, and so is a "UTF-8" that the bytes disprove.
 */
export function detectCharset(body: Buffer, headerCharset: string | null): string {
  const evident = bomCharset(body) ?? sniffUtf16(body);
  if (evident !== null) return evident;
  const header = knownCharset(headerCharset);
  if (header !== null && header !== 'utf-8') return header;
  const meta = knownCharset(metaCharset(body)) ?? knownCharset(xmlCharset(body));
  const declared = header ?? meta;
  if (declared === null && isIso2022Jp(body)) return 'iso-2022-jp';
  if (declared !== null && declared !== 'utf-8') return declared;
  if (!isNotUtf8(body)) return 'utf-8';
  return meta !== null && meta !== 'utf-8' ? meta : (knownCharset(sniffCharset(body)) ?? 'utf-8');
}

/**
 * Decodes in slices, so that a large page in a slow encoding does not block the process; drops the byte order mark.
 * `parts` is emptied on the way: bytes and text of a large page need not be held at the same time.
 */
export async function decodeText(parts: Buffer[], charset: string): Promise<string> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (charset === 'utf-8' && length <= SLICE_BYTES)
    return decodeUtf8(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
  const decoder = makeDecoder(charset);
  const texts: string[] = [];
  let sliceBytes = 0;
  for (const slice of takeSlices(parts)) {
    if (sliceBytes >= SLICE_BYTES) {
      await nextTurn();
      sliceBytes = 0;
    }
    sliceBytes += slice.length;
    texts.push(decoder.write(slice));
  }
  texts.push(decoder.end());
  return texts.join('');
}

/** The platform's decoder, in one call: several times as fast as a streaming one, and copying where all is ASCII. */
function decodeUtf8(body: Buffer): string {
  const bytes = bomCharset(body) === 'utf-8' ? body.subarray(3) : body;
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}

function* takeSlices(parts: Buffer[]): Generator<Buffer> {
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    for (let start = 0; start < part.length; start += SLICE_BYTES) yield part.subarray(start, start + SLICE_BYTES);
  }
}

function bomCharset(body: Buffer): string | null {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  return null;
}

/** A `<meta>` that could be read as ASCII cannot truthfully say UTF-16 (HTML standard): it means UTF-8. */
function metaCharset(body: Buffer): string | null {
  const start = body.subarray(0, META_BYTES).toString('latin1').replace(COMMENT, '');
  const label = META_CHARSET.exec(start)?.[1] ?? null;
  return label !== null && /^utf-?16/i.test(label) ? 'utf-8' : label;
}

function xmlCharset(body: Buffer): string | null {
  return XML_ENCODING.exec(body.toString('latin1', 0, 300))?.[1] ?? null;
}

/** Encodings that the decoder knows by another name, or only as part of another one. */
const DECODER_NAMES: Readonly<Record<string, string>> = {
  gbk: 'gb18030',
  'iso-8859-8-i': 'iso-8859-8',
  'x-mac-cyrillic': 'maccyrillic',
};
/** Encodings that only the platform's decoder knows. */
const PLATFORM_ONLY = new Set(['iso-2022-jp']);

/**
 * The encoding that pages mean by a label, by the WHATWG Encoding standard (its table comes with Node's TextDecoder):
 * "latin1" is windows-1252, "gb2312" is gb18030. What is in no browser (hex, utf-7) is no charset.
 */
function knownCharset(label: string | null): string | null {
  const known = label === null ? null : standardName(label);
  if (known === null) return null;
  const charset = DECODER_NAMES[known] ?? known;
  return PLATFORM_ONLY.has(charset) || iconv.encodingExists(charset) ? charset : null;
}

function standardName(label: string): string | null {
  const name = label.trim().toLowerCase();
  if (name === 'utf-8') return name;
  try {
    return new TextDecoder(name).encoding;
  } catch {
    // In the standard, but not in Node.
    return name === 'iso-8859-16' ? name : null;
  }
}

function makeDecoder(charset: string): { write(bytes: Buffer): string; end(): string } {
  if (!PLATFORM_ONLY.has(charset)) {
    const decoder = iconv.getDecoder(charset, { stripBOM: true });
    return { write: (bytes) => decoder.write(bytes), end: () => decoder.end() ?? '' };
  }
  const decoder = new TextDecoder(charset);
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}
