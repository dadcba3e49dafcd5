import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ExtractionTask, PageDone } from './extraction-worker.js';
import type { Found } from '../corpus/score.js';

/** A page that takes longer than this hangs: a crawler cannot wait for it. */
const PAGE_LIMIT_MS = 2_000;
/** Loading the tool and compiling its code. */
const START_LIMIT_MS = 20_000;
const WORKER = fileURLToPath(new URL('./extraction-worker.js', import.meta.url));

export interface ToolRun {
  /** By page; none for a page that hangs. */
  found: Map<number, Found>;
  /** CPU microseconds of every round, by page. */
  cpuUs: Map<number, number[]>;
  hung: Set<number>;
}

/**
 * Runs one tool over pages in a process of its own, which a page that hangs does not survive; the others are then read
 * by the next process.
 */
export async function runTool(tool: string, texts: string[], rounds: number): Promise<ToolRun> {
  const run: ToolRun = { found: new Map(), cpuUs: new Map(), hung: new Set() };
  const isLeft = (index: number): boolean => !run.hung.has(index) && (rounds > 1 || !run.found.has(index));
  for (;;) {
    const left = [...texts.keys()].filter(isLeft);
    if (left.length === 0) return run;
    const task = { tool, texts: left.map((index) => texts[index]!), rounds };
    const hungOn = await runTask(task, ({ index, found, cpuUs }) => {
      const page = left[index]!;
      run.found.set(page, found);
      run.cpuUs.set(page, [...(run.cpuUs.get(page) ?? []), cpuUs]);
    });
    if (hungOn === null) return run;
    run.hung.add(left[hungOn]!);
  }
}

/** Resolves with the page that the process hung on, or null when it has read all. */
function runTask(task: ExtractionTask, onPage: (done: PageDone) => void): Promise<number | null> {
  const child = fork(WORKER, { serialization: 'advanced' });
  return new Promise((resolve, reject) => {
    let left = task.texts.length * task.rounds;
    let next = 0;
    const end = (hungOn: number | null): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      child.kill('SIGKILL');
      resolve(hungOn);
    };
    let timer = setTimeout(() => end(next), START_LIMIT_MS);
    child.on('message', (done: PageDone) => {
      clearTimeout(timer);
      onPage(done);
      left -= 1;
      next = (done.index + 1) % task.texts.length;
      if (left === 0) end(null);
      else timer = setTimeout(() => end(next), PAGE_LIMIT_MS);
    });
    child.on('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`${task.tool} ended with code ${code} on page ${next}`));
    });
    child.send(task);
  });
}
