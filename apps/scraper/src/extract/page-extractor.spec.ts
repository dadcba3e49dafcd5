import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding, PageFindings } from './finding.js';
import { PageExtractor, type SourcePage } from './page-extractor.js';

async function extract(text: string, options: Partial<SourcePage> = {}): Promise<PageFindings> {
  return new PageExtractor().extractPage({
    url: 'https://acme-mill.de/dir/page',
    kind: 'html',
    text,
    cut: null,
    ...options,
  });
}

async function findings(text: string, options: Partial<SourcePage> = {}): Promise<Finding[]> {
  return (await extract(text, options)).findings;
}

async function addresses(text: string, options: Partial<SourcePage> = {}): Promise<string[]> {
  return (await findings(text, options)).map(({ address }) => address.address).sort();
}

describe('PageExtractor', () => {
  it.each([
    ['text', '<p>Write to info@acme-mill.de.</p>'],
    ['mailto', '<a href="mailto:info@acme-mill.de?subject=Hi">write</a>'],
    ['mailto', '<a href="MAILTO:%69nfo%40acme-mill.de">write</a>'],
    ['mailto', '<a href="mailto:&quot;The Mill, Acme&quot; <info@acme-mill.de>">write</a>'],
    ['mailto', '<a href="mailto:?cc=info@acme-mill.de">write</a>'],
    ['mailto', '<a href=" info@acme-mill.de ">write</a>'],
    ['text', '<p>info&#64;acme-mill&period;de</p>'],
    [
      'json-ld',
      '<script type="application/ld+json">{"@graph":[{"a":[{"email":"mailto:info@acme-mill.de"}]}]}</script>',
    ],
    ['json-ld', '<script type="application/ld+json">{"email": "info@acme-mill.de",}</script>'],
    ['microdata', '<span itemprop="email">info@acme-mill.de</span>'],
    ['microdata', '<meta itemprop="email" content="info@acme-mill.de">'],
    ['meta', '<meta name="description" content="Mail: info@acme-mill.de">'],
    ['attribute', '<input value="info@acme-mill.de">'],
    ['attribute', '<a data-mail="info@acme-mill.de">write</a>'],
    ['cloudflare', `<a class="__cf_email__" data-cfemail="${cloak('info@acme-mill.de')}">[email&#160;protected]</a>`],
    ['cloudflare', `<a href="/cdn-cgi/l/email-protection#${cloak('info@acme-mill.de')}">write</a>`],
    ['obfuscated-text', '<p>info [at] acme-mill [dot] de</p>'],
    ['obfuscated-text', '<p>info(at)acme-mill.de</p>'],
  ])('reads %s from %s', async (method, html) => {
    expect(await findings(html)).toMatchObject([{ address: { address: 'info@acme-mill.de' }, method, flags: [] }]);
  });

  it('reads every recipient of a mailto list', async () => {
    const html =
      '<a href="mailto:a@acme-mill.de,b@acme-mill.de;c@acme-mill.de?cc=d@acme-mill.de&amp;bcc=e@acme-mill.de&body=f@acme-mill.de">x</a>';
    expect(await addresses(html)).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@acme-mill.de`));
  });

  it('finds nothing in a link for sharing', async () => {
    expect(await addresses('<a href="mailto:?subject=Look&body=https://acme-mill.de/?a@b.de">share</a>')).toEqual([]);
  });

  it('joins text over inline tags and comments, and keeps blocks, cells and breaks apart', async () => {
    expect(await addresses('<p><b>in</b>fo<!-- x -->@<i>acme</i>-mill.de</p>')).toEqual(['info@acme-mill.de']);
    expect(
      await addresses('<td>a@acme-mill.de</td><td>b@acme-mill.de</td>c@acme-mill.de<br>d@acme-mill.de<div>Tel</div>'),
    ).toHaveLength(4);
  });

  it('cuts off neighbours that are glued to an address', async () => {
    const html =
      '<span>a@acme-mill.de</span><span>Telefon</span><p><i>b@acme-mill.de</i><i>www.acme-mill.de</i><p>c@acme-mill.de.Please<p>d@acme-mill.deFax';
    expect(await addresses(html)).toEqual(['a', 'b', 'c', 'd'].map((name) => `${name}@acme-mill.de`));
  });

  it('skips what an inline element hides inside an address', async () => {
    expect(await addresses('<p>info@<span style="display: none">no-spam.</span>acme-mill.de</p>')).toEqual([
      'info@acme-mill.de',
    ]);
  });

  it('keeps punctuation, separators and foreign script out', async () => {
    const text =
      '"a@acme-mill.de", (b@acme-mill.de); <c@acme-mill.de>! d@acme-mill.de/e@acme-mill.de|f@acme-mill.de 邮箱：g@acme-mill.de。はh@acme-mill.deまで';
    expect(await addresses(text.replace('<c', '&lt;c'))).toHaveLength(8);
  });

  it('reads local parts and domains that are unusual but real', async () => {
    const text =
      "sean.o'brien@acme-mill.de 007@acme-mill.de a+b_c--d@acme-mill.de kontakt@bäckerei-grün.de 客服@晨星.中国";
    expect(await addresses(`<p>${text}</p>`)).toHaveLength(5);
  });

  it.each([
    'logo@2x.png',
    'left-pad@1.3.0',
    'git@github.com:acme/mill.git',
    'ssh://git@acme-mill.de/x.git',
    'https://user:secret@acme-mill.de/',
    'https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/5',
    'Message-ID: &lt;abc.123@mail.acme-mill.de&gt;',
    '@studio@mastodon.social',
    'sip:1001@acme-mill.de',
    'xmpp:room@acme-mill.de',
    'info@localhost',
    'info@acme-mill.notatld',
    'foo@co.uk',
    'a@b@acme-mill.de',
    'Follow @acme.de',
    'meet me at domain dot',
    'we met at lunch (at noon) in acme.de',
    '<code>deploy@prod.sh</code>',
    '5 @ 3.50',
    'x'.repeat(65) + '@acme-mill.de',
  ])('finds nobody in %s', async (html) => {
    expect(await addresses(`<p>${html}</p>`)).toEqual([]);
  });

  it.each([
    'you@example.com',
    'ihre-email@acme-mill.de',
    'vorname.nachname@acme-mill.de',
    'name@domain.com',
    'email@yourdomain.co.uk',
    'test@gmail.com',
    'x@a.example',
  ])('flags %s as a placeholder', async (address) => {
    expect(await findings(`<p>${address}</p>`)).toMatchObject([{ flags: ['placeholder'] }]);
  });

  it('flags what an input suggests, unless it is also stated as an address', async () => {
    const html = '<input placeholder="anna@acme-mill.de">';
    expect(await findings(html)).toMatchObject([{ flags: ['placeholder'] }]);
    expect(await findings(`${html} anna@acme-mill.de`)).toMatchObject([{ flags: [] }]);
  });

  it('finds the end of a script wherever a slice of the page ends', async () => {
    const start = '<script data-when="a>b">';
    for (const split of [1, 4, 8]) {
      const code = 'x'.repeat(16 * 1024 - split);
      const html = `${start}${code}</script><p>info@acme-mill.de</p><script>y</script>`;
      expect(await addresses(html)).toEqual(['info@acme-mill.de']);
    }
  });

  it('does not read comments, of scripts neither, and styles', async () => {
    expect(
      await addresses('<script>// a@acme-mill.de\n</script><style>b@acme-mill.de</style><!-- c@acme-mill.de -->'),
    ).toEqual([]);
  });

  it('gives the best way of several, with text around it of at most 160 characters', async () => {
    const html = `<p>${'word '.repeat(100)}info@acme-mill.de${' word'.repeat(100)}<a href="mailto:info@acme-mill.de">x</a>`;
    const [finding] = await findings(html.replace('mailto:', 'x:'));
    expect(finding?.snippet).toContain('word info@acme-mill.de word');
    expect(finding?.snippet.length).toBeLessThanOrEqual(160);
    expect(await findings(html)).toMatchObject([{ method: 'mailto', confidence: 0.98 }]);
  });

  it('drops the last word of a page that was cut', async () => {
    expect(await addresses('<p>a@acme-mill.de b@acme-mill.co', { cut: 'too_large' })).toEqual(['a@acme-mill.de']);
    expect(await addresses('<p>x <a href="mailto:b@acme-mill.co', { cut: 'too_large' })).toEqual([]);
  });

  it('reads plain text and JSON', async () => {
    expect(await addresses('Mail <a@acme-mill.de>\nb@acme-mill.de', { kind: 'text' })).toHaveLength(2);
    expect(await addresses('{"x":["tel\\na@acme-mill.de",{"y":"b\\u0040acme-mill.de"}]}', { kind: 'json' })).toEqual([
      'a@acme-mill.de',
      'b@acme-mill.de',
    ]);
  });

  it('finds an address wherever the slices of a large page are cut', async () => {
    for (const padding of [65_520, 65_526, 65_530, 65_536, 32_760]) {
      expect(await addresses(`${'x '.repeat(padding / 2)}<p>info@acme&#45;mill.de</p>`)).toEqual(['info@acme-mill.de']);
      expect(await addresses(`${'x '.repeat(padding / 2)} <b>info</b>@acme-mill.de and more`)).toEqual([
        'info@acme-mill.de',
      ]);
    }
  });

  it('collects links with their words, absolute by the base', async () => {
    const html =
      '<base href="/b/"><a href="c?x=1#top" title="T"><b>Con</b>tact</a><a href="javascript:x">no</a><a href="tel:1">no</a><a href="#x">no</a><frame src="//d.example/f">';
    expect((await extract(html)).links).toEqual([
      { url: 'https://acme-mill.de/b/c?x=1', text: 'T Con tact' },
      { url: 'https://d.example/f', text: '' },
    ]);
  });

  it.each([
    ['<a href=c aria-label="Kontakt"><i></i></a>', 'Kontakt'],
    ['<a href=c title="T" aria-label="Kontakt">x</a>', 'T Kontakt x'],
    ['<a href=c><svg aria-label="Kontakt"></svg></a>', 'Kontakt'],
    ['<a href=c><svg><title>Kontakt</title></svg></a>', 'Kontakt'],
    ['<a href=c><img src=i.png alt="Kontakt"></a>', 'Kontakt'],
    ['<a href=c><span title="Kontakt"></span></a>', 'Kontakt'],
    ['<a href=c class="nav"><i class="icon-kontakt"></i></a>', 'nav icon-kontakt'],
    ['<a href=c class="nav">Kontakt</a>', 'Kontakt'],
    ['<area href=c alt="Kontakt">', 'Kontakt'],
    ['<iframe src=c title="Kontakt"></iframe>', 'Kontakt'],
  ])('reads the words of %s', async (html, text) => {
    expect((await extract(html)).links).toEqual([{ url: 'https://acme-mill.de/dir/c', text }]);
  });

  it.each([
    ['<link rel="canonical" href="/x#y">', 'https://acme-mill.de/x'],
    ['<base href="/b/"><LINK REL="nofollow Canonical" HREF="c">', 'https://acme-mill.de/b/c'],
    ['<link rel=canonical href=/a><link rel=canonical href=/b>', 'https://acme-mill.de/a'],
    ['<body><link rel=canonical href=/x>', null],
    ['<link rel=alternate href=/x>', null],
    ['<link rel=canonical href="javascript:x">', null],
    ['<link rel=canonical href="http://[">', null],
    ['<link rel=canonical>', null],
  ])('reads the canonical address of %s', async (html, canonical) => {
    expect((await extract(html)).canonical).toBe(canonical);
  });

  it.each([
    ['<meta name="robots" content="noindex, follow">', true],
    ['<META NAME="Gleaner" CONTENT="NONE">', true],
    ['<meta name="robots" content="index,follow,noarchive">', false],
    ['<meta name="googlebot" content="noindex">', false],
    ['<meta name="robots" content="max-snippet:none-such">', false],
  ])('notes whether %s asks not to be indexed', async (html, noindex) => {
    expect((await extract(html)).noindex).toBe(noindex);
  });

  it('gives pages that say the same the same fingerprint, and others another', async () => {
    const text =
      'We build quiet things that last, and have done so since 1987, for longer than anybody who is here now can say or would want to know.';
    const print = async (html: string, url = 'https://acme-mill.de/x'): Promise<string> =>
      (await extract(html, { url })).fingerprint;
    const one = await print(`<title>A</title><p>${text}</p><script>1</script>`);
    expect(one).not.toBe('');
    expect(await print(`<title>B</title><div><b>${text}</b><i></i></div>`)).toBe(one);
    expect(await print(`<p>${text.replaceAll(' ', '<br>')}`)).toBe(one);
    expect(await print(`<p>${text} Foo.`, 'https://acme-mill.de/foo')).toBe(one);
    expect(await print(`<p>${text} Foo.`)).not.toBe(one);
    expect(await print('<script src=app.js></script><p>Loading')).toBe('');
    expect((await extract(text, { kind: 'text' })).fingerprint).toBe('');
  });

  it('tells a page that only scripts can draw, and one with a contact form', async () => {
    expect(await extract('<title>Acme Mill</title><div id=app></div><script src=a.js></script>')).toMatchObject({
      scriptOnly: true,
    });
    expect(await extract(`<p>${'word '.repeat(20)}</p><script></script>`)).toMatchObject({
      scriptOnly: false,
      hasContactForm: false,
    });
    expect(await extract('<form id=search><input></form><form><textarea></textarea></form>')).toMatchObject({
      hasContactForm: true,
    });
    expect(await extract('<form class="search"><input type=email></form><textarea></textarea>')).toMatchObject({
      hasContactForm: false,
    });
  });

  it('never throws, whatever the bytes', async () => {
    const fragments = fc.constantFrom(
      '<a href="mailto:',
      '@',
      '.de',
      '<',
      '>',
      '"',
      '&#',
      '&',
      ';',
      '<script type="application/ld+json">',
      '</script',
      '<!--',
      '[at]',
      '\u0000',
      'data-cfemail="',
      '%4',
      '{"email":',
      '<base href="',
      '\ud800',
    );
    const html = fc
      .array(fc.oneof(fragments, fc.string(), fc.string({ unit: 'binary' })), { maxLength: 30 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(
        html,
        fc.constantFrom('html', 'text', 'json'),
        fc.constantFrom(null, 'too_large'),
        async (text, kind, cut) => {
          const result = await extract(text, { kind, cut });
          for (const finding of result.findings) expect(finding.snippet.length).toBeLessThanOrEqual(160);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('PageExtractor and JSON', () => {
  it('reads what is too long to parse, or does not parse, as text without its escapes', async () => {
    const long = `{"x":"${'word '.repeat(300_000)}","y":"tel\\na@acme-mill.de \\u003cb\\u0040acme-mill.de\\u003e"}`;
    const both = ['a@acme-mill.de', 'b@acme-mill.de'];
    expect(await addresses(long, { kind: 'json' })).toEqual(both);
    expect(await addresses(long.slice(-80, -1), { kind: 'json' })).toEqual(both);
  });

  it('cuts no escape in two', async () => {
    for (let shift = 0; shift < 16; shift += 1) {
      const text = `[${' '.repeat(16 * 1024 - 12 + shift)}"\\u003cab\\u0040acme-mill.de\\nx", oops`;
      expect(await addresses(text, { kind: 'json' })).toEqual(['ab@acme-mill.de']);
    }
  });

  it('finds addresses behind and inside long lists', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ i, m: i === 15_000 ? 'a@acme-mill.de' : '' }));
    expect(await addresses(JSON.stringify(rows), { kind: 'json' })).toEqual(['a@acme-mill.de']);
  });

  it.each([
    ['5 MiB of numbers', `[${'1,'.repeat(2_600_000)}1]`],
    ['a megabyte of numbers', `[${'1,'.repeat(500_000)}1]`],
    ['5 MiB of brackets', '['.repeat(5 * 1024 * 1024)],
    ['5 MiB of escapes', `["${'\\n'.repeat(2_600_000)}"]`],
  ])('is not held up by %s', async (_, json) => {
    expect(await longestLag(() => extract(json, { kind: 'json' }))).toBeLessThan(1000);
  });
});

describe('PageExtractor under attack', () => {
  const megabyte = 1024 * 1024;
  it.each([
    ['a megabyte of @', '@'.repeat(megabyte)],
    ['a megabyte of a@a.a@a.', 'a@a.a@a.'.repeat(megabyte / 8)],
    ['a megabyte of a@a.de', 'a@a.de '.repeat(megabyte / 7)],
    ['240 kB of base64', 'QUJD/+x9'.repeat(30_000)],
    ['one word of a megabyte', `${'a'.repeat(megabyte)}@${'b'.repeat(megabyte)}`],
    ['200,000 nested tags', '<div>'.repeat(200_000)],
    ['100,000 open and 100,000 other closing tags', '<b>'.repeat(100_000) + '</i>'.repeat(100_000)],
    ['100,000 attributes', `<a ${Array.from({ length: 100_000 }, (_, number) => `a${number}="x@y.z"`).join(' ')}>`],
    ['a mailto of a megabyte', `<a href="mailto:${'a@b.de,'.repeat(megabyte / 7)}">`],
    ['a megabyte of entities', '&#64;'.repeat(megabyte / 5)],
    ['deep JSON-LD', `<script type="application/ld+json">${'['.repeat(500_000)}`],
    ['nested JSON-LD', `<script type="application/ld+json">${'{"a":'.repeat(5_000)}"x@y.de"${'}'.repeat(5_000)}`],
    ['a megabyte of brackets', '[at] '.repeat(megabyte / 5)],
    ['unclosed brackets', '[ '.repeat(megabyte / 2)],
    ['unclosed comments', '<!--'.repeat(megabyte / 4)],
    ['quotes in a mailto', `<a href="mailto:${"'".repeat(8000)}x@y.de">`],
    ['a wall of marked elements', '<b itemprop="email">x@y.de'.repeat(40_000)],
    ['inline tags between every letter', '<b>a</b>@'.repeat(100_000)],
  ])('survives %s', async (_, html) => {
    const before = process.cpuUsage();
    await extract(html);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1000);
  });

  it('never blocks the process for long', async () => {
    const page =
      `<p>Write to <a href="mailto:info@acme-mill.de">info@acme-mill.de</a>, ${'word '.repeat(20)}</p>`.repeat(20_000);
    expect(await longestLag(() => extract(page))).toBeLessThan(500);
  });
});

async function longestLag(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const note = (): void => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  };
  const watch = setInterval(note, 1);
  await work();
  clearInterval(watch);
  note();
  return longest;
}

/** Cloudflare's cloak with the key 0x42. */
function cloak(address: string): string {
  return Buffer.from([0x42, ...Buffer.from(address).map((byte) => byte ^ 0x42)]).toString('hex');
}
