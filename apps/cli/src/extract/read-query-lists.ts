import { createReadStream } from 'node:fs';
import { UsageError } from '../cli-error.js';
import { readLines } from './read-lines.js';

const LIST = /^(?<name>\w{1,40})=(?<values>.+)$/su;
/** The server takes no more queries for one job. */
const MAX_VALUES = 10_000;

/** What `--list city=Berlin,Bonn` and `--list city=@cities.txt` give: `{ city: ["Berlin", "Bonn"] }`. */
export async function readQueryLists(texts: readonly string[]): Promise<Record<string, string[]>> {
  const lists = new Map<string, string[]>();
  for (const text of texts) {
    const { name = '', values = '' } = LIST.exec(text)?.groups ?? {};
    if (name === '')
      throw new UsageError(`--list ${text}: expected a name and its values`, 'Such as city=Berlin,Bonn or city=@file.');
    if (lists.has(name)) throw new UsageError(`--list ${name} is given twice`);
    const read = values.startsWith('@') ? await readValues(values.slice(1)) : split(values);
    if (read.length === 0) throw new UsageError(`--list ${name} has no values`);
    lists.set(name, read);
  }
  return Object.fromEntries(lists);
}

function split(values: string): string[] {
  return values
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

async function readValues(file: string): Promise<string[]> {
  const values: string[] = [];
  for await (const { text } of readLines(createReadStream(file, 'utf8'), file)) {
    if (values.length === MAX_VALUES) throw new UsageError(`${file} has more than ${MAX_VALUES} values`);
    values.push(text);
  }
  return values;
}
