import { copyText } from '../extract/copy-text.js';
import { isDated } from './url-shape.js';
import { pageWords, plainText, rankOf, wordsOf, type PageKind, type WordMatch } from './word-matcher.js';

/** What a link is good for: nothing known (`other`), or a page that tends to state an address. */
export type LinkKind = 'contact' | 'legal' | 'about' | 'other';

export interface LinkScore {
  kind: LinkKind;
  /** 0 to 49, the higher the earlier. */
  priority: number;
  /** Why, for a person, at most 80 characters. */
  reason: string;
}

const KINDS: Readonly<Record<PageKind, LinkKind>> = {
  contact: 'contact',
  legal: 'legal',
  privacy: 'legal',
  about: 'about',
  service: 'about',
  more: 'about',
};
/**
 * Where the points of each kind begin. Privacy and terms come after about and service: where no link leads to a contact
 * page, it is more often one click behind those than a lawyer is the one to write to.
 */
const BASE: Readonly<Record<PageKind, number>> = {
  contact: 40,
  legal: 30,
  about: 20,
  service: 15,
  privacy: 10,
  more: 6,
};
const MOST: Readonly<Record<PageKind, number>> = { contact: 9, legal: 9, about: 9, service: 4, privacy: 4, more: 3 };
const OTHER = 5;
const DATED = 3;
const IDLE = 2;
const MAX_PATH_CHARS = 300;
const MAX_TEXT_CHARS = 120;
const MAX_TEXT_WORDS = 6;
const MAX_SEGMENT_WORDS = 4;
/** Words of a path that name no page. */
const NOISE = new Set(
  words('html htm xhtml shtml php php5 asp aspx jsp jsf cfm cgi pl do action index default page pages site'),
);
/** Folders of things that are many: a word inside their names says little about the page. */
const LISTINGS = new Set(
  words(`blog blogs news article articles artikel post posts product products produkt produkte produits productos prodotti producten
    shop store item items p category categories kategorie tag tags topic topics forum forums thread wiki magazine journal story
    stories event events job jobs recipe recipes video videos download downloads glossary lexikon novosti notizie noticias nieuws`),
);
/** Pages where nobody states an address. */
const IDLE_PAGES = new Set(
  words(`login signin logon register signup cart basket checkout wishlist account tag tags search feed print warenkorb anmelden
    registrieren merkliste panier connexion carrito carrello winkelwagen koszyk kosik korzina sepet`),
);
/** Parameters that hold another page's address. */
const FORWARDING = /^(?:return|redirect|next|back|continue|goto|dest|from|ref|origin|url|target|callback)/i;

/** How likely a link leads to an address, by its words and its path. */
export function scoreLink(url: URL, text: string): LinkScore {
  const inText = telling(pageWords.match(wordsOf(plainText(text.slice(0, MAX_TEXT_CHARS))), MAX_TEXT_WORDS));
  const path = matchPath(url);
  const found = strongest(inText, path.match);
  const dated = isDated(url);
  if (found === null) return { kind: 'other', priority: idleness(url, dated), reason: 'link' };
  // A news item about contact is no contact page, unless the site's own menu calls it that.
  if (isWeak(found, inText, dated)) return { kind: 'other', priority: dated ? DATED : OTHER, reason: 'link' };
  const textPoints = pointsOf(inText, found.kind);
  const pathPoints = pointsOf(path.match, found.kind);
  const points =
    1 +
    textPoints +
    (pathPoints === 0 ? 0 : Math.max(1, pathPoints - path.behind)) +
    (path.depth === 1 ? 1 : 0) -
    (path.depth > 3 ? 2 : 0) -
    (dated ? 3 : 0);
  const place = textPoints === 0 ? 'path' : pathPoints === 0 ? 'text' : 'path and text';
  return {
    kind: KINDS[found.kind],
    priority: BASE[found.kind] + Math.min(MOST[found.kind], Math.max(0, points)),
    reason: copyText(`${KINDS[found.kind]}: "${found.words.slice(0, 40)}" in ${place}`),
  };
}

interface PathMatch {
  match: WordMatch | null;
  /** How many segments stand behind the one that matched. */
  behind: number;
  depth: number;
}

/** The last part of the path that says something: `/about/contact` is a contact page, `/contact/privacy` is not. */
function matchPath(url: URL): PathMatch {
  const parts = pathParts(url);
  const depth = parts.length;
  for (let index = parts.length - 1; index >= 0; index -= 1) {
    const match = telling(pageWords.match(parts[index] ?? [], MAX_SEGMENT_WORDS), index < parts.length - 1);
    if (match === null) continue;
    const isListed =
      match.extent !== 'whole' && parts.slice(0, index).some((part) => part.some((word) => LISTINGS.has(word)));
    return { match: isListed ? { ...match, extent: 'long' } : match, behind: depth - 1 - index, depth };
  }
  return { match: null, behind: 0, depth };
}

/** "Service" and "press" name a page only on their own: services are sold, and presses too. */
function telling(match: WordMatch | null, isFolder = false): WordMatch | null {
  if (match === null || (match.kind !== 'service' && match.kind !== 'more')) return match;
  return isFolder || (match.extent !== 'whole' && !match.words.includes(' ')) ? null : match;
}

/** The words of each segment and of each parameter's value, without those that name no page. */
function pathParts(url: URL): string[][] {
  const parts = url.pathname.slice(0, MAX_PATH_CHARS).split('/');
  for (const pair of url.search.slice(1, MAX_PATH_CHARS).split('&')) {
    const [name = '', value = ''] = pair.split('=', 2);
    if (!FORWARDING.test(name)) parts.push(value === '' ? name : value);
  }
  return parts
    .map((part) => wordsOf(plainText(readable(part))).filter((word) => !NOISE.has(word)))
    .filter((part) => part.length > 0);
}

function readable(part: string): string {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function strongest(inText: WordMatch | null, inPath: WordMatch | null): WordMatch | null {
  if (inText === null || inPath === null) return inText ?? inPath;
  if ((inText.extent === 'long') !== (inPath.extent === 'long')) return inText.extent === 'long' ? inPath : inText;
  return rankOf(inText.kind) <= rankOf(inPath.kind) ? inText : inPath;
}

function isWeak(found: WordMatch, inText: WordMatch | null, dated: boolean): boolean {
  return found.extent === 'long' || (dated && inText?.extent !== 'whole');
}

/** A label that is nothing but the words says more than one that has them, and prose says nothing. */
function pointsOf(match: WordMatch | null, kind: PageKind): number {
  if (match === null || match.kind !== kind) return 0;
  return { whole: 3, part: 2, long: 0 }[match.extent];
}

function idleness(url: URL, dated: boolean): number {
  if (dated) return DATED;
  const isIdle = url.pathname
    .toLowerCase()
    .split('/', 8)
    .some((segment) => IDLE_PAGES.has(segment.replace(/\.\w{2,5}$/, '').replace(/[-_]/g, '')));
  return isIdle ? IDLE : OTHER;
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
