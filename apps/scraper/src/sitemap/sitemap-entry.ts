import { MAX_URL_LENGTH } from '#common/domain/site.js';
import { nextTurn } from '../next-turn.js';

/** A page of the site, or another sitemap that an index names; the URL is not checked. */
export interface SitemapEntry {
  kind: 'page' | 'sitemap';
  url: string;
}

/** Time after which other work has its turn. */
const MAX_TURN_MS = 8;

/** The entries of a scan, with turns for the rest of the process in between. Throws the reason of an aborted `signal`. */
export async function* inTurns(
  entries: Iterable<SitemapEntry | null>,
  signal: AbortSignal,
): AsyncGenerator<SitemapEntry> {
  let turnAt = performance.now();
  for (const entry of entries) {
    if (entry !== null) yield entry;
    if (performance.now() - turnAt < MAX_TURN_MS) continue;
    await nextTurn();
    signal.throwIfAborted();
    turnAt = performance.now();
  }
}

/** An absolute http(s) URL without its fragment; null for what is none, is too long, or carries a user name. */
export function parseEntry(text: string): URL | null {
  if (text.length > MAX_URL_LENGTH || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  url.hash = '';
  return url.href.length <= MAX_URL_LENGTH && url.username === '' && url.password === '' ? url : null;
}
