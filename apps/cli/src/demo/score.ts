import type { Email, Site } from '../api/api-types.js';
import type { DemoSite } from './demo-site.js';

/** What an extraction made of the demo web, against what was planted there. */
export interface Score {
  planted: number;
  missed: string[];
  harder: number;
  harderFound: number;
  /** Found, but should never be. */
  forbidden: string[];
  /** Found, but known to nobody. */
  unknown: string[];
  /** Sites whose outcome is another than it should be, in words. */
  surprises: string[];
}

export function scoreDemo(sites: ReadonlyMap<string, DemoSite>, emails: Email[], results: Site[]): Score {
  const all = [...sites.values()];
  const found = new Set(emails.map(({ address }) => address.toLowerCase()));
  const [planted, harder, never] = [
    all.flatMap((site) => site.planted),
    all.flatMap((site) => site.harder ?? []),
    all.flatMap((site) => site.never ?? []),
  ];
  const known = new Set([...planted, ...harder, ...never]);
  return {
    planted: planted.length,
    missed: planted.filter((address) => !found.has(address)),
    harder: harder.length,
    harderFound: harder.filter((address) => found.has(address)).length,
    forbidden: never.filter((address) => found.has(address)),
    unknown: [...found].filter((address) => !known.has(address)),
    surprises: [...sites].flatMap(([host, site]) => findSurprise(host, site, results)),
  };
}

function findSurprise(host: string, site: DemoSite, results: Site[]): string[] {
  const outcome = results.find((result) => result.host === host)?.outcome ?? 'no outcome';
  return outcome === site.outcome ? [] : [`${site.title}: ${outcome} instead of ${site.outcome}`];
}

/** Every plain address was found, and nothing that is out of bounds. */
export function isPassed(score: Score): boolean {
  return score.missed.length === 0 && score.forbidden.length === 0;
}

/** `found 24 of 24 planted addresses in 6.2 s`, then whatever went wrong, by name. */
export function describeScore(score: Score, seconds: number): string[] {
  const { planted, missed, harder, harderFound, forbidden, unknown, surprises } = score;
  const plain = planted - missed.length;
  return [
    `found ${plain} of ${planted} planted addresses in ${seconds.toFixed(1)} s, and ${harderFound} of ${harder} hidden ones`,
    ...missed.map((address) => `missed: ${address}`),
    ...forbidden.map((address) => `found, but must not be: ${address}`),
    ...unknown.map((address) => `found, but never planted: ${address}`),
    ...surprises.map((surprise) => `unexpected outcome: ${surprise}`),
  ];
}
