import { describe, expect, it } from 'vitest';
import { collectScripts, jobOf } from './testing/run-page.js';

const texts = async (html: string) => (await collectScripts(html, 'first')).texts();
const BUILDS = `<script>document.write('info'+'@'+'a-firm.org')</script>`;

describe('ScriptCollector', () => {
  it.each([
    '<p>info@a-firm.org</p>',
    '<script src="/app.js"></script>',
    `<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}gtag('js',new Date());gtag('config','G-1')</script>`,
    `<script>(function(w,d,s,l,i){w[l]=w[l]||[];var f=d.getElementsByTagName(s)[0],j=d.createElement(s);j.src='https://www.googletagmanager.com/gtm.js?id='+i;f.parentNode.insertBefore(j,f)})(window,document,'script','dataLayer','GTM-1')</script>`,
    `<script>window._wpemojiSettings={"baseUrl":"x"};!function(e){String.fromCharCode(1).split("").reverse()}(window)</script>`,
    `<script type="application/ld+json">{"@context":"https://schema.org","@type":"Organization","email":"info@a-firm.org"}</script>`,
    `<script>var schema={"@context":"https://schema.org","@type":"WebSite"}</script>`,
    `<script>document.documentElement.className='js'</script>`,
    `<script>var style='@media (max-width:40em){a{b:c}}'</script>`,
    `<script type="text/x-template"><a href="mailto:'+'@'"></a></script>`,
    `<script type="module">import x from './x.js';x('@')</script>`,
    `<script>document.cookie.split(';').forEach(function(c){decodeURIComponent(c)})</script>`,
    `<a href="javascript:void(0)" onclick="return false">x</a>`,
    `<a href="#" onclick="toggleMenu()">x</a>`,
    `<script>${'a(1);'.repeat(15_000)}'@'+'b'</script>`,
  ])('has nothing to run in %.80s', async (html) => {
    expect(await jobOf(html)).toBeNull();
  });

  it('takes what a script may call and what it may look up', async () => {
    const html = `<p id="p" data-u="info">Mail: <b>us</b></p><script>function at(){return 1}</script>${BUILDS}<a onclick="go()">x</a>`;
    expect(await jobOf(html)).toEqual({
      nodes: [
        { parent: -1, tag: 'p', attributes: { id: 'p', 'data-u': 'info' } },
        { parent: 0, text: 'Mail: ' },
        { parent: 0, tag: 'b', attributes: {} },
        { parent: 2, text: 'us' },
        { parent: -1, tag: 'script', attributes: {} },
        { parent: -1, tag: 'script', attributes: {} },
        { parent: -1, tag: 'a', attributes: {} },
        { parent: 6, text: 'x' },
      ],
      snippets: [
        { kind: 'script', code: 'function at(){return 1}', element: 4 },
        { kind: 'script', code: "document.write('info'+'@'+'a-firm.org')", element: 5 },
        { kind: 'handler', code: 'go()', element: 6 },
      ],
    });
  });

  it('takes scripts that a loader has marked', async () => {
    const html = BUILDS.replace('<script', '<script type="9f1c77aa0133d19f1c77aa01-text/javascript"');
    expect((await jobOf(html))?.snippets).toHaveLength(1);
  });

  it('bounds what it takes', async () => {
    const plain = `<script>${'f();'.repeat(1000)}</script><p class="c">${'word '.repeat(100)}</p>`;
    const { nodes = [], snippets = [] } = (await jobOf(plain.repeat(3000) + BUILDS)) ?? {};
    expect(nodes.length).toBeLessThanOrEqual(2000);
    expect(snippets.length).toBeLessThanOrEqual(64);
    expect(JSON.stringify({ nodes, snippets }).length).toBeLessThan(512 * 1024);
  });

  it('leaves room for scripts behind many handlers', async () => {
    expect((await jobOf(`${'<a onclick="show(1)">x</a>'.repeat(1000)}${BUILDS}`))?.snippets.at(-1)?.kind).toBe(
      'script',
    );
  });

  it('keeps elements with a name of a long page', async () => {
    const { nodes = [] } = (await jobOf(`${'<p></p>'.repeat(5000)}<p id="mail"></p>${BUILDS}`)) ?? {};
    expect(nodes.some((node) => 'tag' in node && node.attributes['id'] === 'mail')).toBe(true);
  });

  it.each([
    '<script id="__NEXT_DATA__" type="application/json">{"props":{"contact":{"email":"info@a-firm.org"}}}</script>',
    '<script type="application/json">[{"a":["info@a-firm.org"]}]</script>',
    '<script type="application/json">{"broken":"info@a-firm.org",</script>',
    '<script>window.__INITIAL_STATE__ = {"mail":"info@a-firm.org","n":undefined};</script>',
    '<script>window["__STATE__"]={"mail":"info@a-firm.org"}</script>',
    '<script>window.__NUXT__=(function(a,b){return {mail:a}}("info@a-firm.org",1))</script>',
    '<script>var shopData = {"mail":"info\\u0040a-firm.org"}</script>',
    `<script>window.__STATE__={"fill":"${'x'.repeat(100_000)}","mail":"info@a-firm.org"}</script>`,
  ])('finds the data in %.70s', async (html) => {
    expect(await texts(html)).toEqual([{ text: 'info@a-firm.org', kind: 'state' }]);
  });

  it('finds addresses in the data of streamed components', async () => {
    const html = `<script>self.__next_f.push([1,"{\\"email\\":\\"info@a-firm.org\\"}"])</script>`;
    expect(await texts(html)).toEqual([{ text: '{"email":"info@a-firm.org"}', kind: 'state' }]);
  });

  it('finds literals in scripts', async () => {
    expect(await texts(`<script>var mail = "info@a-firm.org";</script>`)).toEqual([
      { text: 'info@a-firm.org', kind: 'literal' },
    ]);
  });

  it('takes no literal that may be text in a cipher, nor those of libraries', async () => {
    const cipher = `var m='vasb@n-svez.bet';m.replace(/[a-z]/g,function(c){return String.fromCharCode(c.charCodeAt(0)+13)})`;
    expect(await texts(`<script>${cipher}</script>`)).toEqual([]);
    expect(await texts(`<script>var m='info@a-firm.org';${'a(1);'.repeat(12_000)}</script>`)).toEqual([]);
  });

  it('decodes calls of functions that are in another file', async () => {
    expect(await texts(`<a href="javascript:mailTo('info','a-firm','org')">x</a>`)).toEqual([
      { text: 'info@a-firm.org', kind: 'encoder' },
    ]);
    const defined = `<script>function mailTo(a,b,c){alert(b+'@'+a+'.'+c)}</script>`;
    expect(await texts(`${defined}<a href="javascript:mailTo('info','a-firm','org')">x</a>`)).toEqual([]);
  });
});
