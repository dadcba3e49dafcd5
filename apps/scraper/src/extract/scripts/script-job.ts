/** An element of the page, or a text in one; `parent` is the index of the element it stands in, -1 for the body. */
export type JobNode =
  { parent: number; tag: string; attributes: Record<string, string> } | { parent: number; text: string };

/** Code of the page with the element that it belongs to. */
export interface Snippet {
  /** `link`: behind `javascript:`; `handler`: of an `on…` attribute. */
  kind: 'script' | 'module' | 'link' | 'handler';
  code: string;
  /** Index into the nodes, -1 where the element was not kept. */
  element: number;
}

/** What a page's scripts need to be run: plain data for another thread. */
export interface ScriptJob {
  nodes: JobNode[];
  snippets: Snippet[];
}

/** What scripts put on the page, as markup, and what they said otherwise: links opened, texts copied, results. */
export interface ScriptOutput {
  html: string[];
  texts: string[];
  timedOut: boolean;
}
