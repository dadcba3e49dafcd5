/** A site as planned: `host` is its key (hostname, with the port where it is not the scheme's own), `url` its seed. */
export interface SiteInput {
  host: string;
  url: string;
}

/** Longest URL that is crawled or stored (characters). */
export const MAX_URL_LENGTH = 2048;
/** DNS has no longer names (RFC 1035), and neither have our tables. */
export const MAX_HOST_LENGTH = 253;

/**
 * Reads one line of a job's site list. A bare host (`b.example`, `b.example:8080/x`) keeps no scheme in `url`: the
 * crawler tries https first, then http. Throws an Error that says what is wrong with the input.
 */
export function parseSite(input: string): SiteInput {
  const text = input.trim();
  if (text === '') throw new Error('is empty');
  if (text.length > MAX_URL_LENGTH) throw new Error(`is longer than ${MAX_URL_LENGTH} characters`);
  // URL would drop tabs and line ends: a row of a table would become another site.
  if (/\p{Cc}/u.test(text)) throw new Error('contains control characters');
  const bare = !/^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  if (bare && /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text)) throw new Error('must be an http or https URL, or a bare host');
  let url: URL;
  try {
    url = new URL(bare ? `https://${text}` : text);
  } catch {
    throw new Error('is not a valid URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error('must be an http or https URL');
  if (url.hostname === '' || url.hostname.length > MAX_HOST_LENGTH) throw new Error('has no valid host name');
  if (url.username !== '' || url.password !== '') throw new Error('must not carry a user name or password');
  url.hash = '';
  // Percent-encoding may have made it longer.
  if (url.href.length > MAX_URL_LENGTH) throw new Error(`is longer than ${MAX_URL_LENGTH} characters`);
  return { host: siteKey(url), url: bare ? url.href.slice('https://'.length) : url.href };
}

/** The key of the site a URL belongs to: `a.example`, `a.example:8080`, `[::1]:8080`. */
export function siteKey(url: URL): string {
  const port = url.port === '80' || url.port === '443' ? '' : url.port;
  const hostname = url.hostname.replace(/\.$/, '');
  return port === '' ? hostname : `${hostname}:${port}`;
}
