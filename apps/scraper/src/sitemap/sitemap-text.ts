import { constants, createGunzip } from 'node:zlib';

/** The text of one sitemap file, as far as it could be read. */
export interface SitemapText {
  text: string;
  isCut: boolean;
}

/** Why a gzip file was not unpacked to its end. */
export type GunzipCut = 'too_large' | 'bad_encoding';

const CHUNK_BYTES = 64 * 1024;

/** By its first bytes: a `.gz` file has no Content-Encoding, and may be served as anything. */
export function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

/**
 * Unpacks a gzip file piece by piece, as far as it is whole and no longer than `maxBytes`: a bomb stops there. Returns
 * why that was not its end, null if it was.
 */
export async function* gunzipChunks(body: Buffer, maxBytes: number): AsyncGenerator<Buffer, GunzipCut | null> {
  // With this flush a file that ends early gives all it has, and no error.
  const decoder = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: CHUNK_BYTES });
  decoder.end(body);
  let room = maxBytes;
  try {
    for await (const part of decoder as AsyncIterable<Buffer>) {
      yield part.subarray(0, room);
      if (part.length > room) return 'too_large';
      room -= part.length;
    }
    return isShorterThanSaid(body, maxBytes - room) ? 'bad_encoding' : null;
  } catch {
    return 'bad_encoding';
  } finally {
    decoder.destroy();
  }
}

/**
 * A gzip file ends with its length (RFC 1952, ISIZE); what stands in that place where a file was cut is nearly always
 * more. Less is no fault: of several members it is the length of the last.
 */
function isShorterThanSaid(body: Buffer, length: number): boolean {
  return body.length < 4 || body.readUInt32LE(body.length - 4) > length;
}

/** The beginning of a gzip file, `maxBytes` at most, in one piece. */
export async function gunzipText(body: Buffer, maxBytes: number): Promise<SitemapText> {
  const parts: Buffer[] = [];
  const chunks = gunzipChunks(body, maxBytes);
  let result = await chunks.next();
  for (; result.done !== true; result = await chunks.next()) parts.push(result.value);
  return { text: Buffer.concat(parts).toString('utf8'), isCut: result.value !== null };
}
