import type { DemoWeb } from './demo-web.js';

/** As a search engine shows it. */
export interface SearchHit {
  url: string;
  title: string;
  snippet: string;
}

interface IndexedPage extends SearchHit {
  /** What its title and its description in the list of sites say counts twice. */
  titleWords: ReadonlySet<string>;
  words: ReadonlySet<string>;
}

const MAX_SNIPPET = 160;

/** The start pages of the demo web, by their words: a very small search engine. */
export class SearchIndex {
  private constructor(private readonly pages: readonly IndexedPage[]) {}

  /** Reads the pages as any robot would; what does not answer with a page is not in the index. */
  static async build(web: DemoWeb): Promise<SearchIndex> {
    const pages = await Promise.all(
      [...web.sites].map(([host, site]) => readPage(`http://${host}/`, site.title).catch(() => null)),
    );
    return new SearchIndex(pages.filter((page) => page !== null));
  }

  /** Pages with a word of the query, best match first. */
  find(query: string): SearchHit[] {
    const asked = [...wordsOf(query)];
    return this.pages
      .map((page) => ({ page, score: scoreOf(page, asked) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .map(({ page: { url, title, snippet } }) => ({ url, title, snippet }));
  }
}

function scoreOf({ titleWords, words }: IndexedPage, asked: string[]): number {
  return asked.reduce((sum, word) => sum + (titleWords.has(word) ? 2 : Number(words.has(word))), 0);
}

async function readPage(url: string, description: string): Promise<IndexedPage | null> {
  const response = await fetch(url);
  if (!response.ok) return null;
  const { title, text } = readText(Buffer.from(await response.arrayBuffer()));
  const snippet = text.slice(0, MAX_SNIPPET);
  return { url, title, snippet, titleWords: wordsOf(`${description} ${title}`), words: wordsOf(text) };
}

/** The title, and the text but for the navigation, in the encoding that the page declares: enough for pages of our own. */
function readText(bytes: Buffer): { title: string; text: string } {
  const [, charset = 'utf-8'] = /charset=["']?([\w-]+)/i.exec(bytes.toString('latin1')) ?? [];
  const html = new TextDecoder(charset).decode(bytes);
  const [, title = ''] = /<title>([^<]*)/i.exec(html) ?? [];
  const text = html.replace(/<(head|nav|script)\b.*?<\/\1>|<[^>]*>/gis, ' ');
  return { title, text: text.replace(/\s+/g, ' ').trim() };
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{L}+/gu) ?? []);
}
