import type { Address } from '#common/domain/address.js';

/** How an address was read, and how far that way can be trusted (0 to 1). */
export const METHOD_CONFIDENCE = {
  mailto: 0.98,
  'json-ld': 0.95,
  microdata: 0.95,
  rdfa: 0.95,
  microformat: 0.95,
  vcard: 0.95,
  cloudflare: 0.95,
  text: 0.9,
  /** A cipher that a known plug-in (TYPO3, Joomla, SpamSpan, WordPress encoders) undoes in the browser. */
  encoder: 0.9,
  meta: 0.85,
  /** What the page's own scripts write. */
  script: 0.85,
  /** Written on the page by its style sheet. */
  css: 0.8,
  /** Data that a script of the page is given. */
  state: 0.8,
  attribute: 0.75,
  'obfuscated-text': 0.7,
  /** A text in the code of a script. */
  'script-text': 0.6,
} as const;
export type Method = keyof typeof METHOD_CONFIDENCE;

/** Ways in which an owner writes an address so that programs should not read it; all others are plain. */
export const OBFUSCATED_METHODS: ReadonlySet<string> = new Set<Method>([
  'cloudflare',
  'encoder',
  'script',
  'css',
  'obfuscated-text',
]);

/** Why an address does not count: an example to be overwritten (`you@example.com`), or a trap that no reader sees. */
export type FindingFlag = 'placeholder' | 'honeypot';

/** One address on one page, by the best of the ways it was found. */
export interface Finding {
  address: Address;
  method: Method;
  confidence: number;
  snippet: string;
  /** Empty for an address that counts. */
  flags: FindingFlag[];
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
  /** The page says that its addresses may not be collected or used for advertising: evidence, too. */
  noHarvest: boolean;
  /** Reading ended here because the page had cost its share of CPU time. */
  isOverBudget: boolean;
  /** The same for pages that say the same, numbers and the words of their URLs aside; `''` for pages that say too little. */
  fingerprint: string;
}
