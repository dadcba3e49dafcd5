import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { parseSite } from '#common/domain/site.js';
import { UsageError } from '../cli-error.js';
import { readLines } from './read-lines.js';
import { SiteList } from './site-list.js';

const MAX_PROBLEMS = 10;

/**
 * The sites of the arguments and of a file, one a line; `-` stands for standard input in either place. Blank lines and
 * lines that start with # are left out. Every entry is checked here already: the first bad ones are named at once.
 */
export async function readSites(
  args: string[],
  file: string | undefined,
  stdin: Readable = process.stdin,
): Promise<SiteList> {
  const reader = new SiteReader();
  for (const arg of args) if (arg !== '-') reader.take(arg, arg);
  if (args.includes('-') || file === '-') await reader.readLines(stdin, 'standard input');
  if (file !== undefined && file !== '-') await reader.readLines(createReadStream(file, 'utf8'), file);
  return reader.finish();
}

class SiteReader {
  private readonly sites = new SiteList();
  private readonly problems: string[] = [];
  private bad = 0;

  async readLines(stream: Readable, name: string): Promise<void> {
    for await (const { number, text } of readLines(stream, name)) this.take(text, `${name}:${number}: ${text}`);
  }

  take(site: string, place: string): void {
    try {
      parseSite(site);
      this.sites.add(site.trim());
    } catch (error) {
      if (++this.bad <= MAX_PROBLEMS) this.problems.push(`  ${place} ${(error as Error).message}`);
    }
  }

  /** Throws a UsageError where an entry is no site, or there is none. */
  finish(): SiteList {
    if (this.bad > MAX_PROBLEMS) this.problems.push(`  … and ${this.bad - MAX_PROBLEMS} more`);
    if (this.bad > 0) throw new UsageError(`not every site can be used:\n${this.problems.join('\n')}`);
    if (this.sites.count > 0) return this.sites;
    throw new UsageError(
      'no sites given',
      'Name them (`gleaner extract https://a.example b.example`), give a list with --file, or have them found: --query, --sitemap.',
    );
  }
}
