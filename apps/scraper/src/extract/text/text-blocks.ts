/** Text is handed on once it is this long, whether or not a block has ended. */
const FLUSH_CHARS = 16 * 1024;
/** The longest word that is carried over such a cut in one piece. */
const MAX_CARRY_CHARS = 1024;

/** A stretch of visible text; blocks are separated by line feeds, `joins` are the offsets where inline tags met. */
export interface TextRun {
  text: string;
  joins: ReadonlySet<number>;
  /** Where text begins that is not in the document, but written or turned around by its style sheet. */
  generated: ReadonlySet<number>;
}

/** Collects the visible text of a page as it streams by, and hands it on in runs of bounded size. */
export class TextBlocks {
  private parts: string[] = [];
  private length = 0;
  private joins = new Set<number>();
  private generated = new Set<number>();
  private added = 0;

  constructor(private readonly onRun: (run: TextRun) => void) {}

  /** Characters of text so far, of all runs. */
  get chars(): number {
    return this.added;
  }

  addText(text: string): void {
    this.parts.push(text);
    this.length += text.length;
    this.added += text.length;
    if (this.length > FLUSH_CHARS) this.flush(MAX_CARRY_CHARS);
  }

  /** Text that the style sheet writes here. */
  addGenerated(text: string): void {
    this.join();
    this.generated.add(this.length);
    this.addText(text);
    this.join();
  }

  /** An inline tag: the texts on its two sides are one word, unless they make no sense as one. */
  join(): void {
    if (this.length > 0) this.joins.add(this.length);
  }

  breakBlock(): void {
    if (this.parts.at(-1) === '\n') return;
    this.parts.push('\n');
    this.length += 1;
  }

  /** The last words so far, as context for what is found in a tag. */
  tail(maxChars: number): string {
    return this.parts.slice(-20).join('').slice(-maxChars);
  }

  /** Hands on what was collected, except for an unfinished last word of up to `carryChars`. */
  flush(carryChars = 0): void {
    const text = this.parts.join('');
    const cut = carryChars === 0 ? text.length : wordStart(text, carryChars);
    if (cut > 0) this.onRun({ text: text.slice(0, cut), joins: this.joins, generated: this.generated });
    const carried = text.slice(cut);
    this.joins = movedBack(this.joins, cut);
    this.generated = movedBack(this.generated, cut);
    this.parts = carried === '' ? [] : [carried];
    this.length = carried.length;
  }
}

/** Where the last word begins, or the end where it is too long to be part of an address. */
function wordStart(text: string, maxChars: number): number {
  const tail = text.slice(-maxChars);
  const space = Math.max(tail.lastIndexOf(' '), tail.lastIndexOf('\n'), tail.lastIndexOf('\t'));
  return space === -1 ? text.length : text.length - tail.length + space + 1;
}

function movedBack(offsets: ReadonlySet<number>, by: number): Set<number> {
  return new Set([...offsets].filter((offset) => offset >= by).map((offset) => offset - by));
}
