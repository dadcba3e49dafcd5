import { readHtml } from '../../html-reader.js';
import { PageTurns } from '../../page-turns.js';
import { ScriptCollector } from '../script-collector.js';
import type { ScriptJob, ScriptOutput } from '../script-job.js';
import type { ScriptRunner } from '../script-runner.js';

const ADDRESS = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/g;

/** What the collector has seen of a page. */
export async function collectScripts(html: string, pass: 'first' | 'second'): Promise<ScriptCollector> {
  const collector = new ScriptCollector(pass);
  await readHtml(html, collector, new PageTurns(new AbortController().signal));
  return collector;
}

/** What of a page is run; null where nothing is. */
export async function jobOf(html: string): Promise<ScriptJob | null> {
  const first = await collectScripts(html, 'first');
  first.texts();
  return first.isWorthRunning ? (await collectScripts(html, 'second')).finish() : null;
}

/** The addresses that a page shows once its scripts have run, each once, sorted. */
export async function runPage(html: string, runner: ScriptRunner): Promise<string[]> {
  const job = await jobOf(html);
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
