import { createHash, randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import { flood, pageOf } from './answers.js';
import { addressOf, fails, finds, http, type Endpoint, type Exchange, type Serve } from './endpoint.js';

const NO_PAGE = fails('bad_content_type');
const PNG = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
const JPEG = Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF', 'latin1');
const GIF = Buffer.from('GIF89a\x01\0\x01\0', 'latin1');
const ZIP = Buffer.from('PK\x03\x04\x14\0', 'latin1');
// The same on every run: real noise opens a tag now and then, which changes what is around the address.
const NOISE = Buffer.concat([
  Buffer.of(0, 1, 2, 3),
  ...Array.from({ length: 160 }, (_, index) => createHash('sha256').update(String(index)).digest()),
]);
const PDF = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1');

/** What a body says it is, and what it is. */
export const TYPES: Endpoint[] = [
  // Readable, however it is written.
  page('html-upper-case', 'TEXT/HTML; CHARSET=UTF-8'),
  page('xhtml', 'application/xhtml+xml'),
  page('plain-text-with-tags', 'text/plain'),
  page('parameters-empty', 'text/html;;; ; charset=utf-8;'),
  page('parameter-without-value', 'text/html; charset'),
  page('blanks-around', '  text/html  ;  charset = utf-8 '),
  page('blank-instead-of-semicolon', 'text/html charset=utf-8'),
  page('comma-list', 'text/html, text/html; charset=utf-8'),
  page('parameter-first', 'charset=utf-8'),
  page('no-slash', 'html'),
  page('only-slash', '/'),
  page('no-type', null),
  page('empty-type', ''),
  page('any-type', '*/*'),
  page('octet-stream-is-html', 'application/octet-stream'),
  page('unknown-is-html', 'unknown/unknown'),
  page('xml-is-xhtml', 'application/xml'),
  page('content-disposition', 'text/html', { 'content-disposition': 'attachment; filename="../../etc/passwd"' }),
  page('nosniff', 'text/html', { 'x-content-type-options': 'nosniff' }),
  http(
    '/types/plain-text',
    finds(),
    typed('text/plain', ({ endpoint }) => `Write to ${addressOf(endpoint.path)}.\n`),
  ),
  http('/types/json', finds(), typed('application/json', json)),
  http('/types/json-ld', finds(), typed('application/ld+json', json)),
  http('/types/problem-json', [finds(), NO_PAGE], typed('application/problem+json', json)),
  http('/types/text-json', finds(), typed('text/json', json)),
  // Says page, is none.
  ...(
    [
      ['png', PNG],
      ['jpeg', JPEG],
      ['gif', GIF],
      ['zip', ZIP],
      ['pdf', PDF],
      ['gzip', zlib.gzipSync('x')],
    ] as const
  ).flatMap(([name, start]) => [
    http(`/types/${name}-as-html`, NO_PAGE, typed('text/html', withAddress(start))),
    http(`/types/${name}-without-type`, NO_PAGE, typed(null, withAddress(start))),
  ]),
  // Of no format that anybody knows: browsers read what is called HTML, and take nothing else for it.
  http('/types/noise-as-html', [NO_PAGE, finds()], typed('text/html', withAddress(NOISE))),
  http('/types/noise-without-type', NO_PAGE, typed(null, withAddress(NOISE))),
  // Says that it is none: the body is not downloaded, and not read.
  ...[
    'application/pdf',
    'image/png',
    'image/svg+xml',
    'video/mp4',
    'audio/mpeg',
    'font/woff2',
    'application/zip',
    'application/gzip',
    'application/x-msdownload',
    'application/javascript',
    'text/css',
    'application/wasm',
    'application/vnd.ms-excel',
    'application/x-protobuf',
    'multipart/x-mixed-replace; boundary=frame',
    'multipart/mixed; boundary=x',
    'message/rfc822',
    'text/event-stream',
    'model/gltf-binary',
  ].map((type) => http(`/types/${nameOf(type)}`, NO_PAGE, typed(type, withAddress(Buffer.from('x'))))),
  ...['application/rss+xml', 'application/atom+xml', 'text/xml', 'application/xml'].map((type) =>
    http(`/types/feed-${nameOf(type)}`, [NO_PAGE, finds()], typed(type, feed)),
  ),
  ...['text/csv', 'text/vcard', 'text/markdown', 'text/calendar'].map((type) =>
    http(`/types/${nameOf(type)}`, [NO_PAGE, finds()], typed(type, withAddress(Buffer.from('text: ')))),
  ),
  ...['video/mp4', 'audio/mpeg', 'multipart/x-mixed-replace', 'application/octet-stream', 'text/event-stream'].map(
    (type) => http(`/types/endless-${nameOf(type)}`, NO_PAGE, endless(type)),
  ),
  http('/types/name-of-10-kib', NO_PAGE, typed(`x/${'y'.repeat(10_000)}`, withAddress(Buffer.from('x')))),
  http('/types/slashes', NO_PAGE, typed('/'.repeat(1000), withAddress(Buffer.from('x')))),
  http('/types/prototype', NO_PAGE, typed('__proto__/constructor', withAddress(Buffer.from('x')))),
];

function page(name: string, type: string | null, headers: Record<string, string> = {}): Endpoint {
  return http(
    `/types/${name}`,
    finds(),
    typed(type, ({ endpoint }) => pageOf(endpoint), headers),
  );
}

function typed(type: string | null, make: (exchange: Exchange) => string | Buffer, headers = {}): Serve {
  return (exchange) => {
    exchange.response.writeHead(200, { ...(type !== null && { 'content-type': type }), ...headers });
    exchange.response.end(make(exchange));
  };
}

function withAddress(start: Buffer): (exchange: Exchange) => Buffer {
  return ({ endpoint }) => Buffer.concat([start, Buffer.from(`\n<p>${addressOf(endpoint.path)} </p>\n`)]);
}

function json({ endpoint }: Exchange): string {
  return JSON.stringify({ name: 'Mill', contact: { email: addressOf(endpoint.path) } });
}

function feed({ endpoint }: Exchange): string {
  return `<?xml version="1.0"?><rss><channel><managingEditor>${addressOf(endpoint.path)} (Mill)</managingEditor></channel></rss>`;
}

function endless(type: string): Serve {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': type });
    flood(response, () => randomBytes(65_536));
  };
}

function nameOf(type: string): string {
  return type.split(';')[0]!.replaceAll(/[^a-z0-9]+/g, '-');
}
