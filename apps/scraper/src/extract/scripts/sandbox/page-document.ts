import type { JobNode } from '../script-job.js';

type PageElement = Sandbox.PageElement;

/** Evaluated in QuickJS (see prelude.ts): the page as far as its scripts were shown it. */
export class PageDocument {
  readonly node = new sandbox.PageElement('#document');
  private readonly elements: (PageElement | null)[];
  private readonly html = new sandbox.PageElement('html');
  private readonly head = new sandbox.PageElement('head');
  private readonly body = new sandbox.PageElement('body');
  /** The script that runs: what it writes comes behind it. */
  current: PageElement | null = null;

  constructor(nodes: readonly JobNode[]) {
    this.node.adopt(this.html);
    this.html.adopt(this.head);
    this.html.adopt(this.body);
    this.elements = [];
    for (const node of nodes) this.elements.push(this.addNode(node));
    this.define();
  }

  elementAt(index: number): PageElement | null {
    return this.elements[index] ?? null;
  }

  private addNode(node: JobNode): PageElement | null {
    const parent = this.elements[node.parent] ?? this.body;
    if ('text' in node) {
      parent.adopt(new sandbox.PageText(node.text));
      return null;
    }
    const own = /^(?:html|head|body)$/.test(node.tag) ? this[node.tag as 'html' | 'head' | 'body'] : null;
    const element = own ?? new sandbox.PageElement(node.tag);
    for (const [name, value] of Object.entries(node.attributes)) element.attrs.set(name, value);
    element.given = node.attributes;
    if (own === null) parent.adopt(element);
    return element;
  }

  private write(parts: unknown[]): void {
    const html = parts.map(String).join('');
    sandbox.journal.write(html);
    const nodes = sandbox.Markup.parse(html.slice(0, 32 * 1024));
    const at = this.current?.parentNode ?? this.body;
    const index = this.current === null ? -1 : at.childNodes.indexOf(this.current);
    for (const node of nodes) node.parentNode = at;
    at.childNodes.splice(index === -1 ? at.childNodes.length : index + 1, 0, ...nodes);
    for (const node of nodes) if (node instanceof sandbox.PageElement) sandbox.events.onInserted(node);
  }

  /** Where an id is not among what was kept of the page, an element of that id outside of it. */
  private byId(id: unknown): PageElement {
    const found = this.elements.find((element) => element?.attrs.get('id') === String(id) && element.isConnected);
    const other = found ?? this.node.querySelectorAll('[id]').find((element) => element.attrs.get('id') === String(id));
    if (other !== undefined) return other;
    const made = new sandbox.PageElement('span');
    made.attrs.set('id', String(id));
    return made;
  }

  private define(): void {
    const { node, html, head, body } = this;
    const createElement = (tag: string): PageElement => new sandbox.PageElement(String(tag).toLowerCase());
    Object.assign(node, {
      nodeType: 9,
      documentElement: html,
      scrollingElement: html,
      cookie: '',
      referrer: '',
      readyState: 'complete',
      visibilityState: 'visible',
      characterSet: 'UTF-8',
      domain: 'page.invalid',
      URL: 'https://page.invalid/',
      fonts: { ready: Promise.resolve() },
      implementation: { createHTMLDocument: () => node, hasFeature: () => true },
      write: (...parts: unknown[]) => this.write(parts),
      writeln: (...parts: unknown[]) => this.write([...parts, '\n']),
      open: () => node,
      close: () => {},
      createElement,
      createElementNS: (_space: string, tag: string) => createElement(tag),
      createTextNode: (text: unknown) => new sandbox.PageText(String(text)),
      createComment: () => new sandbox.PageText(''),
      createDocumentFragment: () => createElement('#fragment'),
      createEvent: () => ({ initEvent: () => {} }),
      createRange: () => ({ selectNode: () => {}, selectNodeContents: () => {} }),
      getElementById: (id: unknown) => this.byId(id),
      getElementsByName: (name: string) => node.querySelectorAll(`[name="${name}"]`),
      importNode: (one: PageElement) => one.cloneNode(true),
      execCommand: () => true,
      hasFocus: () => true,
    });
    const say = (text: unknown): void => sandbox.journal.say(text);
    Object.defineProperty(node, 'title', { get: () => '', set: say, configurable: true });
    const views = { head: () => head, body: () => body, currentScript: () => this.current };
    for (const [name, get] of Object.entries(views)) Object.defineProperty(node, name, { get, configurable: true });
    for (const [name, selector] of Object.entries({
      links: 'a[href]',
      forms: 'form',
      images: 'img',
      scripts: 'script',
      all: '*',
    }))
      Object.defineProperty(node, name, { get: () => node.querySelectorAll(selector), configurable: true });
  }
}
