import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { ErrorCode } from '#common/domain/site-outcome.js';
import { normaliseUrl, pageKey } from '../crawl/crawl-url.js';
import type { CutReason } from '../fetch/body-reader.js';
import { FetchError, errnoOf } from '../fetch/fetch-error.js';
import { MAX_BODY_BYTES } from '../fetch/page-fetcher.js';
import type { Capture } from './capture.js';
import { MAX_HEADER_BYTES, readHeaderBlock } from './header-block.js';

/** A page as long as any that is read, and the heads in front of it. */
const MAX_UNPACKED_BYTES = MAX_BODY_BYTES + 2 * MAX_HEADER_BYTES;
const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip);

export interface WarcResponse {
  /** The HTTP answer as it was stored: head and body. */
  message: Buffer;
  /** Why the crawler of the archive did not store all of it. */
  cut: CutReason | null;
}

/**
 * Unpacks one record (a gzip member) and reads its head (WARC 1.0 and 1.1, ISO 28500): it must be a `response` of the
 * captured URL, and whole. Throws a FetchError of that URL: `parse`, or `too_large` where it unfolds to over 5 MiB.
 */
export async function readWarcResponse(packed: Buffer, capture: Capture): Promise<WarcResponse> {
  const refuse = (message: string, code: ErrorCode = 'parse', cause?: unknown): FetchError =>
    new FetchError(code, capture.url.href, `archive record: ${message}`, { cause });
  const record = await gunzip(packed, { maxOutputLength: MAX_UNPACKED_BYTES }).catch((cause: unknown) => {
    if (errnoOf(cause) === 'ERR_BUFFER_TOO_LARGE')
      throw refuse(`unpacks to more than ${MAX_UNPACKED_BYTES} bytes`, 'too_large', cause);
    throw refuse(`not valid gzip (${errnoOf(cause) || 'unknown fault'})`, 'parse', cause);
  });
  const head = readHeaderBlock(record);
  if (head === null || !/^WARC\/1\.[01]$/.test(head.start)) throw refuse('no WARC 1.0 or 1.1 header');
  const field = (name: string): string => head.fields.get(name)?.[0] ?? '';
  if (field('warc-type') !== 'response') throw refuse(`of type "${field('warc-type').slice(0, 40)}", not "response"`);
  const target = field('warc-target-uri').replace(/^<(.*)>$/, '$1');
  if (!isSamePage(target, capture)) throw refuse(`of another URL: ${target.slice(0, 200)}`);
  if (!/^\d{1,10}$/.test(field('content-length'))) throw refuse('no valid Content-Length');
  const length = Number(field('content-length'));
  const stored = record.length - head.end;
  if (length > stored) throw refuse(`truncated: ${stored} of ${length} bytes`);
  return { message: record.subarray(head.end, head.end + length), cut: cutOf(field('warc-truncated')) };
}

function isSamePage(target: string, capture: Capture): boolean {
  const url = normaliseUrl(target);
  return url !== null && pageKey(url) === capture.key;
}

/** WARC-Truncated: `length`, or `time`, `disconnect` and `unspecified`, which all mean that the rest did not come. */
function cutOf(reason: string): CutReason | null {
  if (reason === '') return null;
  return reason.toLowerCase() === 'length' ? 'too_large' : 'connection';
}
