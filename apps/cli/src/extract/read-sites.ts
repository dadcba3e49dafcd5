import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parseSite } from '#common/domain/site.js';
import { UsageError } from '../cli-error.js';

const MAX_PROBLEMS = 10;

/**
 * The sites of the arguments and of a file, one a line; `-` stands for standard input in either place. Blank lines and
 * lines that start with # are left out. Every entry is checked here already: all bad ones are named at once.
 */
export async function readSites(
  args: string[],
  file: string | undefined,
  stdin: Readable = process.stdin,
): Promise<string[]> {
  const sources: Source[] = args.filter((arg) => arg !== '-').map((site) => ({ site, place: site }));
  if (args.includes('-') || file === '-') sources.push(...(await readLines(stdin, 'standard input')));
  if (file !== undefined && file !== '-') sources.push(...(await readLines(createReadStream(file, 'utf8'), file)));
  const problems = sources.flatMap(({ site, place }) => checkSite(site, place));
  if (problems.length > 0) throw new UsageError(describeProblems(problems));
  if (sources.length === 0) {
    throw new UsageError(
      'no sites given',
      'Name them (`gleaner extract https://a.example b.example`) or give a list with --file.',
    );
  }
  return sources.map(({ site }) => site);
}

interface Source {
  site: string;
  place: string;
}

async function readLines(stream: Readable, name: string): Promise<Source[]> {
  const sources: Source[] = [];
  let number = 0;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      number += 1;
      const site = line.replace(/^\uFEFF/, '').trim();
      if (site !== '' && !site.startsWith('#')) sources.push({ site, place: `${name}:${number}: ${site}` });
    }
  } catch (error) {
    throw new UsageError(`cannot read ${name}: ${(error as Error).message}`);
  }
  return sources;
}

function checkSite(site: string, place: string): string[] {
  try {
    parseSite(site);
    return [];
  } catch (error) {
    return [`${place} ${(error as Error).message}`];
  }
}

function describeProblems(problems: string[]): string {
  const shown = problems.slice(0, MAX_PROBLEMS).map((problem) => `  ${problem}`);
  if (problems.length > MAX_PROBLEMS) shown.push(`  … and ${problems.length - MAX_PROBLEMS} more`);
  return `not every site can be used:\n${shown.join('\n')}`;
}
