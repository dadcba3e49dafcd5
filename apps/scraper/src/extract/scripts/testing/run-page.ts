import { readHtml } from '../../html-reader.js';
import { PageTurns } from '../../page-turns.js';
import { ScriptCollector } from '../script-collector.js';
import type { ScriptOutput } from '../script-job.js';
import type { ScriptRunner } from '../script-runner.js';

const ADDRESS = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/g;

/** What the collector has seen of a page. */
export async function collectScripts(html: string): Promise<ScriptCollector> {
  const collector = new ScriptCollector();
  let silent = '';
  const handler = {
    onOpen: (tag: string, attributes: Map<string, string>) => {
      if (tag === 'script' || tag === 'style') silent = tag;
      collector.onOpen(tag, attributes);
    },
    onClose: (tag: string) => {
      if (tag === silent) silent = '';
      collector.onClose(tag);
    },
    onText: (text: string) => (silent === '' ? collector.onText(text) : collector.onScriptText(text)),
  };
  await readHtml(html, handler, new PageTurns(new AbortController().signal));
  return collector;
}

/** The addresses that a page shows once its scripts have run, each once, sorted. */
export async function runPage(html: string, runner: ScriptRunner): Promise<string[]> {
  const job = (await collectScripts(html)).finish();
  return job === null ? [] : shownBy(await runner.run(job, AbortSignal.timeout(60_000)));
}

async function shownBy({ html, texts }: ScriptOutput): Promise<string[]> {
  const parts = [texts.join('\n')];
  const onOpen = (_tag: string, attributes: Map<string, string>): void => {
    parts.push(' ', attributes.get('href') ?? '', ' ', attributes.get('value') ?? '', ' ');
  };
  for (const markup of html) {
    parts.push('\n');
    await readHtml(
      markup,
      { onOpen, onClose: () => {}, onText: (text) => parts.push(text) },
      new PageTurns(new AbortController().signal),
    );
  }
  const text = parts.join('').replaceAll('%40', '@').replaceAll('mailto:', ' ');
  return [...new Set(text.match(ADDRESS))].toSorted();
}
