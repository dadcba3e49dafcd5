import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import { drip, emptyPage, pageOf } from './answers.js';
import { fails, finds, http, reads, type Endpoint, type Exchange, type Verdict } from './endpoint.js';

const MIB = 1024 * 1024;
const BAD = fails('bad_encoding');
const CUT = finds({ notes: ['too_large'] });
const BLANKS = Buffer.alloc(16 * MIB, ' ');

/** Content-Encoding: what is honest, what lies, and what explodes. */
export const ENCODINGS: Endpoint[] = [
  coded('/encodings/gzip', 'gzip', zlib.gzipSync),
  coded('/encodings/x-gzip', 'x-gzip', zlib.gzipSync),
  coded('/encodings/upper-case', 'GZIP', zlib.gzipSync),
  coded('/encodings/padded-list', ' , gzip ,, ', zlib.gzipSync),
  coded('/encodings/deflate-zlib', 'deflate', zlib.deflateSync),
  coded('/encodings/deflate-raw', 'deflate', zlib.deflateRawSync),
  coded('/encodings/brotli', 'br', zlib.brotliCompressSync),
  coded('/encodings/identity', 'identity', (page) => page),
  coded('/encodings/identity-and-gzip', 'identity, gzip', zlib.gzipSync),
  coded('/encodings/empty-header', '', (page) => page),
  coded('/encodings/gzip-twice', 'gzip, gzip', (page) => zlib.gzipSync(zlib.gzipSync(page))),
  coded('/encodings/gzip-then-brotli', 'gzip, br', (page) => zlib.brotliCompressSync(zlib.gzipSync(page))),
  coded('/encodings/two-headers', ['deflate', 'gzip'], (page) => zlib.gzipSync(zlib.deflateSync(page))),
  coded('/encodings/gzip-three-times', 'gzip, gzip, gzip', (page) => gzipTimes(page, 3), BAD),
  coded('/encodings/gzip-fifty-times', Array<string>(50).fill('gzip').join(', '), (page) => gzipTimes(page, 50), BAD),
  coded('/encodings/unknown', 'rot13', (page) => page, BAD),
  coded('/encodings/compress', 'compress', () => Buffer.from('\x1f\x9d\x90', 'latin1'), BAD),
  coded('/encodings/zstd-not-asked-for', 'zstd', () => Buffer.from('\x28\xb5\x2f\xfd\x24\x00', 'latin1'), BAD, finds()),
  coded('/encodings/charset-instead', 'utf-8', (page) => page, BAD, finds()),
  coded('/encodings/none', 'none', (page) => page, BAD, finds()),
  coded('/encodings/name-of-4-kib', 'g'.repeat(4096), (page) => page, BAD),
  coded('/encodings/prototype-name', '__proto__, constructor', (page) => page, BAD),
  coded('/encodings/lying-gzip', 'gzip', (page) => page, BAD),
  coded('/encodings/lying-brotli', 'br', (page) => page, BAD),
  coded('/encodings/lying-deflate', 'deflate', (page) => page, BAD),
  coded('/encodings/gzip-labelled-brotli', 'br', zlib.gzipSync, BAD),
  coded('/encodings/gzip-labelled-deflate', 'deflate', zlib.gzipSync, BAD),
  coded('/encodings/gzip-labelled-twice', 'gzip, gzip', zlib.gzipSync, BAD),
  coded('/encodings/gzip-not-labelled', [], zlib.gzipSync, fails('bad_content_type'), finds()),
  coded('/encodings/gzip-truncated-in-trailer', 'gzip', (page) => cut(zlib.gzipSync(page), 6), finds(), BAD),
  // Half of the stream is there, and the address in the first tenth of the page.
  coded('/encodings/gzip-truncated-in-half', 'gzip', truncated(zlib.gzipSync), finds(), BAD),
  coded('/encodings/brotli-truncated-in-half', 'br', truncated(zlib.brotliCompressSync), finds(), BAD),
  coded('/encodings/gzip-header-only', 'gzip', (page) => zlib.gzipSync(page).subarray(0, 10), reads(), BAD),
  coded('/encodings/gzip-one-byte', 'gzip', () => Buffer.of(0x1f), reads(), BAD),
  coded('/encodings/gzip-wrong-checksum', 'gzip', (page) => flip(zlib.gzipSync(page), -6), finds(), BAD),
  coded('/encodings/gzip-corrupt-start', 'gzip', (page) => flip(zlib.gzipSync(page), 10), BAD),
  coded('/encodings/gzip-trailing-garbage', 'gzip', (page) =>
    Buffer.concat([zlib.gzipSync(page), Buffer.from('\x00\x00garbage behind the end')]),
  ),
  coded('/encodings/gzip-members', 'gzip', (page) => Buffer.concat(halves(page).map((half) => zlib.gzipSync(half)))),
  coded('/encodings/gzip-extra-field', 'gzip', (page) => withExtraField(zlib.gzipSync(page))),
  coded('/encodings/gzip-empty-body', 'gzip', () => Buffer.alloc(0), reads()),
  coded('/encodings/gzip-of-nothing', 'gzip', () => zlib.gzipSync(''), reads()),
  coded('/encodings/brotli-empty-body', 'br', () => Buffer.alloc(0), reads()),
  // 1 GiB in 1 MiB: members of a gzip file follow each other.
  coded('/encodings/gzip-bomb', 'gzip', (page) => gzipBomb(page, 64), CUT),
  coded('/encodings/deflate-bomb', 'deflate', (page) => zlib.deflateSync(bombOf(page), { level: 1 }), CUT),
  coded('/encodings/brotli-bomb', 'br', (page) => brotli(bombOf(page)), CUT),
  coded('/encodings/nested-bomb', 'gzip, gzip', (page) => zlib.gzipSync(gzipBomb(page, 64)), CUT),
  coded('/encodings/brotli-in-gzip-bomb', 'br, gzip', (page) => zlib.gzipSync(brotli(bombOf(page))), CUT),
  coded('/encodings/bomb-without-page', 'gzip', () => gzipBomb(Buffer.from(emptyPage()), 64), reads('too_large')),
  coded('/encodings/members-without-content', 'gzip', (page) => {
    const nothing = zlib.gzipSync('');
    return Buffer.concat([...Array<Buffer>(100_000).fill(nothing), zlib.gzipSync(page)]);
  }),
  http('/encodings/gzip-byte-by-byte', finds(), ({ response, endpoint }) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' });
    for (const byte of zlib.gzipSync(pageOf(endpoint))) response.write(Buffer.of(byte));
    response.end();
  }),
  http('/encodings/gzip-slow-drip', fails('timeout'), dripGzip, { slow: true }),
];

type Encode = (page: Buffer) => Buffer;

function coded(path: string, encoding: string | string[], encode: Encode, ...expect: Verdict[]): Endpoint {
  return http(path, expect.length === 0 ? finds() : expect, ({ response, endpoint }) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').setHeader('content-encoding', encoding);
    response.end(encode(Buffer.from(pageOf(endpoint))));
  });
}

function dripGzip({ response }: Exchange): void {
  response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' });
  response.write(zlib.gzipSync(emptyPage()).subarray(0, 20));
  drip(response, () => '\x00');
}

function gzipTimes(page: Buffer, times: number): Buffer {
  return times === 0 ? page : gzipTimes(zlib.gzipSync(page), times - 1);
}

function gzipBomb(page: Buffer, members: number): Buffer {
  return Buffer.concat([zlib.gzipSync(page), ...Array<Buffer>(members).fill(zlib.gzipSync(BLANKS, { level: 1 }))]);
}

function bombOf(page: Buffer): Buffer {
  return Buffer.concat([page, BLANKS, BLANKS]);
}

function brotli(content: Buffer): Buffer {
  return zlib.brotliCompressSync(content, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } });
}

function cut(content: Buffer, bytes: number): Buffer {
  return content.subarray(0, content.length - bytes);
}

/** The page, 200 kB of text that does not compress, and only half of the result. */
function truncated(encode: Encode): Encode {
  return (page) => {
    const noise = randomBytes(100_000)
      .toString('hex')
      .replaceAll(/(.{60})/g, '$1\n');
    const whole = encode(Buffer.concat([page, Buffer.from(noise)]));
    return whole.subarray(0, Math.floor(whole.length / 2));
  };
}

function flip(content: Buffer, index: number): Buffer {
  const at = index < 0 ? content.length + index : index;
  content[at] = (content[at] ?? 0) ^ 0xff;
  return content;
}

/** Two halves, cut in the middle of the address. */
function halves(page: Buffer): Buffer[] {
  const middle = page.indexOf('@');
  return [page.subarray(0, middle), page.subarray(middle)];
}

/** A gzip header with the optional fields of RFC 1952: 60 kB that no page has use for. */
function withExtraField(plain: Buffer): Buffer {
  const extra = Buffer.alloc(60_000, 7);
  const size = Buffer.alloc(2);
  size.writeUInt16LE(extra.length);
  const start = Buffer.from(plain.subarray(0, 10));
  start[3] = 0x04 | 0x08;
  return Buffer.concat([start, size, extra, Buffer.from('name.html\0'), plain.subarray(10)]);
}
