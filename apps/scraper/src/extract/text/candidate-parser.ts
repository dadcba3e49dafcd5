import { parseAddress, type Address } from '#common/domain/address.js';
import { copyText } from '../copy-text.js';
import { isRegistrable } from './known-suffix.js';

/** Distinct candidates looked at per page: twice the addresses that are kept; bounds the CPU time of a hostile page. */
const MAX_CANDIDATES = 20_000;

/** Decides what is an address; remembers, since pages repeat themselves. One per page. */
export class CandidateParser {
  private readonly verdicts = new Map<string, Address | null>();

  /** The address that a text is, if its syntax holds and its domain can exist. */
  parse(text: string): Address | null {
    const known = this.verdicts.get(text);
    if (known !== undefined) return known;
    if (this.verdicts.size >= MAX_CANDIDATES) return null;
    const own = copyText(text);
    const address = parseAddress(own);
    const verdict = address !== null && isRegistrable(address.domain) ? address : null;
    this.verdicts.set(own, verdict);
    return verdict;
  }
}
