import { MAX_URL_LENGTH } from '#common/domain/site.js';

const MAX_SEGMENTS = 20;
const MAX_SAME_SEGMENT = 2;
/** Parameters that name a campaign or a session, never a page. */
const TRACKING =
  /^(?:utm_\w+|gclid|gbraid|wbraid|fbclid|msclkid|dclid|yclid|twclid|igshid|mc_cid|mc_eid|_ga|_gl|phpsessid|jsessionid|sid|ref_src)$/i;
const FILE_EXTENSION =
  /\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|heic|pdf|docx?|xlsx?|pptx?|odt|ods|odp|rtf|epub|zip|rar|7z|gz|tgz|bz2|xz|tar|dmg|exe|msi|apk|iso|deb|rpm|mp[34]|m4[av]|wav|ogg|oga|ogv|flac|aac|avi|mov|wmv|mkv|webm|mpe?g|css|m?js|map|woff2?|ttf|eot|otf|xml|rss|atom|ics|csv|psd|ai|eps|swf|torrent|kmz?|gpx)$/i;

/** One spelling for one page: no fragment, no tracking parameters (port and dot segments are the URL class's doing). */
export function normaliseUrl(text: string): URL | null {
  if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.hash = '';
  if (url.search.length > 1) dropTracking(url);
  else url.search = '';
  return url.href.length > MAX_URL_LENGTH ? null : url;
}

/** The key of a page among those of one crawl: http and https on default ports are the same page. */
export function pageKey(url: URL): string {
  return `${url.host}${url.pathname}${url.search}`;
}

/** Whether following this link is sensible: no file, no calendar trap that nests the same folder for ever. */
export function isWorthFollowing(url: URL): boolean {
  if (FILE_EXTENSION.test(url.pathname)) return false;
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  if (segments.length > MAX_SEGMENTS) return false;
  const counts = new Map<string, number>();
  for (const segment of segments) {
    const count = (counts.get(segment) ?? 0) + 1;
    if (count > MAX_SAME_SEGMENT) return false;
    counts.set(segment, count);
  }
  return true;
}

/** Only rewrites a query that has something to drop: URLSearchParams would re-encode the rest of it as well. */
function dropTracking(url: URL): void {
  const kept = url.search
    .slice(1)
    .split('&')
    .filter((pair) => !TRACKING.test(pair.split('=', 1)[0] ?? ''));
  url.search = kept.join('&');
}
