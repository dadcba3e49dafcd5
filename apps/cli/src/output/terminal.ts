import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];
type Stream = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'hasColors'>>;

/** Where a command speaks: results to `out`, everything about them to `err`, so that results can be piped. */
export class Terminal {
  constructor(
    readonly out: Stream = process.stdout,
    readonly err: Stream = process.stderr,
  ) {}

  print(text: string): void {
    this.out.write(`${text}\n`);
  }

  note(text: string): void {
    this.err.write(`${text}\n`);
  }

  /** Columns of the terminal that results go to; undefined where they go to a file or a pipe and may be of any width. */
  get width(): number | undefined {
    return this.out.isTTY ? (this.out.columns ?? 80) : undefined;
  }

  /** Colours, where `out` is a terminal that has them. hasColors also obeys NO_COLOR and FORCE_COLOR. */
  style(format: Format, text: string, stream: Stream = this.out): string {
    return stream.isTTY && stream.hasColors?.() ? styleText(format, text) : text;
  }
}
