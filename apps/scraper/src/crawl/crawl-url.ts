import { createHash } from 'node:crypto';
import { MAX_HOST_LENGTH, MAX_URL_LENGTH, siteKey } from '#common/domain/site.js';
import { isSessionParameter, isTrackingParameter, isVolatileParameter } from './url-parameters.js';

const MAX_SEGMENTS = 20;
const MAX_SAME_SEGMENT = 2;
/** Longer keys are hashed: a crawl remembers thousands of them. */
const MAX_KEY_CHARS = 160;
const FILE_EXTENSION =
  /\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|heic|pdf|docx?|xlsx?|pptx?|odt|ods|odp|rtf|epub|zip|rar|7z|gz|tgz|bz2|xz|tar|dmg|exe|msi|apk|iso|deb|rpm|mp[34]|m4[av]|wav|ogg|oga|ogv|flac|aac|avi|mov|wmv|mkv|webm|mpe?g|css|m?js|map|woff2?|ttf|eot|otf|xml|rss|atom|ics|csv|psd|ai|eps|swf|torrent|kmz?|gpx)$/i;
/** Links that do something instead of leading somewhere: following one would fill a cart or end a session. */
const ACTION_PARAMETER =
  /[?&](?:add[-_]to[-_](?:cart|wishlist|compare)|remove[-_](?:item|from[-_]cart)|replytocom|action=(?:log_?out|delete|add|vote|edit|history)|do=(?:add|delete|logout)|logout|unsubscribe|print=)/i;
const ACTION_SEGMENT = /\/(?:log-?out|sign-?out|abmelden|deconnexion|unsubscribe|cdn-cgi)(?:[./]|$)/i;
/** `;jsessionid=…` behind a segment, and ASP.NET's `/(S(…))` in front of the path. */
const PATH_SESSION = /;(?:jsessionid|phpsessid|sessionid|sid)=[^/;]*/gi;
const ASP_SESSION = /\/\((?:[A-Z]\([^()/]{1,100}\)){1,4}\)(?=\/|$)/gi;
const INDEX_PAGE = /\/(?:index\.(?:html?|xhtml|shtml|php\d?|aspx?|jsp|cfm)|default\.(?:aspx?|html?))$/i;

/** A URL without what names no page: fragment, tracking parameters, session ids. The rest stays as it is written. */
export function normaliseUrl(text: string): URL | null {
  if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.hostname.length > MAX_HOST_LENGTH) return null;
  url.hash = '';
  if (url.pathname.includes(';')) url.pathname = url.pathname.replace(PATH_SESSION, '');
  if (url.search.length > 1) dropTracking(url);
  else url.search = '';
  return url.href.length > MAX_URL_LENGTH ? null : url;
}

/**
 * The key of a page among those of one crawl: the same for all usual spellings of one address (http or https, `www.`
 * or not, order of parameters, `index.html`, closing and doubled slashes, percent escapes, sessions), which may differ
 * in what is fetched.
 */
export function pageKey(url: URL): string {
  const key = `${siteKey(url).replace(/^www\.(?=[^.]+\.)/, '')}${keyOfPath(url.pathname)}${keyOfQuery(url.search)}`;
  return key.length <= MAX_KEY_CHARS ? key : createHash('sha1').update(key).digest('base64');
}

/** Whether following this link is sensible: no file, no action, no trap that nests the same folder for ever. */
export function isWorthFollowing(url: URL): boolean {
  if (FILE_EXTENSION.test(url.pathname) || ACTION_SEGMENT.test(url.pathname)) return false;
  if (url.search !== '' && ACTION_PARAMETER.test(url.search)) return false;
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
  const pairs = url.search.slice(1).split('&');
  const kept = pairs.filter((pair) => {
    const [name, value] = splitPair(pair);
    return !isTrackingParameter(name, value) && !isSessionParameter(name, value);
  });
  if (kept.length < pairs.length) url.search = kept.join('&');
}

function keyOfPath(pathname: string): string {
  let path = pathname;
  if (path.includes('%')) path = plainEscapes(path);
  if (path.includes(';')) path = path.replace(PATH_SESSION, '');
  if (path.includes('(')) path = path.replace(ASP_SESSION, '');
  // `/go/http://a.example` holds an address of its own.
  if (path.includes('//') && !path.includes(':/')) path = path.replace(/\/{2,}/g, '/');
  return path.replace(INDEX_PAGE, '').replace(/\/$/, '');
}

function keyOfQuery(search: string): string {
  if (search.length < 2) return '';
  const pairs = search
    .slice(1)
    .split('&')
    .map((pair) => pair.replace(/^amp;/, '').replace(/=$/, ''))
    .filter((pair) => {
      const [name, value] = splitPair(pair);
      return pair !== '' && !isVolatileParameter(name, value);
    })
    .map((pair) => (pair.includes('%') ? plainEscapes(pair).replaceAll('%20', '+') : pair))
    .map((pair) => ({ pair, name: pair.split('=', 1)[0] ?? '' }));
  if (pairs.length === 0) return '';
  // By name only, and stable: `a=1&a=2` is a list in an order of its own.
  const sorted = pairs.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return `?${sorted.map(({ pair }) => pair).join('&')}`;
}

function splitPair(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=');
  return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** Escapes in upper case, and none for characters that need none (RFC 3986, 6.2.2). */
function plainEscapes(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const char = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return /[\w.~-]/.test(char) ? char : escape.toUpperCase();
  });
}
