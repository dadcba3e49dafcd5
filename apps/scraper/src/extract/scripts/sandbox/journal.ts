type PageElement = Sandbox.PageElement;

/** Evaluated in QuickJS (see prelude.ts): notes on what the page's scripts show to a reader, bounded. */
export class Journal {
  static readonly MAX_CHARS = 256 * 1024;
  static readonly MAX_TEXT = 32 * 1024;
  /** Only what may hold an address leaves the sandbox. */
  static readonly WORTH = /[@＠]|%40|&#|&commat|mailto:|[[({ ](?:at|@)[\])} ]/i;
  readonly html: string[] = [];
  readonly texts: string[] = [];
  private readonly seen = new Set<string>();
  private readonly touched = new Set<PageElement>();
  private written = '';
  private chars = 0;

  /** A text that a reader gets otherwise than on the page. */
  say(value: unknown): void {
    this.add(this.texts, value);
  }

  /** Written to the document: an address may come in several pieces. */
  write(html: string): void {
    if (this.written.length < Journal.MAX_TEXT) this.written += html.slice(0, Journal.MAX_TEXT);
  }

  /** The script that wrote will run once more. */
  rewind(): void {
    this.written = '';
  }

  /** An element has changed: what it has become is looked at when the script is done. */
  touch(element: PageElement): void {
    if (this.touched.size < 500) this.touched.add(element);
  }

  flush(): void {
    const { written } = this;
    this.written = '';
    if (written !== '') this.add(this.html, written);
    const touched = [...this.touched];
    this.touched.clear();
    for (const element of touched) if (!element.isPage) this.add(this.html, element.render(false));
  }

  private add(list: string[], value: unknown): void {
    const text = String(value).slice(0, Journal.MAX_TEXT);
    if (!Journal.WORTH.test(text) || this.seen.has(text) || this.chars + text.length > Journal.MAX_CHARS) return;
    this.seen.add(text);
    this.chars += text.length;
    list.push(text);
  }
}
