/** What kind of list a URL looks like a member of. */
export type ShapeKind = 'single' | 'numbered' | 'calendar' | 'facet';

export interface UrlShape {
  /** The same for URLs that differ in numbers only; a page of its own name stands for its folder. */
  group: string;
  kind: ShapeKind;
}

/** All deeper pages are of one shape: a path may grow for ever. */
const MAX_SEGMENTS = 8;
const MAX_GROUP_CHARS = 200;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** Eight and more hexadecimal digits, one of them a decimal one at least (`facade` is a word). */
const HEX = /(?<![a-z0-9])(?=[a-f]{0,32}[0-9])[0-9a-f]{8,}(?![a-z0-9])/gi;
const DATE_IN_PATH = /\/(?:19|20)\d\d(?:[-/](?:0?[1-9]|1[0-2])(?:[-/](?:[0-2]?\d|3[01]))?)?(?=[-/]|$)/;
/** A path that ends in a date has no page name: an archive, or a calendar without end. */
const ENDS_IN_DATE = /\/(?:19|20)\d\d(?:[-/](?:w?\d{1,2}))?(?:[-/]\d{1,2})?\/?$/i;
const CALENDAR_NAMES =
  /^(?:date|day|month|year|week|cal|calendar|eventdate|event_date|start_?date|end_?date|tribe-bar-date|mon|monat|jahr|tag|datum|woche|mois|annee|jour|mes|ano|anno|mese|giorno|fecha|dia|yyyy|mm|ym|ymd|yearmonth)$/i;
const FACET_NAMES =
  /^(?:filter\w*|sort\w*|order\w*|orderby|dir|direction|facets?|refine\w*|colou?r|size|brand|price|min_?price|max_?price|price_(?:min|max)|rating|limit|per_?page|pagesize|viewmode|in_?stock|availability|attr\w*|pa_\w+|f|fq|fv|s|farbe|groesse|marke|preis|couleur|taille|marque|prix|talla|precio|colore|prezzo)(?:[[%].*)?$/i;
const PAGE_NAMES = /^(?:page|paged|p|pg|start|offset|seite|pagina|strona)$/i;

/** The pattern that a URL follows, and whether a server can make more of its kind at will. */
export function shapeOf(url: URL): UrlShape {
  const { folded, isFolded } = foldPath(url.pathname);
  const base = url.hostname + folded;
  const names = parameterNames(url.search);
  if (names.some((name) => CALENDAR_NAMES.test(name)) || ENDS_IN_DATE.test(url.pathname))
    return shape(`${base}?date`, 'calendar');
  if (names.length === 0) {
    return isFolded
      ? shape(base, 'numbered')
      : shape(`${base.slice(0, base.lastIndexOf('/', base.length - 2) + 1)}*`, 'single');
  }
  // Filters combine without end, in any number: all combinations of one path are one shape.
  const telling = names.filter((name) => !FACET_NAMES.test(name) && !PAGE_NAMES.test(name));
  if (telling.length > 0) return shape(`${base}?${telling.length > 3 ? '*' : telling.join('&')}`, 'numbered');
  return names.some((name) => FACET_NAMES.test(name))
    ? shape(`${base}?filter`, 'facet')
    : shape(`${base}?page`, 'numbered');
}

/** Whether the path names a date: a news item, or an archive. */
export function isDated(url: URL): boolean {
  return DATE_IN_PATH.test(url.pathname);
}

function shape(group: string, kind: ShapeKind): UrlShape {
  return { group: group.slice(0, MAX_GROUP_CHARS), kind };
}

function foldPath(pathname: string): { folded: string; isFolded: boolean } {
  if (pathname.split('/', MAX_SEGMENTS + 2).length > MAX_SEGMENTS + 1) return { folded: '/**', isFolded: true };
  const folded = pathname.replace(UUID, '#').replace(HEX, '#').replace(/\d+/g, '#');
  return { folded, isFolded: folded !== pathname };
}

function parameterNames(search: string): string[] {
  if (search.length < 2) return [];
  const names = search
    .slice(1)
    .split('&', 50)
    .map((pair) => (pair.split('=', 1)[0] ?? '').toLowerCase().replace(/\d+/g, '#').slice(0, 40));
  return [...new Set(names)].filter((name) => name !== '').sort();
}
