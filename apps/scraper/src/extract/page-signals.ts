import { PageFingerprint } from './page-fingerprint.js';

/** A page that shows fewer characters than this (title and noscript aside) and has scripts is an empty shell. */
const SHELL_CHARS = 50;
/** Whom a robots meta tag must address to mean us. */
const ROBOT_NAME = /^\s*(?:robots|gleaner)\s*$/i;
const NOINDEX = /(?:^|[\s,])(?:noindex|none)(?:$|[\s,])/i;
const CONTACT_NAME = /contact|kontakt|kontak|contat|enquir|inquir|anfrage|message|feedback|wpcf7|iletisim/i;

/**
 * Notes why a page may hold no address (it is drawn by scripts, or it offers a form instead), whether it wants to be
 * known to robots, and what it says as one number.
 */
export class PageSignals {
  hasContactForm = false;
  noindex = false;
  private fingerprint: PageFingerprint | null = null;
  private scripts = 0;
  private visibleChars = 0;
  private inForm = false;
  private asideDepth = 0;

  get scriptOnly(): boolean {
    return this.scripts > 0 && this.visibleChars < SHELL_CHARS;
  }

  /** Without the page's URL no fingerprint is made: it must be known which words are the URL's. */
  useUrl(pageUrl: string): void {
    this.fingerprint = new PageFingerprint(pageUrl);
  }

  finishFingerprint(): string {
    return this.fingerprint?.finish() ?? '';
  }

  onOpen(tag: string, attributes: Map<string, string>): void {
    this.fingerprint?.endWord();
    if (tag === 'script') this.scripts += 1;
    else if (tag === 'meta') this.readRobots(attributes);
    else if (isAside(tag)) this.asideDepth += 1;
    else if (tag === 'form') this.openForm(attributes);
    else if (tag === 'textarea' && this.inForm) this.hasContactForm = true;
  }

  onClose(tag: string): void {
    this.fingerprint?.endWord();
    if (tag === 'form') this.inForm = false;
    else if (isAside(tag)) this.asideDepth = Math.max(0, this.asideDepth - 1);
  }

  onText(text: string): void {
    if (this.asideDepth > 0) return;
    this.fingerprint?.addText(text);
    if (this.visibleChars >= SHELL_CHARS) return;
    for (let index = 0; index < text.length && this.visibleChars < SHELL_CHARS; index += 1) {
      if (text.charCodeAt(index) > 32) this.visibleChars += 1;
    }
  }

  private readRobots(attributes: Map<string, string>): void {
    if (!ROBOT_NAME.test((attributes.get('name') ?? '').slice(0, 40))) return;
    if (NOINDEX.test((attributes.get('content') ?? '').slice(0, 200))) this.noindex = true;
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
