import { InvalidArgumentError, Option } from 'commander';

/** A whole number within bounds; anything else is a usage error that says so. */
export function parseCount(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

export function parseHttpUrl(text: string): string {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('Expected an http or https URL.');
}

/** For options that may be given several times. */
export const collect = (value: string, earlier: string[] = []): string[] => [...earlier, value];

export const csvOption = (): Option => new Option('--csv <file>', 'write CSV; - for standard output').conflicts('json');

export const jsonOption = (): Option => new Option('--json', 'write one JSON document to standard output');

export const flaggedOption = (): Option =>
  new Option('--include-flagged', 'show addresses that do not count, too: examples, traps, what the policy flags');

export const evidenceOption = (): Option =>
  new Option('--evidence', 'show every page an address was seen on, and the words around it');
