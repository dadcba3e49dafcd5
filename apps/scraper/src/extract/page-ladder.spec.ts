import { describe, expect, it } from 'vitest';
import { rot47 } from './encodings/ciphers.js';
import { PageExtractor } from './page-extractor.js';

const extractor = new PageExtractor();

async function read(body: string, head = ''): Promise<string[]> {
  const text = `<!doctype html><html><head><title>t</title>${head}</head><body><main>${body}</main></body></html>`;
  const { findings } = await extractor.extractPage({ url: 'https://site.example/', kind: 'html', text, cut: null });
  return findings.map(({ address, method, flags }) => [address.address, method, ...flags].join(' ')).toSorted();
}

const css = (rules: string): string => `<style>body{margin:0}${rules}@media print{.x{display:none}}</style>`;

describe('PageExtractor: what style sheets do to a text', () => {
  it.each([
    [
      'before and after',
      '.m::before{content:"info"}.m::after{content:"\\0040 acme-mill.de"}',
      '<p><b class="m"></b></p>',
    ],
    ['an at-sign', '.at:before{content:"@"}', 'info<i class="at"></i>acme-mill.de'],
    ['single quotes and an escape', ".at:before{content:'\\40'}", 'info<i class="x at"></i>acme-mill.de'],
    ['an id', '#a::after { content: "@acme-mill.de" }', '<p><span id="a">info</span></p>'],
    [
      'attributes',
      '[data-x]::before{content:attr(data-x) "@" attr(data-y)}',
      '<p data-x="info" data-y="acme-mill.de"></p>',
    ],
    ['a descendant', 'footer .mail span.at::before{content:"@"}', 'info<span class="at"></span>acme-mill.de'],
    ['text turned around inline', '', '<b style="unicode-bidi:bidi-override; direction: rtl">ed.llim-emca@ofni</b>'],
    [
      'text turned around by class',
      '.r{direction:rtl;unicode-bidi:bidi-override}',
      '<b class="r">ed.llim-<i>emca</i>@ofni</b>',
    ],
    ['text turned around by a plug-in', '', '<b class="wpml-rtl">ed.llim-emca<i class="wpml-nodis">17</i>@ofni</b>'],
    [
      'text turned around by an attribute',
      '',
      '<b dir="rtl" style="unicode-bidi:isolate-override">ed.llim-emca@ofni</b>',
    ],
    ['a bdo element', '', '<bdo dir="rtl">ed.llim-emca@ofni</bdo>'],
  ])('reads %s', async (_, rules, body) => {
    expect(await read(`<p>Write to ${body} today.</p>`, css(rules))).toEqual(['info@acme-mill.de css']);
  });

  it.each([
    ['icons', '.i::before{content:"\\f0e0"}', '<i class="i"></i>info@acme-mill.de'],
    ['words beside an address', '.e::after{content:"ext"}', '<a class="e">info@acme-mill.de</a>'],
    ['rules for print', '@media print{.h{display:none}}', '<b class="h">info@acme-mill.de</b>'],
    ['a menu that is hidden', '.m{display:none}', '<div class="m">info@acme-mill.de</div>'],
    ['what scripts show', '', '<span id="mail" style="display:none">info@acme-mill.de</span>'],
    [
      'text for screen readers',
      '.sr{position:absolute;left:-9999px}',
      '<span class="sr">Mail:</span> info@acme-mill.de',
    ],
  ])('is not disturbed by %s', async (_, rules, body) => {
    expect(await read(body, css(rules))).toEqual(['info@acme-mill.de text']);
  });

  it.each([
    ['inline', '', '<span style="display:none">nospam.</span>'],
    ['by class', '.d{display:none}', '<span class="d">nospam.</span>'],
    ['by attribute', '', '<b hidden>spam.trap</b>'],
    ['without a size', '', '<span style="font-size:0">x</span>'],
    ['invisible', '', '<i style="visibility: hidden">null</i>'],
    ['off the screen', '', '<span style="position:absolute;left:-9999px">nospam</span>'],
    ['off the screen by class', '.o{position:absolute;text-indent:-999em}', '<span class="o">nospam</span>'],
    ['by a plug-in', '', '<span class="wpml-nodis">4711</span>'],
    ['with an id', '', '<i id="q" style="display:none">null</i>'],
  ])('leaves out a decoy that is hidden %s', async (_, rules, decoy) => {
    expect(await read(`info@${decoy}acme-mill.de`, css(rules))).toEqual(['info@acme-mill.de text']);
  });
});

describe('PageExtractor: text turned around in blocks', () => {
  const turned = (body: string): string => `<ul style="direction:rtl;unicode-bidi:bidi-override">${body}</ul>`;
  it.each([
    ['items', turned('<li>ed.llim-emca@ofni</li><li>ed.llim-emca@selas</li>')],
    ['lines', turned('ed.llim-emca@ofni<br>ed.llim-emca@selas')],
    ['an icon', turned(`<li>ed.llim-emca<img alt="@">ofni</li><li>ed.llim-emca@selas</li>`)],
  ])('keeps %s apart', async (_, body) => {
    expect((await read(body)).map((found) => found.split(' ')[0])).toEqual(['info@acme-mill.de', 'sales@acme-mill.de']);
  });
});

describe('PageExtractor: traps', () => {
  it.each([
    ['an inline element that is hidden', '<span style="display:none">trap@acme-mill.de</span>'],
    ['a link that is hidden', '<a style="display:none" href="mailto:trap@acme-mill.de">x</a>'],
    ['a block that is named a trap', '<div class="honeypot"><p>trap@acme-mill.de</p></div>'],
    [
      'a block off the screen that no key reaches',
      '<div style="left:-5000px" aria-hidden="true">trap@acme-mill.de</div>',
    ],
    ['a text that warns', '<p style="color:#fff">Do not send mail to trap@acme-mill.de or you will be blacklisted</p>'],
    ['text of no size', '<span style="font-size:0px">trap@acme-mill.de</span>'],
  ])('flags an address in %s', async (_, body) => {
    expect(await read(`<p>info@acme-mill.de</p>${body}<p>more</p>`)).toEqual([
      'info@acme-mill.de text',
      expect.stringMatching(/^trap@acme-mill\.de (?:text|mailto) honeypot$/),
    ]);
  });

  it.each([
    [
      'what a style sheet shows on wide screens',
      '.m{display:none}@media(min-width:768px){.m{display:inline}}',
      '<span class="m">info@acme-mill.de</span>',
    ],
    [
      'a tooltip',
      '.t{visibility:hidden}.w:hover .t{visibility:visible}',
      '<b class="w">?<span class="t">info@acme-mill.de</span></b>',
    ],
    [
      'what a class of the page shows',
      '.m{display:none}.open .m{display:inline}',
      '<span class="m">info@acme-mill.de</span>',
    ],
    [
      'another state of an element',
      '.m[data-open="0"]{display:none}',
      '<span class="m" data-open="1">info@acme-mill.de</span>',
    ],
    ['a link that is an icon', '.i{font-size:0}', '<a class="i" href="mailto:info@acme-mill.de">Mail</a>'],
    ['a link that is an icon by itself', '', '<a style="font-size:0" href="mailto:info@acme-mill.de">Mail</a>'],
    [
      'the rest of a text',
      '',
      '<span style="display:none"> Write to <a href="mailto:info@acme-mill.de">info@acme-mill.de</a></span>',
    ],
    ['a form that has a honeypot', '', '<form class="contact has-honeypot"><p>info@acme-mill.de</p></form>'],
    ['what robots must not read', '', '<a class="no-bot" href="mailto:info@acme-mill.de">Mail</a>'],
    ['a name', '', '<p>Honeypot Cafe, 12 Honeypot Lane: info@acme-mill.de</p>'],
    [
      'a question',
      '',
      '<p>Is your IP on our blacklist? People do not answer phones here, so write to info@acme-mill.de</p>',
    ],
    ['a request', '', '<p>Bilder nicht verwenden, ohne zu fragen: info@acme-mill.de, bitte</p>'],
  ])('counts %s', async (_, rules, body) => {
    const [found] = await read(body, css(rules));
    expect(found).toMatch(/^info@acme-mill\.de (?:text|mailto)$/);
  });

  it('counts an address that readers see somewhere else', async () => {
    expect(await read('<b hidden>info@acme-mill.de</b><p>info@acme-mill.de</p>')).toEqual(['info@acme-mill.de text']);
  });
});

describe('PageExtractor: pictures of an at-sign', () => {
  it.each([
    '<img src="/img/at.gif" alt="@">',
    '<img src="/img/x.gif" alt="(at)">',
    '<img src="/img/arroba.png" alt="">',
    '<img src="/img/at-sign.svg">',
    '<i class="fa fa-at" aria-hidden="true"></i>',
    '<span class="icon-at"></span>',
    '<svg class="i"><use href="#icon-at"></use></svg>',
    '<svg aria-label="@"><path d="M0 0h9"/></svg>',
  ])('reads %s', async (at) => {
    expect(await read(`<p>info${at}acme-mill.de</p>`)).toEqual(['info@acme-mill.de obfuscated-text']);
  });

  it.each(['<img alt="@" src="mail.png">', '<i class="fa fa-at"></i>', '<i class="fa fa-at"></i> '])(
    'takes %s beside a whole address for an ornament',
    async (icon) => {
      expect(await read(`<p>Mail ${icon}info@acme-mill.de</p>`)).toEqual(['info@acme-mill.de text']);
    },
  );
});

describe('PageExtractor: attributes', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  it.each([
    ['rot13', `data-enc-email="vasb@npzr-zvyy.qr"`],
    ['rot13 with the at written out', `data-enc-email="vasb[at]npzr-zvyy.qr"`],
    ['base64', `data-email="${base64('info@acme-mill.de')}"`],
    ['base64 of a link', `data-mail="${base64('mailto:info@acme-mill.de?subject=hi')}"`],
    ['hexadecimal', `data-x="${Buffer.from('info@acme-mill.de').toString('hex')}"`],
    ['character codes', `data-codes="${Buffer.from('info@acme-mill.de').join(',')}"`],
    ['reversed', `data-rev="ed.llim-emca@ofni"`],
    ['rot47', `data-r47="${rot47('info@acme-mill.de')}"`],
    ['percent signs', `data-mail="%69%6e%66%6f%40%61%63%6d%65%2d%6d%69%6c%6c%2e%64%65"`],
    ['two parts', `data-user="info" data-domain="acme-mill.de"`],
    ['three parts', `data-name="info" data-domain="acme-mill" data-tld="de"`],
    ['parts in base64', `data-first="${base64('info')}" data-last="${base64('acme-mill.de')}"`],
  ])('undoes %s', async (_, attribute) => {
    expect(await read(`<p><a href="#" ${attribute}>mail</a></p>`)).toEqual(['info@acme-mill.de encoder']);
  });

  it('undoes the parts of the joomla-hidden-mail element', async () => {
    const html = `<joomla-hidden-mail is-link="1" is-email="1" first="${base64('info')}" last="${base64('acme-mill.de')}"></joomla-hidden-mail>`;
    expect(await read(html)).toEqual(['info@acme-mill.de encoder']);
  });

  it.each([
    ['an address as it stands', 'data-mail="office@firma.at"', ['office@firma.at attribute']],
    ['an address that is written out', 'title="office [at] firma.at"', ['office@firma.at obfuscated-text']],
    ['other base64', `data-token="${base64('{"user":1,"exp":170000}')}"`, []],
    ['a number and a domain', 'data-id="1234" data-domain="acme-mill.de"', []],
    ['a hash', 'data-hash="d41d8cd98f00b204e9800998ecf8427e"', []],
  ])('reads %s as what it is', async (_, attribute, expected) => {
    expect(await read(`<p><a href="#" ${attribute}>mail</a></p>`)).toEqual(expected);
  });

  it.each([
    '<tr data-name="ga_x" data-domain="acme-mill.de"><td>a year</td></tr>',
    '<a class="mention" href="/@anna" data-user="anna" data-domain="mastodon.social">anna</a>',
    '<li data-user="root" data-host="vps1.acme-mill.de">up</li>',
  ])('makes no address of %s', async (html) => {
    expect(await read(html)).toEqual([]);
  });
});

describe('PageExtractor: methods', () => {
  it('calls an address open that is hidden in one place and open in another', async () => {
    const html = '<a href="#" data-enc="vasb@npzr-zvyy.qr">mail</a><p>info@acme-mill.de</p>';
    expect(await read(html)).toEqual(['info@acme-mill.de text']);
  });
});

describe('PageExtractor: documents and cards within the page', () => {
  it.each([
    ['a srcdoc', '<iframe srcdoc="&lt;p&gt;Mail: info@acme-mill.de&lt;/p&gt;"></iframe>', 'text'],
    ['a srcdoc in a srcdoc', `<iframe srcdoc='&lt;iframe srcdoc="info@acme-mill.de"&gt;'></iframe>`, 'text'],
    ['a page in a data URL', '<iframe src="data:text/html,%3Cp%3Einfo@acme-mill.de%3C/p%3E"></iframe>', 'text'],
    [
      'a page in a data URL in base64',
      `<object data="data:text/html;base64,${Buffer.from('<p>info@acme-mill.de').toString('base64')}"></object>`,
      'text',
    ],
    ['a link that became a path', '<a href="/mailto:info@acme-mill.de">m</a>', 'mailto'],
    [
      'a vCard with a long line',
      '<a href="data:text/vcard,BEGIN:VCARD%0D%0AEMAIL:info@acm%0D%0A%20e-mill.de%0D%0A">v</a>',
      'vcard',
    ],
    ['a template for scripts', '<script type="text/x-handlebars-template"><p>info@acme-mill.de</p></script>', 'text'],
    ['a template', '<template><a href="mailto:info@acme-mill.de">x</a></template>', 'mailto'],
    [
      'a vCard',
      '<a href="data:text/vcard,BEGIN%3AVCARD%0AEMAIL%3BTYPE%3Dwork%3Ainfo%40acme-mill.de%0AEND%3AVCARD">v</a>',
      'vcard',
    ],
    [
      'a vCard in base64',
      `<a href="data:text/x-vcard;base64,${Buffer.from('BEGIN:VCARD\r\nitem1.EMAIL;PREF=1:info@acme-mill.de\r\n').toString('base64')}">v</a>`,
      'vcard',
    ],
    ['microdata', '<p itemscope><span itemprop="email">info@acme-mill.de</span></p>', 'microdata'],
    [
      'microdata in an attribute',
      '<p itemscope><meta itemprop="email" content="mailto:info@acme-mill.de"></p>',
      'microdata',
    ],
    ['RDFa', '<p vocab="https://schema.org/"><span property="schema:email">info@acme-mill.de</span></p>', 'rdfa'],
    ['an hCard', '<p class="vcard"><span class="email">info@acme-mill.de</span></p>', 'microformat'],
    [
      'an hCard whose value is in parts',
      '<p class="vcard"><span class="email"><b class="type">work</b> <i class="value">info</i> <i class="value">@acme-mill.de</i></span></p>',
      'microformat',
    ],
    [
      'an h-card',
      '<p class="h-card"><data class="u-email" value="mailto:info@acme-mill.de">m</data></p>',
      'microformat',
    ],
    [
      'SpamSpan',
      '<span class="spamspan"><span class="u">info</span> [at] <span class="d">acme-mill [dot] de</span></span>',
      'encoder',
    ],
    ['a letter in web mail', '<a href="https://mail.google.com/mail/?view=cm&to=info%40acme-mill.de">x</a>', 'mailto'],
  ])('reads %s', async (_, body, method) => {
    expect(await read(body)).toEqual([`info@acme-mill.de ${method}`]);
  });
});
