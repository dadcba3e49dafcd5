import type { Address } from '#common/domain/address.js';
import { METHOD_CONFIDENCE, OBFUSCATED_METHODS, type Finding, type FindingFlag, type Method } from './finding.js';
import { isPlaceholder } from './text/placeholder.js';
import { makeSnippet } from './snippet.js';

/** More than the largest honest directory page; bounds what a hostile one can cost. */
const MAX_ADDRESSES = 10_000;

/** Where an address was read: the text around it, for the evidence. */
export interface Spot {
  text: string;
  start: number;
  end: number;
}

/** The addresses of one page, each mailbox once: as first spelled, by the most trusted way it was found. */
export class FindingSet {
  private readonly byMailbox = new Map<string, Finding>();

  /** `flags`: what the place says about the address, beyond what its words say. */
  add(address: Address, method: Method, spot: Spot, flags: readonly FindingFlag[] = []): void {
    const known = this.byMailbox.get(address.mailbox);
    const confidence = METHOD_CONFIDENCE[method];
    if (known === undefined) {
      if (this.byMailbox.size >= MAX_ADDRESSES) return;
      const all = new Set([...flags, ...(isPlaceholder(address) ? (['placeholder'] as const) : [])]);
      this.byMailbox.set(address.mailbox, {
        address,
        method,
        confidence,
        snippet: makeSnippet(spot),
        flags: [...all],
      });
      return;
    }
    // One place where the address is meant for readers is enough.
    if (flags.length === 0 && !isPlaceholder(address)) known.flags = [];
    if (isBetter(method, known.method)) Object.assign(known, { method, confidence, snippet: makeSnippet(spot) });
  }

  list(): Finding[] {
    return [...this.byMailbox.values()];
  }
}

/** What stands in the open beats what is hidden, however sure that is: the owner does not mind programs reading it. */
function isBetter(method: Method, known: Method): boolean {
  if (OBFUSCATED_METHODS.has(method) !== OBFUSCATED_METHODS.has(known)) return !OBFUSCATED_METHODS.has(method);
  return METHOD_CONFIDENCE[method] > METHOD_CONFIDENCE[known];
}
