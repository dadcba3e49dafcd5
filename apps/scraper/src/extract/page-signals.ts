/** A page that shows fewer characters than this (title and noscript aside) and has scripts is an empty shell. */
const SHELL_CHARS = 50;
const CONTACT_NAME = /contact|kontakt|kontak|contat|enquir|inquir|anfrage|message|feedback|wpcf7|iletisim/i;

/** Notes why a page may hold no address: it is drawn by scripts, or it offers a form instead. */
export class PageSignals {
  hasContactForm = false;
  private scripts = 0;
  private visibleChars = 0;
  private inForm = false;
  private asideDepth = 0;

  get scriptOnly(): boolean {
    return this.scripts > 0 && this.visibleChars < SHELL_CHARS;
  }

  onOpen(tag: string, attributes: Map<string, string>): void {
    if (tag === 'script') this.scripts += 1;
    else if (isAside(tag)) this.asideDepth += 1;
    else if (tag === 'form') this.openForm(attributes);
    else if (tag === 'textarea' && this.inForm) this.hasContactForm = true;
  }

  onClose(tag: string): void {
    if (tag === 'form') this.inForm = false;
    else if (isAside(tag)) this.asideDepth = Math.max(0, this.asideDepth - 1);
  }

  onText(text: string): void {
    if (this.asideDepth > 0 || this.visibleChars >= SHELL_CHARS) return;
    for (let index = 0; index < text.length && this.visibleChars < SHELL_CHARS; index += 1) {
      if (text.charCodeAt(index) > 32) this.visibleChars += 1;
    }
  }

  private openForm(attributes: Map<string, string>): void {
    this.inForm = true;
    const names = ['id', 'class', 'name', 'action'].map((name) => (attributes.get(name) ?? '').slice(0, 200));
    if (CONTACT_NAME.test(names.join(' '))) this.hasContactForm = true;
  }
}

function isAside(tag: string): boolean {
  return tag === 'title' || tag === 'noscript';
}
