import type { FindingFlag, Method } from './finding.js';

/** Of one page; no honest page has a tenth of it in attributes and data. */
const MAX_CHARS = 1024 * 1024;

/** A text that was found on the pass over a page, and how it is to be read. */
export interface LateText {
  text: string;
  method: Method;
  flags: readonly FindingFlag[];
  /** The place says that it is an address. */
  isRecipient: boolean;
}

/**
 * Texts that would hold up the pass, long ones and those of data: they are read after it, piece by piece, so that the
 * process has its other work done in between.
 */
export class LateTexts {
  private readonly texts: LateText[] = [];
  private chars = 0;

  add(late: LateText): void {
    this.chars += late.text.length;
    if (this.chars <= MAX_CHARS) this.texts.push(late);
  }

  /** Each once, those included that are added meanwhile. */
  *take(): Generator<LateText> {
    for (let late = this.texts.pop(); late !== undefined; late = this.texts.pop()) yield late;
  }
}
