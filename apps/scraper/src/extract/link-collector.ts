import { copyText } from './copy-text.js';
import type { PageLink } from './finding.js';

/** Enough for any sitemap page a person made; more are ballast in a crawl of some dozen pages. */
const MAX_LINKS = 5_000;
const MAX_HREF = 2048;
const MAX_LINK_TEXT = 120;
const OTHER_SCHEME = /^\s*(?!https?:)[a-z][a-z0-9+.-]*:/i;

/** Collects where a page leads, with the words of each link. */
export class LinkCollector {
  private readonly links: { href: string; text: string }[] = [];
  private open: { href: string; text: string } | null = null;
  private base: string | null = null;

  onOpen(tag: string, attributes: Map<string, string>): void {
    if (tag === 'base') this.base ??= attributes.get('href') ?? null;
    else if (tag === 'a')
      this.openLink(attributes.get('href'), attributes.get('title') ?? attributes.get('aria-label') ?? '');
    else if (tag === 'area') this.addLink(attributes.get('href'), attributes.get('alt') ?? '');
    else if (tag === 'iframe' || tag === 'frame') this.addLink(attributes.get('src'), '');
    else if (tag === 'img' && this.open !== null) this.onText(attributes.get('alt') ?? '');
  }

  onClose(tag: string): void {
    if (tag === 'a') this.open = null;
  }

  onText(text: string): void {
    if (this.open !== null && this.open.text.length < MAX_LINK_TEXT)
      this.open.text += ` ${text.slice(0, MAX_LINK_TEXT)}`;
  }

  /** The http(s) links, absolute by the page's `<base>` or its own URL. */
  resolve(pageUrl: string): PageLink[] {
    const base = this.base !== null && URL.canParse(this.base, pageUrl) ? new URL(this.base, pageUrl).href : pageUrl;
    return this.links.flatMap(({ href, text }) => {
      if (!URL.canParse(href, base)) return [];
      const url = new URL(href, base);
      if (url.protocol !== 'http:' && url.protocol !== 'https:') return [];
      url.hash = '';
      return [{ url: copyText(url.href), text: copyText(text.replace(/\s+/g, ' ').trim().slice(0, MAX_LINK_TEXT)) }];
    });
  }

  private openLink(href: string | undefined, title: string): void {
    this.open = this.addLink(href, title);
  }

  private addLink(href: string | undefined, text: string): { href: string; text: string } | null {
    if (href === undefined || href.length > MAX_HREF || this.links.length >= MAX_LINKS) return null;
    if (href.startsWith('#') || OTHER_SCHEME.test(href.slice(0, 40))) return null;
    const link = { href, text: text.slice(0, MAX_LINK_TEXT) };
    this.links.push(link);
    return link;
  }
}
