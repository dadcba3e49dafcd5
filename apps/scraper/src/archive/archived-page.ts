import { decodeChunks, parseCodings } from '../fetch/content-coding.js';
import { decodeText, detectCharset } from '../fetch/charset.js';
import { parseContentType, sniffKind } from '../fetch/content-type.js';
import { FetchError } from '../fetch/fetch-error.js';
import { MAX_BODY_BYTES, type FetchedPage } from '../fetch/page-fetcher.js';
import { saysNoindex } from '../fetch/robots-tag.js';
import { isGzip } from '../sitemap/sitemap-text.js';
import type { Capture } from './capture.js';
import { readHeaderBlock } from './header-block.js';
import type { WarcResponse } from './warc-record.js';

/** Enough of a body to sniff its kind and charset. */
const HEAD_BYTES = 64 * 1024;

type ArchivedPage = Omit<FetchedPage, 'bytes' | 'release'>;

/** Reads the stored HTTP answer as the fetcher reads one from the wire. Throws FetchError. */
export async function readArchivedPage(stored: WarcResponse, { url }: Capture): Promise<ArchivedPage> {
  const head = readHeaderBlock(stored.message);
  if (head === null || !/^HTTP\/\d(?:\.\d)? 200(?: |$)/.test(head.start))
    throw new FetchError('parse', url.href, 'archive record: no HTTP answer with status 200');
  const body = await decodeBody(stored.message.subarray(head.end), head.fields.get('content-encoding'), url.href);
  const { type, charset: headerCharset } = parseContentType(head.fields.get('content-type')?.at(-1));
  const start = body.bytes.subarray(0, HEAD_BYTES);
  const kind = sniffKind(type, start);
  if (kind === null) throw new FetchError('bad_content_type', url.href, `not a page: ${type.slice(0, 100)}`);
  const charset = detectCharset(start, headerCharset);
  return {
    url: url.href,
    status: 200,
    contentType: type,
    kind,
    charset,
    text: await decodeText([body.bytes], charset),
    cut: body.isCut ? 'too_large' : stored.cut,
    noindex: saysNoindex(head.fields.get('x-robots-tag') ?? []),
  };
}

/**
 * Common Crawl stores bodies decoded, and renames the header that said how they were encoded; its collections up to 2018
 * keep the header all the same. Where a body really is encoded, it is decoded as far as 5 MiB.
 */
async function decodeBody(
  stored: Buffer,
  header: string[] | undefined,
  url: string,
): Promise<{ bytes: Buffer; isCut: boolean }> {
  const codings = parseCodings(header?.join(','), url);
  if (codings.length === 0 || isPlain(stored, codings.at(-1) ?? ''))
    return { bytes: stored.subarray(0, MAX_BODY_BYTES), isCut: stored.length > MAX_BODY_BYTES };
  let chunks = once(stored);
  for (const coding of codings.toReversed()) chunks = decodeChunks(chunks, coding);
  try {
    return await collect(chunks);
  } catch (cause) {
    throw new FetchError('bad_encoding', url, `the body is not valid ${codings.join(', ')}`, { cause });
  }
}

/** Gzip has a signature; what lacks it was decoded before it was stored. */
function isPlain(stored: Buffer, coding: string): boolean {
  return (coding === 'gzip' || coding === 'x-gzip') && !isGzip(stored);
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<{ bytes: Buffer; isCut: boolean }> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return { bytes: Buffer.concat(parts, MAX_BODY_BYTES), isCut: true };
  }
  return { bytes: Buffer.concat(parts), isCut: false };
}
