/** A line of a stream; null in place of one that was too long to be kept. */
export type Line = Buffer | null;

const LINE_FEED = 0x0a;

/** Cuts a stream of bytes into lines, without their line feed; holds back at most one line of `maxBytes`. */
export class LineSplitter {
  private rest: Buffer[] = [];
  private restBytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** The lines that end in this part of the stream. */
  *push(part: Buffer): Generator<Line> {
    let start = 0;
    for (let end = part.indexOf(LINE_FEED); end !== -1; end = part.indexOf(LINE_FEED, start)) {
      this.keep(part.subarray(start, end));
      yield this.take();
      start = end + 1;
    }
    this.keep(part.subarray(start));
  }

  /** The last line, where no line feed follows it. */
  *end(): Generator<Line> {
    if (this.restBytes > 0) yield this.take();
  }

  private keep(bytes: Buffer): void {
    this.restBytes += bytes.length;
    if (this.restBytes > this.maxBytes) this.rest = [];
    else if (bytes.length > 0) this.rest.push(bytes);
  }

  private take(): Line {
    const [first = EMPTY, ...more] = this.rest;
    const line = this.restBytes > this.maxBytes ? null : more.length === 0 ? first : Buffer.concat(this.rest);
    this.rest = [];
    this.restBytes = 0;
    return line;
  }
}

const EMPTY = Buffer.alloc(0);
