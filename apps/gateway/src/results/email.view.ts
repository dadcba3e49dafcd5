import { z } from 'zod';
import { origin } from '#common/contracts/origin.js';
import { pageOf } from '../http/paging.js';
import { toIso } from '../jobs/job.view.js';

const emailSource = z.object({
  url: z.string(),
  method: z.string(),
  snippet: z.string(),
  seenAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime().describe('Later than `seenAt` where the page was seen again.'),
  httpStatus: z.int(),
  robots: z
    .string()
    .describe(
      'allowed, unavailable (there is no robots.txt), ignored (by the policy) or archived (asked by the archive).',
    ),
  noindex: z.boolean().describe('The page asks not to be indexed.'),
  noHarvest: z.boolean().describe('The page says that its addresses may not be collected or used for advertising.'),
  via: z.string().describe('Why the page was visited.'),
  origin: origin
    .nullable()
    .describe('What led to the page: a search result or an archived copy; null for given sites.'),
});

/** One address of a job, with the pages it was seen on. */
export const emailView = z
  .object({
    address: z.string(),
    domain: z.string(),
    kind: z.enum(['role', 'personal', 'freemail']),
    verdict: z
      .enum(['valid', 'risky', 'invalid', 'unknown'])
      .describe('What mail to it would meet, by the DNS and public lists; no mail server is asked.'),
    mx: z.boolean().nullable().describe('The domain receives mail; null while unknown.'),
    disposable: z.boolean().describe('The domain is known for mailboxes to be thrown away.'),
    confidence: z.number().min(0).max(1),
    method: z.string(),
    flags: z.array(z.string()).describe('Empty for counted rows: placeholder, honeypot, obfuscated, known.'),
    isNew: z.boolean().describe('No earlier job of the account found it.'),
    firstFoundIn: z
      .uuid()
      .nullable()
      .describe('The job of the account that counted it first; null for one that no job has, or not yet.'),
    firstSeenAt: z.iso.datetime(),
    sources: z.array(emailSource).describe('Up to 10 pages.'),
  })
  .meta({ id: 'Email' });
export type EmailView = z.output<typeof emailView>;

export const emailPage = pageOf(emailView);
export type EmailPage = z.output<typeof emailPage>;

export interface EmailRow {
  /** Hexadecimal. */
  hash: string;
  seq: number;
  address: string;
  domain: string;
  kind: EmailView['kind'];
  verdict: EmailView['verdict'];
  mx: number | null;
  disposable: number;
  confidence: number;
  method: string;
  flags: string;
  /** Of the account's contact; null where there is none (yet). */
  firstJobId: string | null;
  firstSeenAt: number | null;
}

export interface SightingRow {
  hash: string;
  url: string;
  method: string;
  snippet: string;
  firstSeenAt: number;
  lastSeenAt: number;
  httpStatus: number;
  robots: string;
  noindex: number;
  noHarvest: number;
  via: string;
  /** Origin as JSON. */
  origin: string | null;
}

export function viewEmail(jobId: string, row: EmailRow, sightings: readonly SightingRow[]): EmailView {
  return {
    address: row.address,
    domain: row.domain,
    kind: row.kind,
    verdict: row.verdict,
    mx: row.mx === null ? null : row.mx === 1,
    disposable: row.disposable === 1,
    confidence: row.confidence,
    method: row.method,
    flags: row.flags === '' ? [] : row.flags.split(','),
    isNew: row.firstJobId === null || row.firstJobId === jobId,
    firstFoundIn: row.firstJobId,
    firstSeenAt: toIso(row.firstSeenAt ?? sightings[0]?.firstSeenAt ?? row.seq),
    sources: sightings.map(viewSighting),
  };
}

function viewSighting(row: SightingRow): EmailView['sources'][number] {
  const { url, method, snippet, firstSeenAt, lastSeenAt, httpStatus, robots, noindex, noHarvest, via } = row;
  return {
    url,
    method,
    snippet,
    seenAt: toIso(firstSeenAt),
    lastSeenAt: toIso(lastSeenAt),
    httpStatus,
    robots,
    noindex: noindex === 1,
    noHarvest: noHarvest === 1,
    via,
    origin: row.origin === null ? null : origin.parse(JSON.parse(row.origin)),
  };
}
