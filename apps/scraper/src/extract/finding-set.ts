import type { Address } from '#common/domain/address.js';
import { METHOD_CONFIDENCE, type Finding, type Method } from './finding.js';
import { isPlaceholder } from './placeholder.js';
import { makeSnippet } from './snippet.js';

/** More than the largest honest directory page; bounds what a hostile one can cost. */
const MAX_ADDRESSES = 10_000;

/** Where an address was read: the text around it, for the evidence. */
export interface Spot {
  text: string;
  start: number;
  end: number;
}

/** The addresses of one page, each once, by the most trusted way it was found. */
export class FindingSet {
  private readonly byAddress = new Map<string, Finding>();

  add(address: Address, method: Method, spot: Spot, options: { placeholder?: boolean } = {}): void {
    const known = this.byAddress.get(address.normalised);
    const confidence = METHOD_CONFIDENCE[method];
    const placeholder = options.placeholder === true || isPlaceholder(address);
    if (known === undefined) {
      if (this.byAddress.size >= MAX_ADDRESSES) return;
      this.byAddress.set(address.normalised, { address, method, confidence, snippet: makeSnippet(spot), placeholder });
      return;
    }
    known.placeholder &&= placeholder;
    if (confidence > known.confidence) Object.assign(known, { method, confidence, snippet: makeSnippet(spot) });
  }

  get size(): number {
    return this.byAddress.size;
  }

  list(): Finding[] {
    return [...this.byAddress.values()];
  }
}
