import type { Origin } from '#common/contracts/origin.js';
import { classifyEmail } from '#common/domain/email-kind.js';
import type { Finding } from '../extract/finding.js';
import { MAX_SIGHTINGS, type FoundEmail, type RobotsVerdict, type Sighting } from './site-result.js';

/** More addresses than any one site honestly has; bounds memory, with up to 200 sites in work at once. */
const MAX_ADDRESSES = 20_000;

/** Where and how a page was had: what its sightings share. */
export interface PageEvidence {
  url: string;
  httpStatus: number;
  robots: RobotsVerdict;
  noindex: boolean;
  noHarvest: boolean;
  via: string;
  /** Epoch ms; now, unless it is a page of an archive. */
  seenAt?: number;
  /** What led to the page, beyond a site list. */
  origin?: Origin;
}

/** The addresses of one site, merged over its pages: one for each mailbox, as first spelled. */
export class SiteFindings {
  private readonly emails = new Map<string, FoundEmail>();

  /** Returns how many of the page's addresses are new to the site. */
  addPage(findings: readonly Finding[], evidence: PageEvidence): number {
    const seenAt = Date.now();
    const before = this.emails.size;
    for (const finding of findings) {
      const { method, snippet } = finding;
      this.addSighting(finding, { seenAt, ...evidence, method, snippet });
    }
    return this.emails.size - before;
  }

  /** Whether there is an address that counts, not only examples. */
  get hasCounted(): boolean {
    return this.list().some(({ flags }) => flags.length === 0);
  }

  list(): FoundEmail[] {
    return [...this.emails.values()];
  }

  private addSighting(finding: Finding, sighting: Sighting): void {
    const { address, method, confidence } = finding;
    const email = this.emails.get(address.mailbox);
    if (email === undefined) {
      if (this.emails.size >= MAX_ADDRESSES) return;
      this.emails.set(address.mailbox, {
        address,
        kind: classifyEmail(address),
        method,
        confidence,
        flags: [...finding.flags],
        sightings: [sighting],
      });
      return;
    }
    if (finding.flags.length === 0) email.flags = [];
    const isBest = confidence > email.confidence;
    if (isBest) Object.assign(email, { method, confidence });
    if (isBest) email.sightings.unshift(sighting);
    else email.sightings.push(sighting);
    email.sightings.length = Math.min(email.sightings.length, MAX_SIGHTINGS);
  }
}
