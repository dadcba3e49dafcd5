import { getDomain } from 'tldts';
import { copyLines, copyText } from './copy-text.js';
import type { PageLink } from './finding.js';

/** Enough for any sitemap page a person made; more are ballast in a crawl of some dozen pages. */
const MAX_LINKS = 5_000;
/** Links to other sites are not followed: a thousand of them must not take the place of the site's own. */
const MAX_FOREIGN_LINKS = 500;
const MAX_HREF = 2048;
const MAX_LINK_TEXT = 120;
const MAX_CLASS_CHARS = 80;
const ABSOLUTE = /^\s{0,9}(?:https?:)?\/\/([^/?#:\\]+)/i;
const OTHER_SCHEME = /^\s*(?!https?:)[a-z][a-z0-9+.-]*:/i;

interface CollectedLink {
  href: string;
  text: string;
  /** Names that the link and what is in it have for style sheets: all there is to know about a bare icon. */
  classes: string;
}

/** Collects where a page leads, with the words of each link, and what it gives as its own address. */
export class LinkCollector {
  private readonly links: CollectedLink[] = [];
  private open: CollectedLink | null = null;
  private base: string | null = null;
  private canonical: string | null = null;
  private inBody = false;
  private foreignLinks = 0;
  private site: string | null = null;

  /** Where the page comes from. */
  useUrl(pageUrl: string): void {
    const { hostname } = new URL(pageUrl);
    this.site = getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
  }

  onOpen(tag: string, attributes: Map<string, string>): void {
    if (tag === 'a') this.open = this.addLink(attributes.get('href'), labelOf(attributes), classesOf(attributes));
    else if (tag === 'area') this.addLink(attributes.get('href'), attributes.get('alt') ?? labelOf(attributes));
    else if (tag === 'iframe' || tag === 'frame') this.addLink(attributes.get('src'), attributes.get('title') ?? '');
    else if (tag === 'base') this.base ??= attributes.get('href') ?? null;
    else if (tag === 'body') this.inBody = true;
    else if (tag === 'link') this.readCanonical(attributes);
    else if (this.open !== null) this.readInside(this.open, tag, attributes);
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
    const base = this.baseOf(pageUrl);
    // Menus repeat themselves, and resolving is the dearest part of a link.
    const resolved = new Map<string, string | null>();
    const urls: string[] = [];
    const texts: string[] = [];
    for (const { href, text, classes } of this.links) {
      const known = resolved.get(href);
      const url = known === undefined ? toAbsolute(href, base) : known;
      if (known === undefined) resolved.set(href, url);
      if (url === null) continue;
      urls.push(url);
      texts.push((oneLine(text) || oneLine(classes)).slice(0, MAX_LINK_TEXT));
    }
    const ownTexts = copyLines(texts);
    return copyLines(urls).map((url, index) => ({ url, text: ownTexts[index] ?? '' }));
  }

  /** What the page calls its own address, absolute; null where that is nothing one can fetch. */
  resolveCanonical(pageUrl: string): string | null {
    const url = this.canonical === null ? null : toAbsolute(this.canonical, this.baseOf(pageUrl));
    return url === null ? null : copyText(url);
  }

  private baseOf(pageUrl: string): string {
    return this.base !== null && URL.canParse(this.base, pageUrl) ? new URL(this.base, pageUrl).href : pageUrl;
  }

  /** Words that stand on a picture: `alt`, `title`, `aria-label`. */
  private readInside(link: CollectedLink, tag: string, attributes: Map<string, string>): void {
    if (attributes.size === 0) return;
    if (tag === 'img') this.onText(attributes.get('alt') ?? '');
    this.onText(labelOf(attributes));
    if (link.classes.length < MAX_CLASS_CHARS) link.classes += ` ${classesOf(attributes)}`;
  }

  /** Only in the head: in the body it may be a visitor's comment. */
  private readCanonical(attributes: Map<string, string>): void {
    if (this.inBody || this.canonical !== null) return;
    if (!/(?:^|\s)canonical(?:$|\s)/i.test((attributes.get('rel') ?? '').slice(0, 100))) return;
    const href = attributes.get('href') ?? '';
    if (href !== '' && href.length <= MAX_HREF) this.canonical = href;
  }

  private addLink(href: string | undefined, text: string, classes = ''): CollectedLink | null {
    if (href === undefined || href.length > MAX_HREF || this.links.length >= MAX_LINKS) return null;
    if (href.startsWith('#') || OTHER_SCHEME.test(href.slice(0, 40))) return null;
    if (this.isForeign(href) && ++this.foreignLinks > MAX_FOREIGN_LINKS) return null;
    const link = { href, text: text.slice(0, MAX_LINK_TEXT), classes };
    this.links.push(link);
    return link;
  }

  /** Cheaply, by the text of the host: in doubt a link is the site's own. */
  private isForeign(href: string): boolean {
    const host = ABSOLUTE.exec(href.slice(0, 300))?.[1]?.toLowerCase();
    return this.site !== null && host !== undefined && host !== this.site && !host.endsWith(`.${this.site}`);
  }
}

/** A path that is the same before and after it is resolved; resolving costs ten times as much. */
const PLAIN_PATH = /^\/(?![/\\])(?:[\w~=&?/-]|\.(?![./]))*$/;

function oneLine(text: string): string {
  return (/[\t-\r]|\s\s/.test(text) ? text.replace(/\s+/g, ' ') : text).trim();
}

function toAbsolute(href: string, base: string): string | null {
  if (PLAIN_PATH.test(href)) {
    const host = base.indexOf('//') + 2;
    return base.slice(0, base.indexOf('/', host)) + href;
  }
  let url: URL;
  try {
    url = new URL(href, base);
  } catch {
    return null;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.hash = '';
  return url.href;
}

function labelOf(attributes: Map<string, string>): string {
  const title = (attributes.get('title') ?? '').slice(0, MAX_LINK_TEXT);
  const label = (attributes.get('aria-label') ?? '').slice(0, MAX_LINK_TEXT);
  return title === '' || label === '' || title === label ? title || label : `${title} ${label}`;
}

function classesOf(attributes: Map<string, string>): string {
  return (attributes.get('class') ?? '').slice(0, MAX_CLASS_CHARS);
}
