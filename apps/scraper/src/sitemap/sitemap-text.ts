import { createGunzip, constants } from 'node:zlib';

/** The text of one sitemap file, as far as it could be read. */
export interface SitemapText {
  text: string;
  isCut: boolean;
}

/** By its first bytes: a `.gz` file has no Content-Encoding, and may be served as anything. */
export function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

/** Unpacks a gzip file as far as it is whole and no longer than `maxBytes`: a bomb stops there. */
export async function gunzipText(body: Buffer, maxBytes: number): Promise<SitemapText> {
  const parts: Buffer[] = [];
  let room = maxBytes;
  let isCut = false;
  const decoder = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  decoder.end(body);
  try {
    for await (const part of decoder as AsyncIterable<Buffer>) {
      parts.push(part.subarray(0, room));
      isCut = part.length > room;
      room -= part.length;
      if (isCut) break;
    }
  } catch {
    isCut = true;
  }
  return { text: Buffer.concat(parts).toString('utf8'), isCut };
}
