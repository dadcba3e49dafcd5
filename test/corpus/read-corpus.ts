import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageExtractor } from '../../apps/scraper/src/extract/page-extractor.js';
import { decodeText, detectCharset } from '../../apps/scraper/src/fetch/charset.js';
import type { Found, Labels } from './score.js';

/** A page as the scraper hands it to extraction: decoded, without what an HTTP header would say. */
export interface CorpusPage {
  path: string;
  text: string;
}

export async function readLabels(file: string): Promise<Labels> {
  return JSON.parse(await readFile(file, 'utf8')) as Labels;
}

export async function readPages(folder: string, labels: Labels): Promise<CorpusPage[]> {
  const pages: CorpusPage[] = [];
  for (const path of Object.keys(labels.pages)) {
    const body = await readFile(join(folder, path));
    pages.push({ path, text: await decodeText([body], detectCharset(body, null)) });
  }
  return pages;
}

export async function extractFound(extractor: PageExtractor, text: string): Promise<Found> {
  const page = { url: 'https://www.corpus-page.org/contact', kind: 'html', text, cut: null } as const;
  const { findings } = await extractor.extractPage(page);
  const ofKind = (isFlagged: boolean): string[] =>
    findings.filter(({ flags }) => flags.length > 0 === isFlagged).map(({ address }) => address.address);
  return { counted: ofKind(false), flagged: ofKind(true) };
}
