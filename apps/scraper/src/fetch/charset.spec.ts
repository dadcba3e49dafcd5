import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
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
