import type { Address } from '#common/domain/address.js';

/** How an address was read, and how far that way can be trusted (0 to 1). */
export const METHOD_CONFIDENCE = {
  mailto: 0.98,
  'json-ld': 0.95,
  microdata: 0.95,
  cloudflare: 0.95,
  text: 0.9,
  meta: 0.85,
  attribute: 0.75,
  'obfuscated-text': 0.7,
} as const;
export type Method = keyof typeof METHOD_CONFIDENCE;

/** One address on one page, by the best of the ways it was found. */
export interface Finding {
  address: Address;
  method: Method;
  confidence: number;
  snippet: string;
  /** An example to be overwritten (`you@example.com`), not somebody's address. */
  placeholder: boolean;
}

export interface PageLink {
  /** Absolute, without fragment. */
  url: string;
  /** What the link says, for a guess at where it leads. */
  text: string;
}

/** Everything one page comes to. */
export interface PageFindings {
  findings: Finding[];
  links: PageLink[];
  /** Has a form made for writing to the owner. */
  hasContactForm: boolean;
  /** Shows next to nothing without its scripts. */
  scriptOnly: boolean;
  /** The address that the page gives as its own, absolute; null where it gives none. */
  canonical: string | null;
  /** The page asks robots (`robots` or `gleaner`) not to index it: evidence, the decision is not made here. */
  noindex: boolean;
  /** The same for pages that say the same, numbers and the words of their URLs aside; `''` for pages that say too little. */
  fingerprint: string;
}
