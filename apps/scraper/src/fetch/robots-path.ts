/** An escape, or a run of characters that no URI may hold as they are (RFC 3986). */
const ESCAPE_OR_FOREIGN = /%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+/g;
/**
 * ASCII that means the same escaped or not, and is compared unescaped. Not among them: what has a role in a URL
 * (`/ ? # & = + %`) or in a rule (`* $`), and what must be escaped anyway.
 */
const SAME_UNESCAPED = /^[A-Za-z0-9\-._~:@!'(),;[\]]$/;

/** The path and query of a page in the spelling that rules are compared with; a `*` or `$` of the page itself is escaped. */
export function pathOfPage(page: string): string {
  const url = new URL(page);
  const hasEmptyQuery = url.search === '' && (url.href.split('#', 1)[0] ?? '').endsWith('?');
  return unifyEscapes(url.pathname + (hasEmptyQuery ? '?' : url.search))
    .replaceAll('*', '%2A')
    .replaceAll('$', '%24');
}

/** Characters that are themselves in every spelling: nearly all rules are made of nothing else. */
const PLAIN = /^[A-Za-z0-9\-._~/?=&*]*$/;

/** A rule's path in the same spelling: `*` is a wildcard, `$` at the end is the end, anywhere else a dollar sign. */
export function patternOfRule(path: string): string {
  if (PLAIN.test(path)) return path;
  const isAnchored = path.endsWith('$');
  const body = isAnchored ? path.slice(0, -1) : path;
  return unifyEscapes(body).replaceAll('$', '%24') + (isAnchored ? '$' : '');
}

/**
 * The other spelling of a query that carries a URL: RFC 9309 wants `?u=https://x` and `?u=https%3A%2F%2Fx` to be one,
 * while a slash in the path and an escaped slash there are two things.
 */
export function withPlainQuery(path: string): string {
  const start = path.indexOf('?') + 1;
  if (start === 0 || !/%[23]F/.test(path)) return path;
  return path.slice(0, start) + path.slice(start).replaceAll('%2F', '/').replaceAll('%3F', '?');
}

function unifyEscapes(text: string): string {
  return text.replace(ESCAPE_OR_FOREIGN, (match) => {
    if (!match.startsWith('%')) return escapeBytes(match);
    const character = String.fromCharCode(Number.parseInt(match.slice(1), 16));
    return SAME_UNESCAPED.test(character) ? character : match.toUpperCase();
  });
}

/** By way of bytes, since encodeURIComponent throws on half a surrogate pair, which a rule may hold. */
function escapeBytes(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}
