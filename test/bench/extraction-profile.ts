import { Session, type Profiler } from 'node:inspector/promises';
import { basename } from 'node:path';
import { makeLargePages } from './large-pages.js';
import { PageExtractor } from '../../apps/scraper/src/extract/page-extractor.js';

const WARM_UP = 5;
const ROUNDS = 20;
const ROWS = 12;

/** Where our extraction spends the main thread's time on the large pages: by file, time of its own. */
export async function profileExtraction(): Promise<Record<string, string>[]> {
  const pages = makeLargePages();
  const extractor = new PageExtractor();
  await readAll(extractor, pages, WARM_UP);
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  const before = process.cpuUsage();
  await readAll(extractor, pages, ROUNDS);
  const { user, system } = process.cpuUsage(before);
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const pageMs = (user + system) / 1000 / (ROUNDS * pages.length);
  const files = fileTimes(profile);
  const total = files.reduce((sum, { us }) => sum + us, 0);
  return [
    { file: `all threads, per page: ${pageMs.toFixed(2)} ms of CPU`, 'share of main thread': '', 'most in': '' },
    ...files.slice(0, ROWS).map(({ file, us, hottest }) => ({
      file,
      'share of main thread': `${((100 * us) / total).toFixed(1)} %`,
      'most in': hottest,
    })),
  ];
}

async function readAll(extractor: PageExtractor, pages: string[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const text of pages) {
      await extractor.extractPage({ url: 'https://www.acme-mill.de/', kind: 'html', text, cut: null });
    }
  }
}

interface FileTime {
  /** Or what V8 calls its own work: `(garbage collector)`, `(program)`. */
  file: string;
  us: number;
  hottest: string;
}

/** Time of their own, most first; waiting aside. */
function fileTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): FileTime[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const files = new Map<string, Map<string, number>>();
  for (const [index, id] of samples.entries()) {
    const { functionName, url, lineNumber } = frames.get(id)!;
    if (functionName === '(idle)') continue;
    const file = url === '' ? functionName : basename(url);
    const name = `${functionName || '(anonymous)'}:${lineNumber + 1}`;
    const functions = files.get(file) ?? new Map<string, number>();
    files.set(file, functions.set(name, (functions.get(name) ?? 0) + timeDeltas[index]!));
  }
  const times = [...files].map(([file, functions]) => {
    const us = [...functions.values()].reduce((sum, part) => sum + part, 0);
    return { file, us, hottest: [...functions].toSorted((a, b) => b[1] - a[1])[0]![0] };
  });
  return times.toSorted((a, b) => b.us - a.us);
}
