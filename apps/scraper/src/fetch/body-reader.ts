import { Readable, pipeline } from 'node:stream';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { FetchError, errnoOf } from './fetch-error.js';

/** More codings than this on one body is no compression, it is an attack. */
const MAX_CODINGS = 2;
/** The most that is read of a body nobody wants, to keep its connection alive for the next request. */
const MAX_DISCARDED_BYTES = 64 * 1024;

/** Why a body is not complete: it was longer than the limit, or the connection ended before it did. */
export type CutReason = 'too_large' | 'connection';

export interface Body {
  bytes: Buffer;
  /** Bytes read from the wire, before decoding. */
  wireBytes: number;
  cut: CutReason | null;
}

export interface BodySource {
  stream: Readable;
  /** The Content-Encoding header. */
  encoding: string | undefined;
  url: string;
  signal: AbortSignal;
}

/**
 * Reads and decodes a body, holding `maxBytes` both on the wire and decoded: a small compressed bomb stops as soon as
 * it has unfolded to the limit. What was read before a cut is kept. The stream is always consumed or destroyed.
 */
export async function readBody(source: BodySource, maxBytes: number): Promise<Body> {
  const body: Body = { bytes: Buffer.alloc(0), wireBytes: 0, cut: null };
  try {
    let chunks = readWire(source, maxBytes, body);
    for (const coding of parseCodings(source).reverse()) chunks = decodeChunks(chunks, coding);
    body.bytes = await collect(chunks, maxBytes, body);
    return body;
  } catch (error) {
    if (source.signal.aborted || (!errnoOf(error).startsWith('Z_') && !errnoOf(error).startsWith('ERR_'))) throw error;
    throw new FetchError('bad_encoding', source.url, `the body is not valid ${source.encoding ?? ''}`, {
      cause: error,
    });
  } finally {
    source.stream.destroy();
  }
}

/** Drops a body; a short one is read to its end, since that spares the next request a connection. */
export async function discardBody(source: BodySource): Promise<void> {
  await readBody({ ...source, encoding: undefined }, MAX_DISCARDED_BYTES).catch(() => undefined);
}

/** The bytes as they come; ends (rather than throws) where the limit is reached or the peer hangs up. */
async function* readWire(source: BodySource, maxBytes: number, body: Body): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source.stream as AsyncIterable<Buffer>) {
      const room = maxBytes - body.wireBytes;
      body.wireBytes += Math.min(chunk.length, room);
      if (room > 0) yield chunk.subarray(0, room);
      if (chunk.length > room) {
        body.cut = 'too_large';
        return;
      }
    }
  } catch (error) {
    if (source.signal.aborted) throw error;
    if (body.wireBytes === 0) throw error;
    body.cut = 'connection';
  }
}

async function* decodeChunks(chunks: AsyncGenerator<Buffer>, coding: string): AsyncGenerator<Buffer> {
  const first = await chunks.next();
  if (first.done === true) return;
  const decoder = createDecoder(coding, first.value);
  pipeline(Readable.from(startWith(first.value, chunks), { objectMode: false }), decoder, () => undefined);
  yield* decoder as AsyncIterable<Buffer>;
}

async function* startWith(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function collect(chunks: AsyncGenerator<Buffer>, maxBytes: number, body: Body): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk.subarray(0, maxBytes - length));
    length += chunk.length;
    if (length > maxBytes) {
      body.cut = 'too_large';
      break;
    }
  }
  return Buffer.concat(parts);
}

function parseCodings(source: BodySource): string[] {
  const names = (source.encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const codings = names.filter((name) => name !== '' && name !== 'identity');
  if (codings.length > MAX_CODINGS)
    throw new FetchError('bad_encoding', source.url, `${codings.length} content codings`);
  const unknown = codings.find((name) => !DECODED.has(name));
  if (unknown !== undefined)
    throw new FetchError('bad_encoding', source.url, `unknown content coding ${unknown.slice(0, 40)}`);
  return codings;
}

const DECODED = new Set(['gzip', 'x-gzip', 'deflate', 'br']);

/** A body that ends early is decoded as far as it goes, as browsers do: hence the flush modes. */
function createDecoder(coding: string, firstChunk: Buffer): Transform {
  const tolerant = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
  if (coding === 'br') return zlib.createBrotliDecompress({ finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH });
  if (coding !== 'deflate') return zlib.createGunzip(tolerant);
  // "deflate" means zlib (RFC 9110), but some servers send the raw format: the first nibble tells them apart.
  const isZlib = ((firstChunk[0] ?? 0) & 0x0f) === 8;
  return isZlib ? zlib.createInflate(tolerant) : zlib.createInflateRaw(tolerant);
}
