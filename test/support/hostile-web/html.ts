import { behind, body, emptyPage, pageOf, pages } from './answers.js';
import { finds, http, reads, type Endpoint, type Exchange, type Serve } from './endpoint.js';

const MIB = 1024 * 1024;
const CUT = finds({ notes: ['too_large'] });
const LD = '<script type="application/ld+json">';
const END = '</script>';
/** A billion "lol" for who expands entities. */
const DOCTYPE_BOMB = `<!DOCTYPE lolz [<!ENTITY lol0 "lol">${list(9, (i) => `<!ENTITY lol${i + 1} "${`&lol${i};`.repeat(10)}">`)}]>`;

/** Documents that are too deep, too long, too many, or never end: the page around them is read all the same. */
export const HTML: Endpoint[] = [
  ...['div', 'b', 'table', 'p', 'span', 'ul', 'svg', 'form', 'button', 'select', 'a', 'font', 'frameset'].map((tag) =>
    harmless(`nested-20000-${tag}`, () => `<${tag}>`.repeat(20_000)),
  ),
  harmless('nested-200000-unclosed', () => '<div>'.repeat(200_000)),
  harmless('nested-and-closed', () => '<div>'.repeat(100_000) + '</div>'.repeat(100_000)),
  harmless('closed-but-never-opened', () => '</div>'.repeat(300_000)),
  harmless('misnested-formatting', () => '<b><i><u><a>'.repeat(20_000) + '</i></b></u></a>'.repeat(20_000)),
  harmless('table-cells-misplaced', () => '<table><tr><td><table><p></table><td>'.repeat(20_000)),
  harmless('attribute-of-1-mb', () => `<p title="${'x'.repeat(MIB)}">`),
  harmless('attribute-of-4-mb-of-at', () => `<p title="${'@'.repeat(4 * MIB)}">`),
  harmless('attribute-name-of-1-mb', () => `<p ${'x'.repeat(MIB)}="y">`),
  harmless('100000-attributes', () => `<p ${list(100_000, (i) => `a${i}="${i}"`)}>`),
  harmless('100000-same-attributes', () => `<p ${'a=b '.repeat(100_000)}>`),
  harmless('prototype-attributes', '<p __proto__="x" constructor="y" toString=z hasOwnProperty>'),
  harmless('tag-name-of-1-mb', () => `<${'x'.repeat(MIB)}>`),
  harmless('style-of-1-mb', () => `<p style="${'color:red;'.repeat(100_000)}">`),
  harmless('class-of-1-mb', () => `<p class="${'contact '.repeat(130_000)}">`),
  harmless('200000-links', () => list(200_000, (i) => `<a href=/${i}>x</a>`)),
  harmless('200000-links-off-site', () => list(200_000, (i) => `<a href=//h${i}.x>`)),
  harmless('link-of-1-mb', () => `<a href="/${'x'.repeat(MIB)}">x</a>`),
  harmless('link-text-of-1-mb', () => `<a href="/x">${'word '.repeat(200_000)}</a>`),
  harmless('100000-bases', () => '<base href="/x/">'.repeat(100_000)),
  harmless('comment-of-4-mb', () => `<!--${'x'.repeat(4 * MIB)}-->`),
  harmless('comment-of-dashes', () => `<!--${'-'.repeat(MIB)}-->`),
  harmless('200000-comments', () => '<!-- x -->'.repeat(200_000)),
  harmless('comment-starts', () => '<!--'.repeat(300_000) + '-->'),
  harmless('bogus-comments', () => '<!x><?y></!z>'.repeat(100_000)),
  harmless('one-line-of-4-mb', () => 'word '.repeat(800_000)),
  harmless('one-word-of-4-mb', () => 'w'.repeat(4 * MIB)),
  harmless('million-angle-brackets', () => '< '.repeat(MIB)),
  harmless('million-opening-brackets', () => `${'<'.repeat(MIB)}p>`),
  harmless('million-closing-brackets', () => '>'.repeat(MIB)),
  harmless('million-entities', () => '&amp;'.repeat(900_000)),
  harmless('million-ampersands', () => '&'.repeat(MIB)),
  harmless('entity-of-1-mb', () => `&${'a'.repeat(MIB)};`),
  harmless('number-entity-of-1-mb', () => `&#${'9'.repeat(MIB)};&#x${'f'.repeat(MIB)};`),
  harmless('impossible-entities', () => '&#0;&#xD800;&#x110000;&#xFFFFFFFFFF;&#-1;&#;&#x;&;'.repeat(20_000)),
  harmless('cdata', () => '<![CDATA[ <p>x</p> ]]>'.repeat(50_000)),
  harmless('cdata-starts', () => '<![CDATA['.repeat(100_000) + ']]>'),
  harmless('nuls', () => '\0'.repeat(200_000)),
  harmless('control-characters', () => '\x01\x02\x08\x0b\x0c\x1b\x7f'.repeat(50_000)),
  harmless('direction-marks', () => '\u202e\u200f\u2066\u200b'.repeat(100_000)),
  harmless('combining-marks', () => `a${'\u0301'.repeat(500_000)}`),
  harmless(
    'json-ld-of-3-mb',
    () => `${LD}[${list(50_000, (i) => `{"@type":"Thing","n":${i},"t":"${'x'.repeat(30)}"}`, ',')}]${END}`,
  ),
  harmless('json-ld-100000-deep', () => `${LD}${'['.repeat(100_000)}${']'.repeat(100_000)}${END}`),
  harmless('json-ld-objects-deep', () => `${LD}${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}${END}`),
  harmless('json-ld-broken', `${LD}{"email": "broken${END}`),
  harmless('json-ld-not-an-object', [`null`, '1', '"x"', '[]', '[null]', ''].map((json) => LD + json + END).join('')),
  harmless('json-ld-prototype', `${LD}{"__proto__":{"email":"x"},"constructor":{"prototype":{"email":1}}}${END}`),
  harmless('20000-json-ld', () => `${LD}{"a":1}${END}`.repeat(20_000)),
  harmless('script-endless-loop', '<script>for(;;){}</script><script>while(true)alert(1)</script>'),
  harmless('script-of-4-mb', () => `<script>var x = "${'\\u0040'.repeat(650_000)}"</script>`),
  harmless('script-with-tags', '<script>document.write("</p><p>Write to us</" + "p>")</script>'),
  harmless('script-that-writes-for-ever', '<script>for(;;)document.write("mail"+"to:")</script>'),
  harmless('script-that-builds-and-hangs', '<script>var a="x"+"@"+"y";for(;;){}</script>'),
  harmless('script-memory-bomb', '<script>for(var a="mailto:";;)a+=a</script>'),
  harmless('script-slow-pattern', `<script>document.write("x"+"@"+/(a+)+$/.test("${'a'.repeat(40)}!"))</script>`),
  harmless('100000-scripts', () => '<script></script>'.repeat(100_000)),
  harmless('event-handlers', '<img src=x onerror="for(;;){}"><body onload="location=1">'),
  harmless('iframes-of-itself', () =>
    '<iframe src="?"></iframe><iframe srcdoc="&lt;iframe&gt;"></iframe>'.repeat(1000),
  ),
  harmless('entity-expansion', DOCTYPE_BOMB),
  harmless('forms-nested', () => '<form><input name=a><textarea></textarea>'.repeat(10_000)),
  http('/html/xhtml-entity-expansion', finds(), xhtml(DOCTYPE_BOMB, '&lol9;')),
  http(
    '/html/xhtml-external-entity',
    finds(),
    xhtml('<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '&x;'),
  ),
  http(
    '/html/xhtml-external-canary',
    finds(),
    body(
      ({ web, endpoint }) =>
        `<!DOCTYPE html SYSTEM "${web.canary('/html/dtd')}" [<!ENTITY % p SYSTEM "${web.canary('/html/parameter')}"> %p;]>${pageOf(endpoint)}`,
      { 'content-type': 'application/xhtml+xml' },
    ),
  ),
  // What never ends hides what follows: nothing is found, and nothing goes wrong.
  ...[
    ['comment', '<!--'],
    ['script', '<script>'],
    ['style', '<style>'],
    ['attribute', '<p title="'],
    ['comment-in-textarea', '<textarea><!--'],
    ['link', "<a href='"],
    ['declaration', '<!doctype '],
  ].map(([name, start = '']) =>
    http(
      `/html/unclosed-${name}`,
      [reads(), finds()],
      body(({ endpoint }) => emptyPage() + start + pageOf(endpoint)),
    ),
  ),
  ...['title', 'textarea', 'xmp', 'noscript', 'template', 'plaintext', 'iframe', 'select', 'svg', 'math'].map((tag) =>
    http(
      `/html/unclosed-${tag}`,
      [reads(), finds()],
      body(({ endpoint }) => `${emptyPage()}<${tag}>${pageOf(endpoint)}`),
    ),
  ),
  http(
    '/html/cut-in-a-tag',
    finds(),
    body(({ endpoint }) => `${pageOf(endpoint)}<p title="cut`),
  ),
  http(
    '/html/page-of-7-mb-address-first',
    CUT,
    body(({ endpoint }) => pageOf(endpoint, '', 'word '.repeat(1_400_000))),
  ),
  http(
    '/html/page-of-7-mb-address-last',
    reads('too_large'),
    body(({ endpoint }) => pageOf(endpoint, 'word '.repeat(1_400_000))),
  ),
  http(
    '/html/cut-in-the-address',
    reads('too_large'),
    body(({ endpoint }) => cutAddress(pageOf(endpoint))),
  ),
  http('/html/empty', reads(), body('')),
  http('/html/only-blanks', reads(), body(' \r\n\t'.repeat(100_000))),
  http('/html/only-bom', reads(), body('\ufeff')),
  http('/html/one-character', reads(), body('<')),
  http('/html/frames-in-circles', finds(), pages({ '/': frames, '/a': frames, '/b': frames }), {
    maxDepth: 3,
    maxRequests: 5,
  }),
];

/** The page behind `bomb`, which is only made when it is asked for. */
function harmless(name: string, bomb: string | (() => string)): Endpoint {
  return http(
    `/html/${name}`,
    finds(),
    behind(() => (typeof bomb === 'string' ? bomb : bomb())),
  );
}

function list(count: number, make: (index: number) => string, separator = ' '): string {
  return Array.from({ length: count }, (_, index) => make(index)).join(separator);
}

function xhtml(doctype: string, content: string): Serve {
  return body(({ endpoint }) => `${doctype}${pageOf(endpoint, `<p>${content}</p>`)}`, {
    'content-type': 'application/xhtml+xml',
  });
}

/** The limit of 5 MiB falls into the domain of the address: half of one is none. */
function cutAddress(page: string): string {
  const until = page.indexOf('@') + 12;
  return 'x '.repeat(Math.ceil((5 * MIB - until) / 2)).slice(0, 5 * MIB - until) + page + 'word '.repeat(MIB);
}

function frames({ endpoint }: Exchange): string {
  return pageOf(endpoint, '<frameset><frame src="/a"><frame src="/b"><frame src="?"></frameset>');
}
