import { LineScan } from './line-scan.js';
import type { SitemapEntry } from './sitemap-entry.js';
import { XmlScan } from './xml-scan.js';

/**
 * Reads the entries of a sitemap or sitemap index, XML or one URL a line, in one pass that only moves forward: a
 * document is never built, an entity that the file declares itself never expanded, nesting costs nothing, and what is
 * no sitemap simply has no entries. The file may come in chunks, of which little is held. A null is no entry but an
 * occasion to let other work have its turn.
 */
export class SitemapScan {
  private scan: XmlScan | LineScan | null = null;

  *read(chunk: string): Generator<SitemapEntry | null> {
    // Trimming drops the byte order mark, too.
    const text = this.scan === null ? chunk.trimStart() : chunk;
    if (text === '') return;
    this.scan ??= text.startsWith('<') ? new XmlScan() : new LineScan();
    yield* this.scan.read(text);
  }

  /** What only the end of the file completes: not to be asked where the end is missing. */
  *end(): Generator<SitemapEntry> {
    if (this.scan instanceof LineScan) yield* this.scan.end();
  }
}

/** Reads a file that is there in one piece. `isCut`: its end is missing. */
export function* scanSitemap(text: string, isCut: boolean): Generator<SitemapEntry | null> {
  const scan = new SitemapScan();
  yield* scan.read(text);
  if (!isCut) yield* scan.end();
}
