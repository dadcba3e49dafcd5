/** A result that a fake search engine is made to find. */
export interface PlantedResult {
  url: string;
  title: string;
  snippet: string;
}

export interface PlantedPage {
  results: PlantedResult[];
  /** From 0: how many results stand on earlier pages. */
  offset: number;
  /** No page comes after this one. */
  isLast: boolean;
}

/** One page (from 0) of a list of results. */
export function pageOf(results: readonly PlantedResult[], page: number, pageSize: number): PlantedPage {
  const offset = page * pageSize;
  const end = offset + pageSize;
  return { results: results.slice(offset, end), offset, isLast: end >= results.length };
}

/** A result for each URL, with a title and snippet of its own. */
export function plantUrls(urls: readonly string[]): PlantedResult[] {
  return urls.map((url, index) => ({ url, title: `Result ${index + 1}`, snippet: `What is found at ${url}` }));
}
