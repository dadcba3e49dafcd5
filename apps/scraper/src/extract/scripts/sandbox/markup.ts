type PageElement = Sandbox.PageElement;
type PageNode = Sandbox.PageNode;

/** Evaluated in QuickJS (see prelude.ts): reads and writes markup, as `innerHTML` does. */
export class Markup {
  static readonly VOID = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/;
  static readonly RAW = /^(?:script|style|textarea|title)$/;
  static readonly TOKEN = /<!--[^]*?-->|<(\/?)([a-z][\w:-]*)((?:"[^"]*"|'[^']*'|[^'">])*)>|[^<]+|</gi;
  static readonly ATTRIBUTE = /([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;
  static readonly NAMED: Record<string, string> = {
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: '\u00a0',
    commat: '@',
    period: '.',
    colon: ':',
    lowbar: '_',
    hyphen: '-',
    shy: '\u00ad',
    zwnj: '\u200c',
    sol: '/',
    num: '#',
  };

  static decode(text: string): string {
    return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));?/gi, (whole, decimal, hex, name) => {
      if (name !== undefined) return Markup.NAMED[String(name).toLowerCase()] ?? String(whole);
      const code = decimal === undefined ? parseInt(String(hex), 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : String(whole);
    });
  }

  static encode(text: string): string {
    return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
  }

  static parse(html: string): PageNode[] {
    const root = new sandbox.PageElement('template');
    let open = root;
    const token = new RegExp(Markup.TOKEN);
    for (let match = token.exec(html); match !== null; match = token.exec(html)) {
      const [whole, slash, name, attributes] = match;
      if (name === undefined) {
        if (!whole.startsWith('<!--')) open.adopt(new sandbox.PageText(Markup.decode(whole)));
        continue;
      }
      const tag = name.toLowerCase();
      if (slash === '/') {
        open = (open.closest(tag)?.parentNode as PageElement | undefined) ?? open;
        continue;
      }
      const element = new sandbox.PageElement(tag);
      for (const [, key = '', a, b, c] of (attributes ?? '').matchAll(Markup.ATTRIBUTE))
        element.attrs.set(key.toLowerCase(), Markup.decode(a ?? b ?? c ?? ''));
      open.adopt(element);
      if (Markup.RAW.test(tag)) token.lastIndex = Markup.readRaw(element, html, token.lastIndex);
      else if (!Markup.VOID.test(tag) && !whole.endsWith('/>')) open = element;
    }
    return [...root.childNodes];
  }

  /** The text up to the end tag, with entities only where HTML has them. */
  private static readRaw(element: PageElement, html: string, start: number): number {
    const found = html.toLowerCase().indexOf(`</${element.localName}`, start);
    const end = found === -1 ? html.length : found;
    const text = html.slice(start, end);
    element.adopt(new sandbox.PageText(/^(?:script|style)$/.test(element.localName) ? text : Markup.decode(text)));
    const close = html.indexOf('>', end);
    return close === -1 ? html.length : close + 1;
  }
}
