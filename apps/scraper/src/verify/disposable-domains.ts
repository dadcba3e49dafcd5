import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { domainToUnicode } from 'node:url';
import { getDomain } from 'tldts';

interface DomainLists {
  /** 120,000 names in order, one a line, as they stand in the file: 2.4 MB, where a Set takes 8 and, to be made, 16. */
  exact: Buffer;
  /** These, and every name below them. */
  families: ReadonlySet<string>;
}

// Only to find the files: JSON modules are experimental in Node 20.
const require = createRequire(import.meta.url);
const NEWLINE = 10;
let lists: DomainLists | null = null;

/** Whether a domain (ASCII) is known for mailboxes to be thrown away, by the lists of `disposable-email-domains`. */
export function isDisposable(domain: string): boolean {
  lists ??= loadLists();
  const { exact, families } = lists;
  const labels = domain.split('.');
  if (labels.some((_, index) => families.has(labels.slice(index).join('.')))) return true;
  return isListed(exact, domain) || (domain.includes('xn--') && isListed(exact, domainToUnicode(domain)));
}

function loadLists(): DomainLists {
  const file = readFileSync(require.resolve('disposable-email-domains'));
  const wildcards = readFileSync(require.resolve('disposable-email-domains/wildcard.json'), 'utf8');
  return {
    exact: file.subarray(file.indexOf(NEWLINE) + 1, file.lastIndexOf('"') + 1),
    families: new Set((JSON.parse(wildcards) as string[]).filter(hasOneOwner)),
  };
}

/** Hosters and dynamic DNS are on the list, too: each name below them is somebody else's, a shop's for instance. */
function hasOneOwner(domain: string): boolean {
  return getDomain(domain, { allowPrivateDomains: true }) !== null;
}

/** A binary search over lines (`  "name",`) of any length: some 17 steps. */
function isListed(list: Buffer, domain: string): boolean {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const start = list.subarray(0, middle).lastIndexOf(NEWLINE) + 1;
    const newline = list.indexOf(NEWLINE, middle);
    const end = newline === -1 ? list.length : newline;
    const name = list.toString('utf8', start, end).replace(/[\s",]/g, '');
    if (name === domain) return true;
    if (name < domain) low = end + 1;
    else high = start;
  }
  return false;
}
