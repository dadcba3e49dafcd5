import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { CandidateParser } from '../extract/text/candidate-parser.js';
import { scanAddresses } from '../extract/text/address-scan.js';
import { decodeText, detectCharset } from './charset.js';

async function decode(body: Buffer, header: string | null = null): Promise<string> {
  return decodeText([body], detectCharset(body, header));
}

describe('detectCharset', () => {
  it('believes a byte order mark before the header', async () => {
    expect(await decode(Buffer.from('\ufeffgrüße'), 'iso-8859-1')).toBe('grüße');
    expect(await decode(Buffer.concat([Buffer.from([0xff, 0xfe]), iconv.encode('grüße', 'utf-16le')]))).toBe('grüße');
  });

  it('believes the header before the meta tag', async () => {
    const body = iconv.encode('<meta charset="utf-8">grüße', 'windows-1252');
    expect(await decode(body, 'ISO-8859-1')).toContain('grüße');
  });

  it.each(['windows-1251', 'shift_jis', 'euc-kr', 'gb2312', 'big5', 'koi8-r', 'iso-8859-2'])(
    'reads %s from the meta tag',
    async (charset) => {
      const text =
        { 'windows-1251': 'Почта', 'koi8-r': 'Почта', 'iso-8859-2': 'Příliš', 'euc-kr': '문의' }[charset] ?? '会社';
      const body = iconv.encode(
        `<meta http-equiv="Content-Type" content="text/html; charset=${charset}">${text}`,
        charset,
      );
      expect(await decode(body)).toContain(text);
    },
  );

  it('reads a meta tag that comes late, but not one in a comment', async () => {
    const late = `<!-- <meta charset="koi8-r"> -->${'<link rel="x">'.repeat(200)}<meta charset="windows-1251">Почта`;
    expect(await decode(iconv.encode(late, 'windows-1251'))).toContain('Почта');
  });

  it('reads an XML declaration, unless a meta tag says otherwise', async () => {
    const xml = '<?xml version="1.0" encoding="iso-8859-2"?><html><body>Příliš';
    expect(await decode(iconv.encode(xml, 'iso-8859-2'))).toContain('Příliš');
    const both = '<?xml version="1.0" encoding="iso-8859-2"?><meta charset="windows-1251">Почта';
    expect(await decode(iconv.encode(both, 'windows-1251'))).toContain('Почта');
  });

  it.each(['utf-16le', 'utf-16be'])('sees %s without a byte order mark, whatever is declared', async (charset) => {
    const page = '<html><head><meta charset="utf-8"></head><body>会社 press@acme-mill.jp</body></html>';
    expect(await decode(iconv.encode(page, charset, { addBOM: false }), 'utf-8')).toBe(page);
  });

  it('does not believe in a UTF-8 that the bytes disprove', async () => {
    const page = '<meta charset="windows-1251">Наш адрес';
    expect(await decode(iconv.encode(page, 'windows-1251'), 'utf-8')).toBe(page);
    expect(await decode(iconv.encode('<meta charset="utf-8">Bäckerei Müller', 'latin1'))).toContain('Bäckerei Müller');
  });

  it('believes in UTF-8 in spite of a broken character, or one cut at the end of the sample', async () => {
    const broken = Buffer.concat([Buffer.from('<p>größer, schöner '), Buffer.of(0xfc), Buffer.from(' früher</p>')]);
    expect(detectCharset(broken, null)).toBe('utf-8');
    expect(detectCharset(Buffer.from(`${'a'.repeat(99)}ü`).subarray(0, 100), null)).toBe('utf-8');
    expect(detectCharset(Buffer.from(`${'a'.repeat(99)}会`).subarray(0, 101), null)).toBe('utf-8');
  });

  it('keeps what the header says, also where a meta tag and the bytes say UTF-8', () => {
    expect(detectCharset(Buffer.from('<meta charset="utf-8">größer'), 'iso-8859-1')).toBe('windows-1252');
  });

  it('reads Latin-1 as the windows-1252 that pages mean', async () => {
    expect(await decode(Buffer.from([0x93, 0x80, 0x94]), 'latin1')).toBe('“€”');
  });

  it('reads iso-2022-jp', async () => {
    expect(await decode(Buffer.from('\x1b$B2q<R\x1b(B', 'latin1'), 'iso-2022-jp')).toBe('会社');
  });

  it('falls back to UTF-8 for labels nobody knows', async () => {
    expect(await decode(Buffer.from('ü'), 'klingon')).toBe('ü');
    expect(await decode(Buffer.from('68690a'), 'hex')).toBe('68690a');
  });

  it('keeps a character whole that lies across two slices', async () => {
    const text = `${'a'.repeat(256 * 1024 - 1)}ü`;
    expect(await decode(Buffer.from(text))).toBe(text);
  });
});

describe('a page that declares nothing', () => {
  const pageOf = (text: string): string =>
    `<html><head><title>Contact</title><script>function the(of) { return "and"; }</script></head>
     <body><p>${text}press@acme-mill.org</p><footer>All rights reserved</footer></body></html>`;

  it.each([
    ['windows-1251', 'Добро пожаловать на сайт нашей компании: пишите нам по адресу '],
    ['koi8-r', 'Добро пожаловать на сайт нашей компании: пишите нам по адресу '],
    ['windows-1252', 'Bäckerei Müller: täglich außer Sonntag, für Bestellungen '],
    ['windows-1252', 'We don’t bite, and we’re here: it’s '],
    ['windows-1252', 'Café: '],
    [
      'iso-8859-2',
      'Urząd miasta, wydział oświaty, ogłoszenia: napisz do nas, jesteśmy każdego dnia, zażółć gęślą jaźń ',
    ],
    ['windows-1253', 'Επικοινωνία: γράψτε μας στη διεύθυνση '],
    ['windows-1256', 'اتصل بنا: راسلنا على عنوان البريد الالكتروني للشركة '],
    ['shift_jis', 'お問い合わせ：会社の連絡先はこちらのメールアドレスまで'],
    ['shift_jis', 'メール'],
    ['euc-jp', 'お問い合わせ：会社の連絡先はこちらのメールアドレスまで'],
    ['euc-kr', '문의하기: 회사 연락처 이메일 주소로 보내 주세요'],
    ['gbk', '联系我们：请发送电子邮件到公司地址，电话，传真，公司简介'],
    ['big5', '聯絡我們：請發送電子郵件到公司地址，電話，傳真，公司簡介'],
  ])('is read by what its bytes look like: %s %s', async (charset, text) => {
    expect(await decode(iconv.encode(pageOf(text), charset))).toBe(pageOf(text));
  });

  it('is read as iso-2022-jp where it shifts to and fro', async () => {
    expect(await decode(Buffer.from(pageOf('\x1b$B2q<R\x1b(B'), 'latin1'))).toBe(pageOf('会社'));
  });

  it.each([
    ['gbk', '联系我们'],
    ['euc-kr', '문의'],
    ['tis-620', 'ติดต่อเรา'],
    ['windows-1255', 'צור קשר'],
  ])('keeps the words in front of an address off it where they are too few to tell: %s %s', async (charset, text) => {
    const decoded = await decode(iconv.encode(pageOf(text), charset));
    const [address] = scanAddresses(decoded, new CandidateParser());
    expect(address?.address.normalised).toBe('press@acme-mill.org');
  });
});
