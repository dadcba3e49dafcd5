import { PageExtractor } from '../../apps/scraper/src/extract/page-extractor.js';
import { PLANTED, STRESS_INPUTS } from '../corpus/stress-inputs.js';

const TICK_MS = 5;
const MIB = 1024 * 1024;

/**
 * What each stress input costs: CPU time of the process with all of its threads, the longest time in which it kept the
 * event loop from a timer of 5 ms, and how much the process grew.
 */
export async function benchStress(): Promise<Record<string, string | number>[]> {
  const extractor = new PageExtractor();
  await extractor.extractPage(asPage('<p>compiles what is compiled once: a (at) b.de</p><script>"a"+"@"</script>'));
  const rows = [];
  for (const [input, makeHtml] of Object.entries(STRESS_INPUTS)) {
    rows.push({ input, ...(await measure(extractor, makeHtml())) });
  }
  return rows;
}

async function measure(extractor: PageExtractor, html: string): Promise<Record<string, string | number>> {
  globalThis.gc?.();
  const rss = process.memoryUsage.rss();
  const ticker = startTicker();
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const { findings } = await extractor.extractPage(asPage(html));
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  return {
    'CPU ms': Math.round((user + system) / 1000),
    'wall ms': Math.round(wallMs),
    'blocked ms': Math.round(await ticker.stop()),
    'RSS growth MiB': Math.round((process.memoryUsage.rss() - rss) / MIB),
    found: findings.some(({ address }) => address.address === PLANTED) ? 'yes' : 'NO',
    findings: findings.length,
  };
}

/**
 * Looks at the clock every 5 ms; what is beyond is time in which nothing else of the process could run. Only as much of
 * it counts as the process used the CPU: the rest went to other programs.
 */
function startTicker(): { stop(): Promise<number> } {
  let longest = 0;
  let lastMs = performance.now();
  let lastCpu = process.cpuUsage();
  const look = (): void => {
    const nowMs = performance.now();
    const { user, system } = process.cpuUsage(lastCpu);
    longest = Math.max(longest, Math.min(nowMs - lastMs - TICK_MS, (user + system) / 1000));
    lastMs = nowMs;
    lastCpu = process.cpuUsage();
  };
  const timer = setInterval(look, TICK_MS);
  return {
    stop: async () => {
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
      clearInterval(timer);
      look();
      return longest;
    },
  };
}

function asPage(text: string): { url: string; kind: 'html'; text: string; cut: null } {
  return { url: 'https://acme-mill.de/', kind: 'html', text, cut: null };
}
