import { LANGUAGE_PACKS, type LanguagePack, type Named } from './contact-site-words.js';

/** How a generated site hides or shows the way to its contact page. */
export const LAYOUTS = [
  'nav',
  'footer',
  'path-only',
  'text-only',
  'aria-label',
  'svg-title',
  'image-alt',
  'numeric-cms',
  'under-about',
  'under-help',
  'native-path',
  'imprint-only',
] as const;
export type Layout = (typeof LAYOUTS)[number];

export interface ContactSite {
  /** `de nav`: what a failing test prints. */
  name: string;
  layout: Layout;
  /** Bodies by path as a client asks for it, non-ASCII percent-encoded. */
  pages: ReadonlyMap<string, string>;
  /** Where the address is: a key of `pages`. */
  contactPath: string;
  email: string;
}

/** `count` sites of 15 to 40 pages, two layouts per language at least; the same for the same seed. */
export function makeContactSites(count = 42, seed = 1): ContactSite[] {
  return Array.from({ length: count }, (_, index) => {
    const pack = LANGUAGE_PACKS[index % LANGUAGE_PACKS.length]!;
    const round = Math.floor(index / LANGUAGE_PACKS.length);
    return new SiteBuilder(pack, layoutFor(pack, index * 11 + round * 6), random(seed * 7919 + index)).build(index);
  });
}

function layoutFor(pack: LanguagePack, turn: number): Layout {
  for (let step = 0; ; step += 1) {
    const layout = LAYOUTS[(turn + step) % LAYOUTS.length]!;
    if (layout === 'native-path' && !/[^\x20-\x7e]/.test(pack.contact.native ?? '')) continue;
    if (layout === 'imprint-only' && pack.imprint === undefined) continue;
    return layout;
  }
}

/** mulberry32: small, seeded, good enough to vary a menu. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

interface Page {
  path: string;
  label: string;
  body: string;
}

class SiteBuilder {
  private readonly pages: Page[] = [];
  private nextId = 3;

  constructor(
    private readonly pack: LanguagePack,
    private readonly layout: Layout,
    private readonly roll: () => number,
  ) {}

  build(index: number): ContactSite {
    const { pack, layout } = this;
    const email = `office@site${index}-mill.org`;
    const home: Page = { path: '/', label: pack.home.label, body: '' };
    const items = this.some(pack.items, 3).map((label, number) =>
      this.addPage({ label, slug: `${pack.products.slug}/${number + 1}` }),
    );
    const posts = this.some(pack.posts, 1).map((label, number) => this.addPost(label, number));
    const products = this.addPage(pack.products, list(items));
    const blog = this.addPage(pack.blog, list(posts) + this.addPagination());
    const about = this.addPage(pack.about);
    const help = this.addPage(pack.help);
    const legal = [pack.privacy, pack.terms].map((named) => this.addPage(named));
    const extra = this.some(pack.extra, 2).map((named) => this.addPage(named));
    const contact = this.addContact(email);
    if (layout === 'under-about') about.body += paragraph(this.words(12)) + list([contact]);
    if (layout === 'under-help') help.body += list([contact, ...extra.slice(0, 1)]);
    const menu = [home, ...this.shuffle([products, blog, about, help, ...extra])];
    const isInMenu = ['nav', 'text-only', 'numeric-cms', 'native-path'].includes(layout);
    const header = nav([...menu, ...(isInMenu ? [contact] : [])]) + this.contactIcon(contact);
    const isInFooter = layout === 'footer' || layout === 'imprint-only';
    const footer = `<footer>${nav(this.shuffle([...legal, ...(isInFooter ? [contact] : [])]))}</footer>`;
    home.body = paragraph(this.words(30)) + list(this.shuffle([...items, ...posts]).slice(0, 12));
    const frame = (page: Page): string => this.frame(page, header, footer);
    const pages = new Map([home, ...this.pages].map((page) => [page.path, frame(page)]));
    return { name: `${pack.code} ${layout}`, layout, pages, contactPath: contact.path, email };
  }

  private frame(page: Page, header: string, footer: string): string {
    const { pack } = this;
    return `<!doctype html><html lang="${pack.code}"><head><meta charset="utf-8"><title>${page.label} | ${pack.name}</title>
<link rel="stylesheet" href="/style.css"></head><body><header><a href="/"><img src="/logo.svg" alt="${pack.name}"></a>${header}</header>
<main><h1>${page.label}</h1>${page.body || paragraph(this.words(40))}</main>${footer}</body></html>`;
  }

  private addPage(named: Named, body = ''): Page {
    const page = { path: this.pathOf(named), label: named.label, body };
    this.pages.push(page);
    return page;
  }

  /** The path a page gets in this kind of site: numbers in an old CMS, the site's own words in most. */
  private pathOf(named: Named): string {
    if (this.layout === 'numeric-cms') return `/index.php?id=${(this.nextId += 1 + Math.floor(this.roll() * 4))}`;
    const slug = this.layout === 'native-path' ? (named.native ?? named.slug) : named.slug;
    return encodeURI(`/${slug}${this.pack.suffix}`);
  }

  private addPost(label: string, number: number): Page {
    const month = String(1 + Math.floor(this.roll() * 12)).padStart(2, '0');
    const slug = `${this.pack.blog.slug}/20${15 + number}/${month}/${this.pack.postSlugs[number] ?? `post-${number}`}`;
    return this.addPage({ label, slug });
  }

  private addPagination(): string {
    const pages = [2, 3, 4].map((number) =>
      this.addPage({ label: String(number), slug: `${this.pack.blog.slug}/page/${number}` }),
    );
    const tags = this.pack.tags.map((label, number) =>
      this.addPage({ label, slug: `${this.pack.blog.slug}/tag/${number + 1}` }),
    );
    return list([...pages, ...tags]);
  }

  private addContact(email: string): Page {
    const { pack, layout } = this;
    const named = layout === 'imprint-only' ? pack.imprint! : pack.contact;
    const body = `<p>${pack.name}</p><p>E-Mail: <a href="mailto:${email}">${email}</a></p>${paragraph(this.words(15))}`;
    const isNumbered = layout === 'text-only' || layout === 'aria-label' || layout === 'svg-title';
    const page = this.addPage(
      isNumbered ? { label: named.label, slug: `p/${Math.floor(40 + this.roll() * 50)}` } : named,
      body,
    );
    return layout === 'path-only' ? Object.assign(page, { label: pack.more }) : page;
  }

  /** Links without words of their own, among others of their kind. */
  private contactIcon(contact: Page): string {
    const { label } = this.pack.contact;
    const others = `<a href="/search" aria-label="${this.pack.search}"><i class="icon-2"></i></a>`;
    if (this.layout === 'path-only') return `${others}<a href="${contact.path}"><i class="icon-3"></i></a>`;
    if (this.layout === 'aria-label')
      return `${others}<a href="${contact.path}" aria-label="${label}"><i class="icon-3"></i></a>`;
    if (this.layout === 'svg-title')
      return `${others}<a href="${contact.path}"><svg role="img"><title>${label}</title><path d="M0 0"/></svg></a>`;
    if (this.layout === 'image-alt') return `${others}<a href="${contact.path}"><img src="/i3.png" alt="${label}"></a>`;
    return others;
  }

  /** The first of these, `least` at least. */
  private some<T>(values: T[], least: number): T[] {
    return values.slice(0, least + Math.floor(this.roll() * (values.length - least + 1)));
  }

  private shuffle<T>(values: T[]): T[] {
    return values
      .map((value) => ({ value, at: this.roll() }))
      .sort((a, b) => a.at - b.at)
      .map(({ value }) => value);
  }

  private words(count: number): string {
    const { prose } = this.pack;
    return Array.from({ length: count }, () => prose[Math.floor(this.roll() * prose.length)]).join(' ');
  }
}

function nav(pages: Page[]): string {
  return `<nav>${list(pages)}</nav>`;
}

function list(pages: Page[]): string {
  return `<ul>${pages.map(({ path, label }) => `<li><a href="${path.replaceAll('&', '&amp;')}">${label}</a></li>`).join('')}</ul>`;
}

function paragraph(text: string): string {
  return `<p>${text}.</p>`;
}
