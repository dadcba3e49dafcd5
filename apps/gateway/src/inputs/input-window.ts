import type { SiteInput } from '#common/domain/site.js';

const MAX_LINES = 50_000;
const MAX_BYTES = 4 * 1024 * 1024;
/** Room for the longest line. */
const MARGIN = 4096;

/**
 * Lines that are sorted by host before they are written: in no order each would change a page of its own in the index of
 * hosts. On SQLite that makes a million lines six times as fast. They wait as bytes in one buffer: as objects they would
 * outlive the young generation, and the process would grow by 180 MB of garbage.
 */
export class InputWindow {
  private readonly bytes = Buffer.alloc(MAX_BYTES + MARGIN);
  /** Where each line's host and URL begin; the next host ends it. */
  private readonly hosts = new Uint32Array(MAX_LINES + 1);
  private readonly urls = new Uint32Array(MAX_LINES);
  private lines = 0;
  private end = 0;

  get isFull(): boolean {
    return this.lines === MAX_LINES || this.end >= MAX_BYTES;
  }

  /** Both parts are ASCII: the URL parser has seen to it. */
  add({ host, url }: SiteInput): void {
    this.end += this.bytes.write(host, this.end, 'latin1');
    this.urls[this.lines] = this.end;
    this.end += this.bytes.write(url, this.end, 'latin1');
    this.hosts[++this.lines] = this.end;
  }

  /** Empties the window, by host; lines of one host keep their order, which is that of their seeds. */
  *drain(size: number): Generator<SiteInput[]> {
    const order = this.sort();
    for (let start = 0; start < order.length; start += size) {
      const batch: SiteInput[] = [];
      for (const line of order.subarray(start, start + size)) batch.push(this.read(line));
      yield batch;
    }
    this.lines = 0;
    this.end = 0;
  }

  private sort(): Uint32Array {
    const keys = Array.from({ length: this.lines }, (_, line) => this.readHost(line));
    const byHost = (a: number, b: number): number => {
      const [first, second] = [keys[a]!, keys[b]!];
      return first < second ? -1 : first > second ? 1 : a - b;
    };
    return Uint32Array.from(keys.keys()).sort(byHost);
  }

  private read(line: number): SiteInput {
    return { host: this.readHost(line), url: this.bytes.toString('latin1', this.urls[line], this.hosts[line + 1]) };
  }

  private readHost(line: number): string {
    return this.bytes.toString('latin1', this.hosts[line], this.urls[line]);
  }
}
