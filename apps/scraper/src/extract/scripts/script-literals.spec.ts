import { describe, expect, it } from 'vitest';
import { readLiterals } from './script-literals.js';

const read = (code: string): string[] => readLiterals(code, 100);

describe('readLiterals', () => {
  it.each([
    [`var mail = "info@a-firm.org";`, 'info@a-firm.org'],
    [`const c = { email: 'info@a-firm.org' }`, 'info@a-firm.org'],
    ['let t = `Write to info@a-firm.org`', 'Write to info@a-firm.org'],
    [`x("it's info@a-firm.org")`, "it's info@a-firm.org"],
    [`x('it\\'s info@a-firm.org')`, "it's info@a-firm.org"],
    [`x("info\\u0040a-firm.org")`, 'info@a-firm.org'],
    [`x("info\\x40a-firm.org")`, 'info@a-firm.org'],
    [`x("\\u003cb\\u003einfo@a-firm.org\\u003c\\/b\\u003e")`, '<b>info@a-firm.org</b>'],
    [`var r = /["']/g, m = "info@a-firm.org"`, 'info@a-firm.org'],
    [`var n = a / b; var m = "info@a-firm.org"; n = c / d`, 'info@a-firm.org'],
    [`s.replace(/[/"]/, ''); m = 'info@a-firm.org'`, 'info@a-firm.org'],
    [`{"a":"b","mail":"info@a-firm.org"}`, 'info@a-firm.org'],
    [`f("mailto:info%40a-firm.org")`, 'mailto:info%40a-firm.org'],
  ])('reads %s', (code, text) => {
    expect(read(code)).toEqual([text]);
  });

  it.each([
    '/*! library v3 | (c) somebody@a-firm.org */ var a = 1;',
    '// write to "info@a-firm.org"\nvar a = 1;',
    '/** @param {string} x "a@b.org" */',
    'Sentry.init({dsn: "https://605a7baede844d278b89dc95ae0a9123@o12.ingest.sentry.io/5"})',
    'var k = "605a7baede844d278b89dc95ae0a9123@sentry.a-firm.org"',
    'load("https://cdn.a-firm.org/npm/vue@3.2.1/dist/vue.js")',
    'x("swiper@11.0.5/swiper.min.js")',
    'x("@scope/package.js")',
    'css("@media screen"); css("@import url(a.css)")',
    'img = "logo@2x.png"',
    'var re = /[a-z]+@[a-z]+.com/g',
    'var re = "^[^@]+@[^@]+$"',
    'a@b.org',
  ])('makes nothing of %s', (code) => {
    expect(read(code)).toEqual([]);
  });

  it('goes on behind a literal that does not end', () => {
    expect(read(`var a = "broken\nvar b = 'info@a-firm.org'`)).toEqual(['info@a-firm.org']);
  });

  it('reads only what stands around the addresses of a long text', () => {
    const [text = ''] = read(
      JSON.stringify({ page: `${'word '.repeat(10_000)}info@a-firm.org${' word'.repeat(10_000)}` }),
    );
    expect(text).toContain('info@a-firm.org');
    expect(text.length).toBeLessThan(1000);
  });

  it('takes time in proportion to the length of the code', () => {
    const hostile = ['"', '/', '`', '/*', "'@", '\\', '/a', '"a@', '(/[', '(/\\'];
    for (const part of hostile) expect(read(part.repeat(200_000)).length).toBeLessThanOrEqual(100);
  });
});
