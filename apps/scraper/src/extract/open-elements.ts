import { BLOCK_TAGS, VOID_TAGS } from './tags.js';

/** More elements with an effect inside each other are an attack; what is over has no effect. */
const MAX_OPEN = 32;

interface OpenElement {
  tag: string;
  /** Open elements of the same kind inside. */
  depth: number;
  onClose: () => void;
}

/**
 * Remembers where elements end that have an effect on what is inside them. A stack of those few instead of all open
 * elements: pages nest a million of them.
 */
export class OpenElements {
  private readonly stack: OpenElement[] = [];

  /** `onClose` is called once: at its end tag, at that of an element around it, or at the end of the page. */
  open(tag: string, onClose: () => void): void {
    if (this.stack.length >= MAX_OPEN || VOID_TAGS.has(tag)) onClose();
    else this.stack.push({ tag, depth: 0, onClose });
  }

  /** To be called for every start tag, before `open`. */
  onOpen(tag: string): void {
    if (this.stack.length === 0) return;
    if (BLOCK_TAGS.has(tag)) this.closeInline();
    const index = this.indexOf(tag);
    if (index !== -1) this.stack[index]!.depth += 1;
  }

  onClose(tag: string): void {
    if (this.stack.length === 0) return;
    const index = this.indexOf(tag);
    if (index === -1) {
      if (BLOCK_TAGS.has(tag)) this.closeInline();
      return;
    }
    if (this.stack[index]!.depth > 0) this.stack[index]!.depth -= 1;
    else this.closeFrom(index);
  }

  closeAll(): void {
    this.closeFrom(0);
  }

  /** Inline elements and paragraphs end where a block begins or ends, whether their end tag was forgotten or not. */
  private closeInline(): void {
    const index = this.stack.findLastIndex(({ tag }) => BLOCK_TAGS.has(tag) && tag !== 'p');
    this.closeFrom(index + 1);
  }

  private indexOf(tag: string): number {
    return this.stack.findLastIndex((element) => element.tag === tag);
  }

  private closeFrom(index: number): void {
    while (this.stack.length > index) this.stack.pop()?.onClose();
  }
}
