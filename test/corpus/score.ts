import { domainToASCII } from 'node:url';

/** An address that a page holds, and how it is written there. Tier 1: plain, 2: obfuscated, 3: only by running a script. */
export interface ExpectedAddress {
  email: string;
  technique: string;
  tier: number;
}

export interface PageLabels {
  expected: ExpectedAddress[];
  /** Right to find, right to leave: counts neither way. */
  optional?: string[];
  tags: string[];
}

/** What labels.json holds, by the page's path below the folder of pages. */
export interface Labels {
  pages: Record<string, PageLabels>;
}

/** The addresses that a tool counts on a page; those it flags (placeholders, honeypots) are for it to know, not counted. */
export interface Found {
  counted: string[];
  flagged: string[];
}

export interface Share {
  hit: number;
  of: number;
}

export interface Score {
  precision: number;
  recall: number;
  flagged: number;
  techniques: Map<string, Share>;
  tiers: Map<string, Share>;
  /** Pages without an address, and on how many of them nothing was counted. */
  negatives: Share;
  misses: { page: string; technique: string; email: string }[];
  falsePositives: { page: string; email: string }[];
}

/** Compares what was found with the labels. Flagged and optional addresses count neither way. */
export function scoreCorpus(labels: Labels, found: ReadonlyMap<string, Found>): Score {
  const score: Score = {
    precision: 0,
    recall: 0,
    flagged: 0,
    techniques: new Map(),
    tiers: new Map(),
    negatives: { hit: 0, of: 0 },
    misses: [],
    falsePositives: [],
  };
  for (const [page, label] of Object.entries(labels.pages)) {
    scorePage(score, page, label, found.get(page) ?? { counted: [], flagged: [] });
  }
  const { hit, of } = total(score.tiers);
  score.recall = ratio(hit, of);
  score.precision = ratio(hit, hit + score.falsePositives.length);
  return score;
}

function scorePage(score: Score, page: string, label: PageLabels, found: Found): void {
  const counted = new Set(found.counted.map(normalise));
  const known = new Set([...label.expected.map(({ email }) => email), ...(label.optional ?? [])].map(normalise));
  for (const { email, technique, tier } of label.expected) {
    const isHit = counted.has(normalise(email));
    count(score.techniques, technique, isHit);
    count(score.tiers, String(tier), isHit);
    if (!isHit) score.misses.push({ page, technique, email });
  }
  const wrong = [...counted].filter((email) => !known.has(email));
  score.falsePositives.push(...wrong.map((email) => ({ page, email })));
  score.flagged += new Set(found.flagged.map(normalise)).size;
  if (label.expected.length > 0) return;
  score.negatives.of += 1;
  if (wrong.length === 0) score.negatives.hit += 1;
}

/** Lower case, NFC, domain in ASCII, quotes that are not needed left out. */
export function normalise(email: string): string {
  const text = email.trim().normalize('NFC').toLowerCase();
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1).replace(/\.$/, '');
  return `${text.slice(0, at).replace(/^"([\w.+-]+)"$/, '$1')}@${domainToASCII(domain) || domain}`;
}

function count(shares: Map<string, Share>, key: string, isHit: boolean): void {
  const share = shares.get(key) ?? { hit: 0, of: 0 };
  shares.set(key, { hit: share.hit + (isHit ? 1 : 0), of: share.of + 1 });
}

function total(shares: Map<string, Share>): Share {
  const all = [...shares.values()];
  return { hit: all.reduce((sum, { hit }) => sum + hit, 0), of: all.reduce((sum, { of }) => sum + of, 0) };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}
