import { join } from 'node:path';
import { TOOLS } from './extraction-tools.js';
import { makeLargePages } from './large-pages.js';
import { runTool, type ToolRun } from './run-tool.js';
import { readLabels, readPages, type CorpusPage } from '../corpus/read-corpus.js';
import { scoreCorpus, type Labels, type Score, type Share } from '../corpus/score.js';

const ROUNDS = 21;
/** Rounds in which the code is still being compiled. */
const WARM_UP = 2;

type Row = Record<string, string | number>;

export interface ExtractionTables {
  tools: Row[];
  techniques: Row[];
}

interface Measured {
  tool: string;
  score: Score;
  hung: number;
  megabytesPerSecond: number;
}

/**
 * Our extraction beside other ways to find addresses: what is found of labelled pages, and the CPU time on large ones.
 * One tool after the other in one run, each in a process of its own; all read the same decoded pages.
 */
export async function benchExtraction(pages: string, labels: string): Promise<ExtractionTables> {
  const corpus = await readLabels(labels);
  const labelled = await readPages(pages, corpus);
  const large = makeLargePages();
  const measured: Measured[] = [];
  for (const tool of Object.keys(TOOLS)) measured.push(await measureTool(tool, corpus, labelled, large));
  return { tools: measured.map(toolRow), techniques: techniqueRows(measured) };
}

/** Our own corpus; the bench runs in the root of the project. */
export const OWN_CORPUS = {
  pages: join('test', 'corpus', 'pages'),
  labels: join('test', 'corpus', 'labels.json'),
};

async function measureTool(tool: string, labels: Labels, labelled: CorpusPage[], large: string[]): Promise<Measured> {
  const run = await runTool(
    tool,
    labelled.map(({ text }) => text),
    1,
  );
  const found = new Map([...run.found].map(([index, page]) => [labelled[index]!.path, page]));
  return {
    tool,
    score: scoreCorpus(labels, found),
    hung: run.hung.size,
    megabytesPerSecond: throughput(await runTool(tool, large, WARM_UP + ROUNDS), large),
  };
}

/** Bytes per CPU microsecond are megabytes per second; of each page, the median round. */
function throughput({ cpuUs, hung }: ToolRun, pages: string[]): number {
  if (hung.size === pages.length) return 0;
  const read = pages.filter((_, index) => !hung.has(index));
  const bytes = read.reduce((sum, page) => sum + Buffer.byteLength(page), 0);
  const total = [...cpuUs]
    .filter(([index]) => !hung.has(index))
    .reduce((sum, [, rounds]) => sum + median(rounds.slice(WARM_UP)), 0);
  return bytes / total;
}

function toolRow({ tool, score, hung, megabytesPerSecond }: Measured): Row {
  const tiers = [...score.tiers.keys()].toSorted();
  return {
    tool,
    precision: percent(score.precision),
    recall: percent(score.recall),
    ...Object.fromEntries(tiers.map((tier) => [`tier ${tier}`, percent(part(score.tiers.get(tier)!))])),
    'clean negatives': `${score.negatives.hit}/${score.negatives.of}`,
    flagged: score.flagged,
    'MB/s': Math.round(10 * megabytesPerSecond) / 10,
    'pages hung': hung,
  };
}

function techniqueRows(measured: Measured[]): Row[] {
  const names = [...measured[0]!.score.techniques.keys()].sort();
  return names.map((technique) => {
    const shares = measured.map(({ tool, score }) => [tool, score.techniques.get(technique)!.hit] as const);
    return { technique, of: measured[0]!.score.techniques.get(technique)!.of, ...Object.fromEntries(shares) };
  });
}

function part({ hit, of }: Share): number {
  return hit / of;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
