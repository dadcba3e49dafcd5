type Listener = Sandbox.Listener;

/** Evaluated in QuickJS (see prelude.ts): what elements and texts have in common. */
export class PageNode {
  parentNode: PageElement | null = null;
  readonly nodeType: number = 3;

  get textContent(): string {
    return '';
  }
  get outerHTML(): string {
    return '';
  }
  get nextSibling(): PageNode | null {
    return this.siblingAt(1);
  }
  get previousSibling(): PageNode | null {
    return this.siblingAt(-1);
  }
  get nextElementSibling(): PageNode | null {
    return this.elementFrom(1);
  }
  get previousElementSibling(): PageNode | null {
    return this.elementFrom(-1);
  }
  get isConnected(): boolean {
    return this.parentNode !== null;
  }

  remove(): void {
    const siblings = this.parentNode?.childNodes ?? [];
    const index = siblings.indexOf(this);
    if (index !== -1) siblings.splice(index, 1);
    this.parentNode = null;
  }
  before(...items: unknown[]): void {
    this.parentNode?.insertItems(items, this.index());
  }
  after(...items: unknown[]): void {
    this.parentNode?.insertItems(items, this.index() + 1);
  }
  replaceWith(...items: unknown[]): void {
    this.before(...items);
    this.remove();
  }

  private index(): number {
    return this.parentNode?.childNodes.indexOf(this) ?? 0;
  }
  private siblingAt(step: number): PageNode | null {
    return this.parentNode?.childNodes[this.index() + step] ?? null;
  }
  private elementFrom(step: number): PageNode | null {
    let node = this.siblingAt(step);
    while (node !== null && node.nodeType !== 1) node = node.siblingAt(step);
    return node;
  }
}

/** Evaluated in QuickJS: a text of the page. */
export class PageText extends PageNode {
  constructor(public data: string) {
    super();
  }
  override get textContent(): string {
    return this.data;
  }
  override set textContent(value: unknown) {
    this.data = String(value);
    if (this.parentNode !== null) this.parentNode.touch();
  }
  override get outerHTML(): string {
    return this.data.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  }
}

/** Evaluated in QuickJS (see prelude.ts): an element with what scripts commonly ask of one. */
export class PageElement extends PageNode {
  readonly attrs = new Map<string, string>();
  /** The attributes that it has from the page. */
  given: Readonly<Record<string, string>> = {};
  readonly childNodes: PageNode[] = [];
  private ownStyle: Record<string, unknown> | null = null;
  override readonly nodeType = 1;
  ownerDocument: unknown = globalThis.document;

  constructor(readonly localName = 'div') {
    super();
  }

  /** The page as a whole: of it only matters what was put there. */
  get isPage(): boolean {
    return /^(?:#document|html|body|head|main)$/.test(this.localName);
  }
  touch(): void {
    sandbox.journal.touch(this);
  }

  get tagName(): string {
    return this.localName.toUpperCase();
  }
  get children(): PageElement[] {
    return this.childNodes.filter((node): node is PageElement => node instanceof PageElement);
  }
  get firstChild(): PageNode | null {
    return this.childNodes[0] ?? null;
  }
  get lastChild(): PageNode | null {
    return this.childNodes.at(-1) ?? null;
  }
  get firstElementChild(): PageElement | null {
    return this.children[0] ?? null;
  }
  get lastElementChild(): PageElement | null {
    return this.children.at(-1) ?? null;
  }
  get attributes(): { name: string; value: string }[] {
    return [...this.attrs].map(([name, value]) => ({ name, value }));
  }

  override get textContent(): string {
    return this.childNodes.map((node) => node.textContent).join('');
  }
  override set textContent(value: unknown) {
    this.replaceChildren([value].join(''));
  }
  get innerHTML(): string {
    return this.childNodes.map((node) => node.outerHTML).join('');
  }
  set innerHTML(value: unknown) {
    this.replaceChildren(...sandbox.Markup.parse([value].join('')));
  }
  override get outerHTML(): string {
    return this.render(true);
  }
  override set outerHTML(value: unknown) {
    this.replaceWith(...sandbox.Markup.parse(String(value)));
  }
  get value(): string {
    return this.attrs.get('value') ?? (this.localName === 'textarea' ? this.textContent : '');
  }
  set value(value: unknown) {
    this.setAttribute('value', value);
  }
  get style(): Record<string, unknown> {
    return (this.ownStyle ??= sandbox.ElementViews.style());
  }
  set style(value: unknown) {
    this.style['cssText'] = value;
  }
  get dataset(): Record<string, unknown> {
    return sandbox.ElementViews.dataset(this);
  }
  get classList(): Record<string, unknown> {
    return sandbox.ElementViews.classList(this);
  }

  /** Its markup; without what it had from the page as its attributes (perhaps in a cipher) where `isWhole` is false. */
  render(isWhole: boolean): string {
    const shown = [...this.attrs].filter(([name, value]) => isWhole || this.given[name] !== value);
    const attributes = shown.map(([name, value]) => ` ${name}="${sandbox.Markup.encode(value)}"`).join('');
    const start = `<${this.localName}${attributes}>`;
    if (sandbox.Markup.VOID.test(this.localName)) return start;
    const inner = this.childNodes.map((node) => (node instanceof PageElement ? node.render(isWhole) : node.outerHTML));
    return `${start}${inner.join('')}</${this.localName}>`;
  }

  getAttribute(name: string): string | null {
    return this.attrs.get(String(name).toLowerCase()) ?? null;
  }
  setAttribute(name: string, value: unknown): void {
    this.attrs.set(String(name).toLowerCase(), String(value));
    if (!/^(?:class|style|id)$/i.test(name)) this.touch();
  }
  hasAttribute(name: string): boolean {
    return this.attrs.has(String(name).toLowerCase());
  }
  removeAttribute(name: string): void {
    this.attrs.delete(String(name).toLowerCase());
  }

  /** Takes a node in at its end, silently. */
  adopt(node: PageNode): void {
    node.remove();
    node.parentNode = this;
    this.childNodes.push(node);
  }
  insertItems(items: unknown[], index: number): void {
    const nodes = items.flatMap((item) => {
      if (item instanceof PageElement && item.localName === '#fragment') return [...item.childNodes];
      return item instanceof PageNode ? [item] : [new PageText(String(item))];
    });
    for (const node of nodes) node.remove();
    for (const node of nodes) node.parentNode = this;
    this.childNodes.splice(Math.min(index, this.childNodes.length), 0, ...nodes);
    this.announce(nodes);
  }
  append(...items: unknown[]): void {
    this.insertItems(items, this.childNodes.length);
  }
  prepend(...items: unknown[]): void {
    this.insertItems(items, 0);
  }
  appendChild(node: unknown): unknown {
    this.append(node);
    return node;
  }
  insertBefore(node: unknown, before: PageNode | null): unknown {
    const index = before === null ? -1 : this.childNodes.indexOf(before);
    this.insertItems([node], index === -1 ? this.childNodes.length : index);
    return node;
  }
  replaceChild(node: unknown, old: PageNode): PageNode {
    old.replaceWith(node);
    return old;
  }
  replaceChildren(...items: unknown[]): void {
    for (const node of this.childNodes) node.parentNode = null;
    this.childNodes.length = 0;
    this.append(...items);
  }
  removeChild(node: PageNode): PageNode {
    node.remove();
    return node;
  }
  cloneNode(isDeep = false): PageElement {
    const copy = new PageElement(this.localName);
    for (const [name, value] of this.attrs) copy.attrs.set(name, value);
    if (isDeep) for (const node of sandbox.Markup.parse(this.innerHTML)) copy.adopt(node);
    return copy;
  }
  get content(): unknown {
    return this.localName === 'template' ? this : (this.attrs.get('content') ?? '');
  }
  attachShadow(): PageElement {
    const root = new PageElement('div');
    this.append(root);
    return Object.assign(this, { shadowRoot: root }).shadowRoot;
  }

  contains(node: PageNode | null): boolean {
    for (let at = node; at !== null; at = at.parentNode) if (at === this) return true;
    return false;
  }
  matches(selector: string): boolean {
    return sandbox.Selector.matches(this, selector);
  }
  closest(selector: string): PageElement | null {
    return this.matches(selector) ? this : (this.parentNode?.closest(selector) ?? null);
  }
  querySelectorAll(selector: string): PageElement[] {
    return sandbox.Selector.all(this, selector);
  }
  querySelector(selector: string): PageElement | null {
    return this.querySelectorAll(selector)[0] ?? null;
  }
  getElementsByClassName(names: string): PageElement[] {
    return this.querySelectorAll(`.${names.trim().split(/\s+/).join('.')}`);
  }

  addEventListener(type: string, listener: Listener): void {
    sandbox.events.add(this, type, listener);
  }
  dispatchEvent(event: { type: string }): boolean {
    sandbox.events.fire(this, event.type);
    return true;
  }
  click(): void {
    sandbox.events.fire(this, 'click');
    if (/^mailto:/i.test(this.attrs.get('href') ?? '')) sandbox.journal.say(this.attrs.get('href'));
  }

  /** Elements and texts put here: a text is read with what stands around it. */
  private announce(nodes: PageNode[]): void {
    for (const node of nodes) if (node instanceof PageElement) sandbox.events.onInserted(node);
    if (!this.isPage) return this.touch();
    for (const node of nodes) {
      if (node instanceof PageElement) node.touch();
      else sandbox.journal.write(node.outerHTML);
    }
  }
}
