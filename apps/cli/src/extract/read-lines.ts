import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { UsageError } from '../cli-error.js';

/** The lines of a list with their numbers from 1, trimmed; without blank ones and those that start with #. */
export async function* readLines(stream: Readable, name: string): AsyncGenerator<{ number: number; text: string }> {
  let number = 0;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      number += 1;
      const text = line.replace(/^\uFEFF/, '').trim();
      if (text !== '' && !text.startsWith('#')) yield { number, text };
    }
  } catch (error) {
    throw new UsageError(`cannot read ${name}: ${(error as Error).message}`);
  }
}
