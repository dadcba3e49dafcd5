import { TextDecoder } from 'node:util';
import type { FetchedPage } from '../fetch/page-fetcher.js';
import { nextTurn } from '../next-turn.js';
import { inTurns } from './sitemap-entry.js';
import { SitemapScan } from './sitemap-scan.js';
import type { SitemapEntry } from './sitemap-entry.js';
import { gunzipChunks, isGzip } from './sitemap-text.js';

/** What the protocol allows (sitemaps.org: 50 MB). */
const MAX_UNPACKED_BYTES = 50 * 1024 * 1024;
/** Characters of an unpacked file scanned at once. */
const CHUNK_CHARS = 256 * 1024;

/** Why a file was not read to its end. */
export type FileCut = 'too_large' | 'bad_encoding' | 'connection';

/** The entries of a file of any size, a packed one unpacked piece by piece; returns why that was not all, or null. */
export async function* scanFile(
  page: Pick<FetchedPage, 'text' | 'body' | 'cut'>,
  signal: AbortSignal,
): AsyncGenerator<SitemapEntry, FileCut | null> {
  const scan = new SitemapScan();
  const chunks = page.body !== undefined && isGzip(page.body) ? unpack(page.body) : slice(page.text);
  let chunk = await chunks.next();
  for (; chunk.done !== true; chunk = await chunks.next()) {
    yield* inTurns(scan.read(chunk.value), signal);
    await nextTurn();
    signal.throwIfAborted();
  }
  const cut = page.cut ?? chunk.value;
  if (cut === null) yield* scan.end();
  return cut;
}

async function* unpack(body: Buffer): AsyncGenerator<string, FileCut | null> {
  const decoder = new TextDecoder();
  const chunks = gunzipChunks(body, MAX_UNPACKED_BYTES);
  let chunk = await chunks.next();
  for (; chunk.done !== true; chunk = await chunks.next()) yield decoder.decode(chunk.value, { stream: true });
  return chunk.value;
}

async function* slice(text: string): AsyncGenerator<string, null> {
  for (let from = 0; from < text.length; from += CHUNK_CHARS) yield text.slice(from, from + CHUNK_CHARS);
  return null;
}
