/** The address behind every stress input, which must still be found. */
export const PLANTED = 'planted@acme-mill.de';
const TAIL = `<p>${PLANTED}</p>`;
const MIB = 1024 * 1024;

/** Pages made to cost more than a page may. What would swallow the rest of the page (HTML standard) is ended. */
export const STRESS_INPUTS: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(
    ['a', '@', '.', '<', '&', ' ', '"', '(', '{', '[', '\n', '%', '\\', '-'].map((character) => [
      `1 MiB of ${JSON.stringify(character)}`,
      () => `${character.repeat(MIB)} ${TAIL}`,
    ]),
  ),
  'base64 of 45 kB': () => `<p>${base64(45_000)}</p>${TAIL}`,
  'base64 string of 240 kB': () => `<script>var a="${base64(240_000)}";</script>${TAIL}`,
  'base64 attribute of 240 kB': () => `<img src="data:image/png;base64,${base64(240_000)}">${TAIL}`,
  '1,000,000 nested tags': () => `${'<b>'.repeat(1_000_000)}${TAIL}`,
  '200,000 nested hidden blocks': () => `${'<div hidden>'.repeat(200_000)}${'</div>'.repeat(200_000)}${TAIL}`,
  '500,000 closing tags': () => `<div>${'</i></p>'.repeat(250_000)}${TAIL}`,
  '100,000 attributes': () => `<a ${repeat(100_000, (number) => `data-a${number}="b@c" `)}>${TAIL}`,
  'one attribute of 1 MiB': () => `<a title="${'a@b '.repeat(MIB / 4)}">x</a>${TAIL}`,
  'one line of 5 MiB': () => `<p>${'lorem ipsum dolor sit amet consectetur '.repeat((5 * MIB) / 39 - 10)}</p>${TAIL}`,
  '9,000 paragraphs': () => `${repeat(9_000, (number) => `<p>paragraph ${number} at the mill dot of all</p>`)}${TAIL}`,
  ...asMebibyte({
    'a@a.a@a.': ' ',
    '(at)': ' ',
    'a (at) b (dot) ': ' ',
    ' at a dot ': ' ',
    '<a href="mailto:': '">',
    '{a,b}@': ' ',
    '{a,': ' ',
    'a,b,c,d@': ' ',
    'a b c @ ': ' ',
    '<!-- ': '-->',
    '<!-->': '',
    '&#64;': ' ',
    '&amp;#64;': ' ',
    '&amp;amp;': ' ',
    '%40%2540': ' ',
    '＠．': ' ',
    '\u200b\u00ad': ' ',
    '<wbr>': '',
    '<i class="fa fa-at"></i>': ' ',
    '<span style="display:none">x</span>': '',
    '<span style="direction:rtl">a': '</span>',
    '<iframe srcdoc="a@b.de">': '</iframe>',
    '<iframe srcdoc="&lt;iframe srcdoc=&quot;a@b">': '</iframe>',
    '<template><noscript>': '</noscript></template>',
    '<b data-cfemail="5a3b1a3b743e3f">': '',
    '<a data-user="a" data-domain="b.de">': '',
  }),
  'iframes in iframes': () => `${nestFrames('<p>a@b.de</p>', 9)}${TAIL}`,
  '1 MiB of style rules': () => `<style>${repeat(30_000, (number) => `.a${number}:after{content:"@"}`)}</style>${TAIL}`,
  '1 MiB of one selector': () => `<style>${'.a .b>'.repeat(MIB / 6)}c{content:"@"}</style>${TAIL}`,
  '1 MiB of open style blocks': () => `<style>${'@media x{'.repeat(MIB / 9)}</style>${TAIL}`,
  '20,000 style sheets': () => `${'<style>.a{display:none}</style>'.repeat(20_000)}${TAIL}`,
  '1 MiB of script strings': () => `<script>var a=[${'"a@b",'.repeat(MIB / 6)}0];</script>${TAIL}`,
  '10,000 scripts': () => `${repeat(10_000, (number) => `<script>document.write("a"+"@"+${number});</script>`)}${TAIL}`,
  'a script without end': () => `<script>var s="@";while(true){s+="@"}</script>${TAIL}`,
  'a script with a slow regular expression': () =>
    `<script>document.write("@"+/^(a+)+$/.test("${'a'.repeat(50)}!"))</script>${TAIL}`,
  'a script with one long string': () =>
    `<script>var s="@".repeat(5e8);document.write(s.split("").reverse().join(s))</script>${TAIL}`,
  'a script that calls itself': () => `<script>function f(){return "@"+f()+f()}document.write(f())</script>${TAIL}`,
  'a script that fills memory': () => `<script>var a=["@"];for(;;)a.push(a.join("@"))</script>${TAIL}`,
  'a script that writes scripts': () =>
    `<script>function f(){document.write("<script>f()<\\/script>@")}f()</script>${TAIL}`,
  '500,000 brackets of script': () => `<script>var a="@";${'('.repeat(500_000)}</script>${TAIL}`,
  '1 MiB of JSON brackets': () => `<script type="application/ld+json">${'['.repeat(MIB)}"a@b"</script>${TAIL}`,
  'broken JSON-LD of 4 MiB': () =>
    `<script type="application/ld+json">{${'a (at) b '.repeat((4 * MIB) / 9)}</script>${TAIL}`,
  'JSON-LD with one text of 1 MB': () =>
    `<script type="application/ld+json">{"x":"${'a (at) b (dot) '.repeat(65_000)}"}</script>${TAIL}`,
  'JSON with one text of 1 MB': () =>
    `<script type="application/json">{"email":"${'a@a.de '.repeat(140_000)}"}</script>${TAIL}`,
  'JSON with 100,000 texts': () => `<script type="application/json">[${'"a@a.de",'.repeat(100_000)}1]</script>${TAIL}`,
  'data with half a pattern at every slash': () =>
    `<script>window.__DATA__="a@b.de",${'(/['.repeat(MIB / 3)}</script>${TAIL}`,
  'attributes of one letter': () => `${`<b data-x="${'o'.repeat(680)}">`.repeat(1500)}${TAIL}`,
  '16 frames with slow scripts': () =>
    `${`<iframe srcdoc="<script>document.write('x'+'@'+'a'.repeat(4e6).indexOf('a'.repeat(2e6)+'b'))</script>"></iframe>`.repeat(16)}${TAIL}`,
  'a script that breaks the way out': () =>
    `<script>Array.prototype.toJSON=function(){return Array(120000).fill('a@b.de')};document.write('x'+'@')</script>${TAIL}`,
  '20,000 JSON-LD blocks': () =>
    `${'<script type="application/ld+json">{"email":"a@"}</script>'.repeat(20_000)}${TAIL}`,
};

/** One mebibyte of a text, then its end. */
function asMebibyte(texts: Record<string, string>): Record<string, () => string> {
  return Object.fromEntries(
    Object.entries(texts).map(([text, end]) => [
      `1 MiB of ${text.length > 30 ? `${text.slice(0, 30)}…` : text}`,
      () => `<p>${text.repeat(MIB / text.length)}${end}</p>${TAIL}`,
    ]),
  );
}

function nestFrames(html: string, levels: number): string {
  if (levels === 0) return html;
  const inner = html.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return nestFrames(`<iframe srcdoc="${inner}"></iframe>`, levels - 1);
}

/** Letters and digits without an end, as in embedded images. */
function base64(length: number): string {
  let state = 1;
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return repeat(length, () => {
    state = (state * 48_271) % 0x7fffffff;
    return letters[state % 64]!;
  });
}

function repeat(times: number, make: (number: number) => string): string {
  return Array.from({ length: times }, (_, number) => make(number)).join('');
}
