import iconv from 'iconv-lite';
import { addressOf, fails, finds, http, reads, type Endpoint, type Verdict } from './endpoint.js';

const FILLER = 'We build quiet things that last, and have done so since 1987 in the old mill.';

/** Pages in the encodings of the world; `snippet` is what the evidence beside the address must say. */
export const CHARSETS: Endpoint[] = [
  page('latin1', 'iso-8859-1', 'windows-1252', 'Grüße an'),
  page('latin1-means-windows-1252', 'latin1', 'windows-1252', '“Preis” 5 €:'),
  page('windows-1252', 'windows-1252', 'windows-1252', '„Größe“ – œuvre'),
  page('windows-1250', 'windows-1250', 'windows-1250', 'Příliš žluťoučký'),
  page('iso-8859-2', 'iso-8859-2', 'iso-8859-2', 'Zażółć gęślą'),
  page('windows-1251', 'windows-1251', 'windows-1251', 'Напишите нам'),
  page('koi8-r', 'KOI8-R', 'koi8-r', 'Пишите сюда'),
  page('koi8-u', 'koi8-u', 'koi8-u', 'Пишіть сюди'),
  page('iso-8859-7', 'iso-8859-7', 'iso-8859-7', 'Επικοινωνία'),
  page('windows-1255', 'windows-1255', 'windows-1255', 'צור קשר'),
  page('windows-1256', 'windows-1256', 'windows-1256', 'اتصل بنا'),
  page('turkish', 'iso-8859-9', 'windows-1254', 'İletişim şu'),
  page('thai', 'tis-620', 'windows-874', 'ติดต่อ'),
  page('macintosh', 'macintosh', 'macintosh', 'Café'),
  page('shift-jis', 'Shift_JIS', 'shift_jis', '連絡先 表示'),
  page('windows-31j', 'windows-31j', 'shift_jis', '連絡先'),
  page('euc-jp', 'euc-jp', 'euc-jp', 'お問い合わせ'),
  page('gb18030', 'gb18030', 'gb18030', '联系我们'),
  page('gb2312-means-gb18030', 'gb2312', 'gb18030', '聯絡我們 镕'),
  page('big5', 'big5', 'big5', '聯絡我們'),
  page('euc-kr', 'euc-kr', 'euc-kr', '문의하기'),
  page('ks-c-5601', 'ks_c_5601-1987', 'euc-kr', '연락처'),
  page('utf-16le-header', 'utf-16le', 'utf-16le', 'Grüße'),
  page('utf-16be-header', 'utf-16be', 'utf-16be', 'Grüße'),
  served('utf-16le-bom', null, finds({ snippet: 'Grüße' }), (html) =>
    Buffer.concat([Buffer.of(0xff, 0xfe), iconv.encode(html('Grüße'), 'utf-16le')]),
  ),
  served('utf-16be-bom', null, finds({ snippet: 'Grüße' }), (html) =>
    Buffer.concat([Buffer.of(0xfe, 0xff), iconv.encode(html('Grüße'), 'utf-16be')]),
  ),
  served('utf-8-bom', null, finds({ snippet: 'Grüße' }), (html) => Buffer.from(`\ufeff${html('Grüße')}`)),
  served('bom-beats-header', 'windows-1251', finds({ snippet: 'Grüße' }), (html) =>
    Buffer.from(`\ufeff${html('Grüße')}`),
  ),
  served('utf-16-bom-beats-header', 'utf-8', finds({ snippet: 'Grüße' }), (html) =>
    Buffer.concat([Buffer.of(0xff, 0xfe), iconv.encode(html('Grüße'), 'utf-16le')]),
  ),
  served('header-beats-meta', 'windows-1251', finds({ snippet: 'Пишите' }), (html) =>
    iconv.encode(`<meta charset="utf-8">${html('Пишите')}`, 'windows-1251'),
  ),
  served('meta-short', null, finds({ snippet: 'Пишите' }), (html) =>
    iconv.encode(`<meta charset=windows-1251>${html('Пишите')}`, 'windows-1251'),
  ),
  served('meta-long', null, finds({ snippet: 'Пишите' }), (html) =>
    iconv.encode(`<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=KOI8-R'>${html('Пишите')}`, 'koi8-r'),
  ),
  served('meta-says-utf-16', null, finds({ snippet: 'Grüße' }), (html) =>
    Buffer.from(`<meta charset="utf-16">${html('Grüße')}`),
  ),
  served('meta-in-comment', null, finds({ snippet: 'Grüße' }), (html) =>
    Buffer.from(`<!-- <meta charset="koi8-r"> -->${html('Grüße')}`),
  ),
  served('meta-after-4-kib', null, finds(), (html) =>
    iconv.encode(`<!-- ${' '.repeat(4096)} --><meta charset=windows-1251>${html('Пишите')}`, 'windows-1251'),
  ),
  served('xml-declaration', null, finds(), (html) =>
    iconv.encode(`<?xml version="1.0" encoding="iso-8859-1"?>${html('Grüße')}`, 'latin1'),
  ),
  served('unknown-header', 'x-martian-8', finds({ snippet: 'Grüße' }), (html) => Buffer.from(html('Grüße'))),
  served('unknown-header-known-meta', 'x-martian-8', finds({ snippet: 'Пишите' }), (html) =>
    iconv.encode(`<meta charset=windows-1251>${html('Пишите')}`, 'windows-1251'),
  ),
  served('node-codings-are-no-charsets', 'base64', finds({ snippet: 'Grüße' }), (html) => Buffer.from(html('Grüße'))),
  served('charset-prototype-name', '__proto__', finds({ snippet: 'Grüße' }), (html) => Buffer.from(html('Grüße'))),
  served('charset-of-10-kib', 'x'.repeat(10_000), finds(), (html) => Buffer.from(html('Grüße'))),
  served('charset-in-quotes', '"windows-1251"', finds({ snippet: 'Пишите' }), (html) =>
    iconv.encode(html('Пишите'), 'windows-1251'),
  ),
  served('charset-empty', '', finds({ snippet: 'Grüße' }), (html) => Buffer.from(html('Grüße'))),
  // An address that only exists for who decodes UTF-7: a way past filters, which no browser follows any more.
  served('utf-7', 'utf-7', reads(), () =>
    Buffer.from(text('+ADw-p+AD4-utf7+AEA-hostile.gleaner-test.org+ADw-/p+AD4-')),
  ),
  served('utf-7-by-bom', null, reads(), () => Buffer.from(`+/v8-${text('utf7+AEA-hostile.gleaner-test.org')}`), {
    type: 'text/plain',
  }),
  served('overlong-at-sign', 'utf-8', reads(), () =>
    Buffer.concat([Buffer.from(text('overlong')), Buffer.of(0xc1, 0x80), Buffer.from('hostile.gleaner-test.org')]),
  ),
  served('invalid-utf-8', 'utf-8', finds(), (html) =>
    Buffer.concat([
      Buffer.from('<p>'),
      Buffer.of(0xff, 0xfe, 0x80, 0xc0, 0xed, 0xa0, 0x80, 0xf5, 0x20),
      Buffer.from(html('fine')),
      Buffer.of(0xe2, 0x82),
    ]),
  ),
  served('utf-16-odd-bytes', 'utf-16le', finds(), (html) =>
    Buffer.concat([iconv.encode(html('Grüße'), 'utf-16le'), Buffer.of(0x41)]),
  ),
  served('utf-16-lone-surrogates', 'utf-16le', finds(), (html) =>
    Buffer.concat([Buffer.of(0x00, 0xd8, 0x00, 0xdc, 0x00, 0xdc, 0x20, 0x00), iconv.encode(html('Grüße'), 'utf-16le')]),
  ),
  served('utf-32-bom', null, [finds(), reads(), fails('bad_content_type')], (html) =>
    iconv.encode(html('Grüße'), 'utf-32le', { addBOM: true }),
  ),
  served('iso-2022-jp', 'iso-2022-jp', finds(), (html) => Buffer.from(html('\x1b$B0lHL\x1b(B'), 'latin1')),
  served('iso-2022-jp-never-back', 'iso-2022-jp', [finds(), reads()], (html) =>
    Buffer.from(`\x1b$B${html('x')}`, 'latin1'),
  ),
  served('shift-jis-broken-pairs', 'shift_jis', finds(), (html) =>
    Buffer.concat([Buffer.alloc(3001, 0x81), Buffer.from(' <p> </p> '), Buffer.from(html('x'))]),
  ),
  served('gb18030-broken-quads', 'gb18030', finds(), (html) =>
    Buffer.concat([Buffer.from([0x81, 0x30, 0x81, 0x30, 0xff, 0x84, 0x31, 0x20, 0x20]), Buffer.from(html('x'))]),
  ),
  served('4-mb-of-shift-jis', 'shift_jis', finds(), (html) =>
    Buffer.concat([iconv.encode(`<p>${'連絡先 '.repeat(550_000)}</p>`, 'shift_jis'), Buffer.from(html('x'))]),
  ),
];

type Make = (html: (words: string) => string) => Buffer;

/** A page in `encoding` whose header calls it `label`. */
function page(name: string, label: string, encoding: string, words: string): Endpoint {
  return served(name, label, finds({ snippet: words }), (html) => iconv.encode(html(words), encoding));
}

function served(
  name: string,
  label: string | null,
  expect: Verdict | Verdict[],
  make: Make,
  { type = 'text/html' } = {},
): Endpoint {
  const path = `/charsets/${name}`;
  return http(path, expect, ({ response }) => {
    response.writeHead(200, { 'content-type': label === null ? type : `${type}; charset=${label}` });
    response.end(make((words) => `<html><body><p>${FILLER}</p><p>${words} ${addressOf(path)} end</p></body></html>`));
  });
}

function text(content: string): string {
  return `<html><body><p>${FILLER}</p><p>${content}`;
}
