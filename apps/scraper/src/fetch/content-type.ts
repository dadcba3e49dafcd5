/** What a body is for the extractor; null = nothing it can read. */
export type ContentKind = 'html' | 'text' | 'json';

/** Business cards: each line of theirs is text (RFC 6350 and its forerunners). */
const VCARD_TYPES = new Set(['text/vcard', 'text/x-vcard', 'text/directory']);
/** Bytes looked at when the header does not say what the body is, or claims text. */
const SNIFF_BYTES = 1024;

const HTML_START =
  /^(?:\s|<!--[^]{0,512}?-->|<\?xml[^>]{0,200}\?>)*<(?:!doctype\s+html|html|head|body|title|meta|script|div|table|h1|p|a|br|b)\b/i;
/** A media type and perhaps parameters; what is no media type says nothing (MIME sniffing standard). */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;
/** What most of the web answers. */
const UTF8_HTML = { type: 'text/html', charset: 'utf-8' };
/** First bytes of the formats that servers most often send as text/html. */
const BINARY_STARTS = [
  '%PDF-',
  '\x89PNG',
  'GIF8',
  '\xff\xd8\xff',
  'PK\x03\x04',
  '\x1f\x8b',
  'RIFF',
  '\x00\x00\x01\x00',
  'OggS',
  'ID3',
  'wOFF',
  'wOF2',
  'Rar!',
  '7z\xbc\xaf',
  '\x7fELF',
  '\x28\xb5\x2f\xfd',
  '%!PS',
];

/** Reads a Content-Type header: media type in lower case ('' where there is none) and the charset parameter. */
export function parseContentType(header: string | undefined): { type: string; charset: string | null } {
  if (header === 'text/html; charset=utf-8' || header === 'text/html; charset=UTF-8') return UTF8_HTML;
  // Of several values the last good one counts (Fetch standard).
  const values = (header ?? '')
    .slice(0, 512)
    .split(',')
    .filter((value) => MEDIA_TYPE.test(value));
  const [type = '', ...parameters] = (values.at(-1) ?? '').split(';');
  const charset = parameters.map((part) => /^\s*charset\s*=\s*["']?([^\s"']+)/i.exec(part)?.[1]).find(Boolean);
  return { type: type.trim().toLowerCase(), charset: charset ?? null };
}

/** Whether a body with this header is worth downloading: readable, or unknown until its first bytes are seen. */
export function mayBeReadable(type: string): boolean {
  return kindOfType(type) !== null || needsSniffing(type);
}

/** The kind of a body by its header and, where that is silent or known to lie, by its first bytes. */
export function sniffKind(type: string, head: Buffer): ContentKind | null {
  const start = head.subarray(0, SNIFF_BYTES).toString('latin1');
  if (BINARY_STARTS.some((magic) => start.startsWith(magic))) return null;
  // Boxes of MP4, AVIF, HEIC: a length, then this.
  if (start.startsWith('ftyp', 4)) return null;
  // Nothing (204, 205, an empty file) is an empty text, whatever it would have been.
  if (start === '') return kindOfType(type) ?? 'text';
  const declared = kindOfType(type);
  if (declared !== null) return declared;
  if (!needsSniffing(type)) return null;
  return HTML_START.test(withoutBom(start)) ? 'html' : null;
}

function kindOfType(type: string): ContentKind | null {
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (type === 'text/plain' || VCARD_TYPES.has(type)) return 'text';
  if (type === 'application/json' || type === 'text/json' || type === 'application/ld+json') return 'json';
  return null;
}

/** No header, the "unknown" types of the MIME sniffing standard, and XML, which may be XHTML. */
function needsSniffing(type: string): boolean {
  return (
    ['', '*/*', 'unknown/unknown', 'application/octet-stream', 'application/xml', 'text/xml'].includes(type) ||
    !type.includes('/')
  );
}

function withoutBom(latin1: string): string {
  return latin1.replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '').replaceAll('\0', '');
}
