import { Readable, pipeline } from 'node:stream';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { FetchError, errnoOf } from './fetch-error.js';

/** More codings than this on one body is no compression, it is an attack. */
const MAX_CODINGS = 2;
const CHUNK_BYTES = 32 * 1024;
/** A body that ends early is decoded as far as it goes, as browsers do. */
const ZLIB_OPTIONS = { finishFlush: zlib.constants.Z_SYNC_FLUSH, chunkSize: CHUNK_BYTES };
const BROTLI_OPTIONS = { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH, chunkSize: CHUNK_BYTES };

type Format = 'gzip' | 'zlib' | 'raw' | 'brotli';

/** The codings of a Content-Encoding header, in the order they were applied. zstd is never offered. */
export function parseCodings(header: string | undefined, url: string): string[] {
  if (header === undefined) return [];
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const codings = names.filter((name) => name !== '' && name !== 'identity');
  if (codings.length > MAX_CODINGS) throw new FetchError('bad_encoding', url, `${codings.length} content codings`);
  const unknown = codings.find((name) => !['gzip', 'x-gzip', 'deflate', 'br'].includes(name));
  if (unknown !== undefined)
    throw new FetchError('bad_encoding', url, `unknown content coding ${unknown.slice(0, 40)}`);
  return codings;
}

/** Decodes as a stream: whoever stops reading stops the decoder, and with it the source. */
export async function* decodeChunks(chunks: AsyncGenerator<Buffer>, coding: string): AsyncGenerator<Buffer> {
  const first = await chunks.next();
  if (first.done === true) return;
  const decoder = createDecoder(formatOf(coding, first.value));
  pipeline(Readable.from(startWith(first.value, chunks), { objectMode: false }), decoder, () => undefined);
  yield* decoder as AsyncIterable<Buffer>;
}

/** Decodes a whole body at once; null where it unfolds to more than `maxBytes`. */
export function decodeSmall(parts: Buffer[], coding: string, maxBytes: number): Buffer | null {
  const body = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  try {
    return decodeAtOnce(body, formatOf(coding, body), maxBytes);
  } catch (error) {
    if (errnoOf(error) === 'ERR_BUFFER_TOO_LARGE') return null;
    throw error;
  }
}

async function* startWith(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/** "deflate" means zlib (RFC 9110), but some servers send the raw format: the first nibble tells them apart. */
function formatOf(coding: string, start: Buffer): Format {
  if (coding === 'br') return 'brotli';
  if (coding !== 'deflate') return 'gzip';
  return ((start[0] ?? 0) & 0x0f) === 8 ? 'zlib' : 'raw';
}

function createDecoder(format: Format): Transform {
  switch (format) {
    case 'gzip':
      return zlib.createGunzip(ZLIB_OPTIONS);
    case 'zlib':
      return zlib.createInflate(ZLIB_OPTIONS);
    case 'raw':
      return zlib.createInflateRaw(ZLIB_OPTIONS);
    case 'brotli':
      return zlib.createBrotliDecompress(BROTLI_OPTIONS);
  }
}

function decodeAtOnce(body: Buffer, format: Format, maxOutputLength: number): Buffer {
  switch (format) {
    case 'gzip':
      return zlib.gunzipSync(body, { ...ZLIB_OPTIONS, maxOutputLength });
    case 'zlib':
      return zlib.inflateSync(body, { ...ZLIB_OPTIONS, maxOutputLength });
    case 'raw':
      return zlib.inflateRawSync(body, { ...ZLIB_OPTIONS, maxOutputLength });
    case 'brotli':
      return zlib.brotliDecompressSync(body, { ...BROTLI_OPTIONS, maxOutputLength });
  }
}
