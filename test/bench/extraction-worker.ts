import 'reflect-metadata';
import { TOOLS } from './extraction-tools.js';
import type { Found } from '../corpus/score.js';

/** Work for one tool: pages in order, over and over. The parent ends the process where a page takes too long. */
export interface ExtractionTask {
  tool: string;
  texts: string[];
  rounds: number;
}

/** What one page came to; `cpuUs` is the CPU time of the whole process, its threads and its garbage collection. */
export interface PageDone {
  index: number;
  found: Found;
  cpuUs: number;
}

process.once('message', (task: ExtractionTask) => void work(task));

async function work({ tool, texts, rounds }: ExtractionTask): Promise<void> {
  const find = await TOOLS[tool]!();
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, text] of texts.entries()) {
      const before = process.cpuUsage();
      const found = await find(text);
      const { user, system } = process.cpuUsage(before);
      await send({ index, found, cpuUs: user + system });
    }
  }
}

/** Waits until the message is away: the next page may block this process for good. */
async function send(message: PageDone): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.send!(message, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}
