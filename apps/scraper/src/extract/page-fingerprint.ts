import { MAX_URL_LENGTH } from '#common/domain/site.js';

/** Text beyond this is not looked at: by then two pages have shown whether they are the same. */
const MAX_CHARS = 32 * 1024;
/** Fewer words than the menu of a small site are a greeting, a frame set or an empty shell, alike without being the same. */
const MIN_WORDS = 24;
const MARK_MASK = 1023;
const NO_WORD = /[^\p{L}\p{M}\p{N}]+/u;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * One number for what a page says, made while it streams by, without a string of its own: words in order, without case,
 * without those that stand in the page's own URL ("the page foo-bar was not found"). Two pages with the same fingerprint
 * are the same page under two addresses. Numbers count: pages of a list may differ in nothing else.
 */
export class PageFingerprint {
  private readonly ignored = new Set<number>();
  /** Spares most words the look-up in `ignored`, which costs more than the rest of the work on them. */
  private readonly marks = new Uint8Array(MARK_MASK + 1);
  private high = FNV_OFFSET;
  private low = 0x9e3779b9;
  private words = 0;
  private chars = 0;
  private word = FNV_OFFSET;
  private wordChars = 0;

  constructor(pageUrl: string) {
    const urlWords = readable(pageUrl).slice(0, MAX_URL_LENGTH).split(NO_WORD);
    for (const hash of urlWords.map(hashOf)) {
      this.ignored.add(hash);
      this.marks[hash & MARK_MASK] = 1;
    }
  }

  addText(text: string): void {
    if (this.chars >= MAX_CHARS) return;
    this.chars += text.length;
    const lower = text.toLowerCase();
    // In local variables: the fields cost more than all else.
    let { word } = this;
    let start = -this.wordChars;
    for (let index = 0; index < lower.length; index += 1) {
      const code = lower.charCodeAt(index);
      if (isWordChar(code)) {
        word = Math.imul(word ^ code, FNV_PRIME);
        // Chinese and Japanese have no spaces: each character counts as a word.
        if (code < 0x2e80 || code >= 0xac00) continue;
      } else if (start === index) {
        start = index + 1;
        continue;
      }
      this.addWord(word);
      word = FNV_OFFSET;
      start = index + 1;
    }
    this.word = word;
    this.wordChars = lower.length - start;
  }

  /** A tag: what stands on its two sides is not one word. */
  endWord(): void {
    if (this.wordChars === 0) return;
    this.addWord(this.word);
    this.word = FNV_OFFSET;
    this.wordChars = 0;
  }

  /** 16 hexadecimal digits, or `''` for a page that says too little to be told from others. */
  finish(): string {
    this.endWord();
    return this.words < MIN_WORDS ? '' : hex(this.high) + hex(this.low);
  }

  private addWord(word: number): void {
    if (this.marks[word & MARK_MASK] === 1 && this.ignored.has(word)) return;
    this.words += 1;
    this.high = Math.imul(this.high ^ word, FNV_PRIME);
    this.low = Math.imul((this.low << 5) ^ (this.low >>> 27) ^ word, 0x85ebca6b);
  }
}

function isWordChar(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
  return code >= 0xc0 && (code < 0x2000 || code > 0x206f) && (code < 0x3000 || code > 0x303f) && code < 0xff00;
}

function hashOf(word: string): number {
  const lower = word.toLowerCase();
  let hash = FNV_OFFSET;
  for (let index = 0; index < lower.length; index += 1) hash = Math.imul(hash ^ lower.charCodeAt(index), FNV_PRIME);
  return hash;
}

function readable(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

function hex(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0');
}
