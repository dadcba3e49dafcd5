type Listener = Sandbox.Listener;
type PageElement = Sandbox.PageElement;
type PageNode = Sandbox.PageNode;

type Each = (this: unknown, index: number, item: unknown) => unknown;

/** Evaluated in QuickJS (see prelude.ts): the part of jQuery with which scripts write addresses; the rest is chainable. */
export class PageQuery {
  readonly length: number;
  [index: number]: PageElement;

  constructor(readonly items: PageElement[]) {
    this.length = items.length;
    Object.assign(this, items);
    return new Proxy(this, { get: (target, key, self: PageQuery) => target.methodOf(key, self) });
  }

  static from(what: unknown, context?: unknown): PageQuery {
    if (typeof what === 'function') {
      sandbox.events.add(sandbox.documentNode, 'load', () =>
        Reflect.apply(what, sandbox.documentNode, [Reflect.get(globalThis, 'jQuery')]),
      );
      return new PageQuery([]);
    }
    if (what instanceof PageQuery) return what;
    if (typeof what === 'string') return new PageQuery(PageQuery.select(what, context));
    if (Array.isArray(what)) return new PageQuery(what as PageElement[]);
    return new PageQuery(what ? [what as PageElement] : []);
  }

  private static select(text: string, context: unknown): PageElement[] {
    if (!/^\s*</.test(text)) {
      const root = context === undefined ? [sandbox.documentNode] : PageQuery.from(context).items;
      return root.flatMap((element) => element.querySelectorAll(text));
    }
    const elements = sandbox.Markup.parse(text).filter((node) => node instanceof sandbox.PageElement);
    if (typeof context === 'object' && context !== null) new PageQuery(elements).attr(context);
    return elements;
  }

  each(work: Each): this {
    this.items.forEach((item, index) => work.call(item, index, item));
    return this;
  }
  map(work: Each): unknown {
    const found = this.items.map((item, index) => work.call(item, index, item));
    return { get: () => found, toArray: () => found, join: (glue?: string) => found.join(glue) };
  }
  get(index?: number): unknown {
    return index === undefined ? this.items : this.items.at(index);
  }
  toArray(): PageElement[] {
    return this.items;
  }
  eq(index: number): PageQuery {
    return new PageQuery([this.items.at(index)].filter((item) => item !== undefined));
  }
  first(): PageQuery {
    return this.eq(0);
  }
  last(): PageQuery {
    return this.eq(-1);
  }
  find(selector: string): PageQuery {
    return new PageQuery(this.items.flatMap((item) => item.querySelectorAll(selector)));
  }
  filter(what: unknown): PageQuery {
    const isKept = (item: PageElement, index: number): unknown =>
      typeof what === 'function' ? what.call(item, index, item) : item.matches(String(what));
    return new PageQuery(this.items.filter(isKept));
  }
  closest(selector: string): PageQuery {
    return new PageQuery(this.items.map((item) => item.closest(selector)).filter((item) => item !== null));
  }
  parent(): PageQuery {
    return new PageQuery(this.items.map((item) => item.parentNode).filter((item) => item !== null));
  }
  children(selector = '*'): PageQuery {
    return new PageQuery(this.items.flatMap((item) => item.children)).filter(selector);
  }
  next(): PageQuery {
    return new PageQuery(this.items.map((item) => item.nextElementSibling as PageElement).filter(Boolean));
  }
  prev(): PageQuery {
    return new PageQuery(this.items.map((item) => item.previousElementSibling as PageElement).filter(Boolean));
  }
  is(selector: string): boolean {
    return this.items.some((item) => item.matches(selector));
  }
  hasClass(name: string): boolean {
    return this.is(`.${name}`);
  }

  text(value?: unknown): unknown {
    return this.property('textContent', value, (all) => all.join(''));
  }
  html(value?: unknown): unknown {
    const markup = value instanceof PageQuery ? value.items.map((item) => item.outerHTML).join('') : value;
    return this.property('innerHTML', markup, ([first]) => first);
  }
  val(value?: unknown): unknown {
    return this.property('value', value, ([first]) => first);
  }
  prop(name: string, value?: unknown): unknown {
    return this.property(name, value, ([first]) => first);
  }
  attr(name: unknown, value?: unknown): unknown {
    if (typeof name === 'object' && name !== null) {
      for (const [key, one] of Object.entries(name)) {
        if (key === 'text' || key === 'html') this[key](one);
        else this.attr(key, one);
      }
      return this;
    }
    const key = String(name);
    if (value === undefined) return this.items[0]?.getAttribute(key) ?? undefined;
    return this.each((index) =>
      this.items[index]?.setAttribute(
        key,
        this.valueOf(value, index, (at) => at.getAttribute(key)),
      ),
    );
  }
  data(name?: string, value?: unknown): unknown {
    if (name === undefined) return { ...this.items[0]?.dataset };
    const key = `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return this.attr(key, value);
  }

  append(...items: unknown[]): this {
    return this.put(items, (element, nodes) => element.append(...nodes));
  }
  prepend(...items: unknown[]): this {
    return this.put(items, (element, nodes) => element.prepend(...nodes));
  }
  after(...items: unknown[]): this {
    return this.put(items, (element, nodes) => element.after(...nodes));
  }
  before(...items: unknown[]): this {
    return this.put(items, (element, nodes) => element.before(...nodes));
  }
  replaceWith(...items: unknown[]): this {
    return this.put(items, (element, nodes) => element.replaceWith(...nodes));
  }
  appendTo(target: unknown): this {
    PageQuery.from(target).append(this);
    return this;
  }
  insertAfter(target: unknown): this {
    PageQuery.from(target).after(this);
    return this;
  }
  insertBefore(target: unknown): this {
    PageQuery.from(target).before(this);
    return this;
  }
  wrap(html: string): this {
    return this.each((index) => {
      const element = this.items[index];
      const [around] = sandbox.Markup.parse(html) as PageElement[];
      if (element === undefined || around === undefined) return;
      element.replaceWith(around);
      around.append(element);
    });
  }
  remove(): this {
    return this.each((index) => this.items[index]?.remove());
  }
  empty(): this {
    return this.each((index) => this.items[index]?.replaceChildren());
  }

  on(types: unknown, selector: unknown, listener?: unknown): this {
    if (typeof types === 'object' && types !== null) {
      for (const [type, one] of Object.entries(types)) this.on(type, one);
      return this;
    }
    const work = [selector, listener].find((one) => typeof one === 'function') as Listener | undefined;
    const targets = typeof selector === 'string' ? this.find(selector).items : this.items;
    for (const type of String(types).split(/[\s.]+/))
      for (const target of targets) if (work !== undefined) sandbox.events.add(target, type, work);
    return this;
  }
  trigger(type: string): this {
    return this.each((index) => sandbox.events.fire(this.items[index] ?? {}, type));
  }
  ready(work: unknown): this {
    PageQuery.from(work);
    return this;
  }

  /** A method that is not here must not stop the script: those named like events listen, all others do nothing. */
  private methodOf(key: PropertyKey, self: PageQuery): unknown {
    if (key in this || typeof key === 'symbol') return Reflect.get(this, key);
    const type = String(key);
    if (/^(?:bind|one|live)$/.test(type)) return (types: unknown, listener: unknown) => self.on(types, listener);
    if (type === 'delegate') return (selector: string, types: string, work: unknown) => self.on(types, selector, work);
    if (type === 'hover') return (work: unknown) => self.on('mouseover', work);
    if (!sandbox.events.isOfReaders(type)) return () => self;
    return (work?: unknown) => (typeof work === 'function' ? self.on(type, work) : self.trigger(type));
  }
  private property(name: string, value: unknown, read: (values: unknown[]) => unknown): unknown {
    if (value === undefined) return read(this.items.map((item) => Reflect.get(item, name) as unknown));
    return this.each((index) => {
      const item = this.items[index];
      if (item !== undefined)
        Reflect.set(
          item,
          name,
          this.valueOf(value, index, (at) => Reflect.get(at, name)),
        );
    });
  }
  private valueOf(value: unknown, index: number, old: (element: PageElement) => unknown): unknown {
    const item = this.items[index];
    return typeof value === 'function' && item !== undefined ? value.call(item, index, old(item)) : value;
  }
  private put(items: unknown[], place: (element: PageElement, nodes: unknown[]) => void): this {
    return this.each((index) => {
      const element = this.items[index];
      if (element !== undefined)
        place(
          element,
          items.flatMap((item) => PageQuery.nodesOf(this.valueOf(item, index, () => ''))),
        );
    });
  }
  private static nodesOf(item: unknown): PageNode[] {
    if (item instanceof PageQuery) return item.items;
    return typeof item === 'string' ? sandbox.Markup.parse(item) : [item as PageNode];
  }
}
