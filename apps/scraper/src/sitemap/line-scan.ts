import { MAX_URL_LENGTH } from '#common/domain/site.js';
import type { SitemapEntry } from './sitemap-entry.js';

/** Less than 1 ms of a file that is nothing but lines. */
const STEPS_AT_ONCE = 2_000;
/** With a carriage return. */
const MAX_LINE_CHARS = MAX_URL_LENGTH + 1;

/** The URLs of a text sitemap, one a line, that comes in chunks. */
export class LineScan {
  private rest = '';
  private steps = 0;

  *read(chunk: string): Generator<SitemapEntry | null> {
    const text = this.rest + chunk;
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      if ((this.steps += 1) % STEPS_AT_ONCE === 0) yield null;
      if (end - start <= MAX_LINE_CHARS) yield* readLine(text.slice(start, end));
      start = end + 1;
    }
    // Enough to be still too long when the rest of the line has come.
    this.rest = text.slice(start, start + MAX_LINE_CHARS + 1);
  }

  /** The last line, which nothing need end. */
  *end(): Generator<SitemapEntry> {
    if (this.rest.length <= MAX_LINE_CHARS) yield* readLine(this.rest);
  }
}

function* readLine(line: string): Generator<SitemapEntry> {
  const url = line.trim();
  if (/^https?:\/\//i.test(url)) yield { kind: 'page', url };
}
