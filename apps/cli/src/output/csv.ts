import { stringify } from 'csv-stringify/sync';
import type { Email, EmailSource } from '../api/api-types.js';
import { bestSource } from './email-table.js';

const COLUMNS = [
  'address',
  'domain',
  'kind',
  'verdict',
  'confidence',
  'method',
  'first_seen_at',
  'page',
  'snippet',
  'mx',
  'disposable',
  'flags',
  'no_harvest',
  'found_by',
  'query',
  'rank',
  'captured_at',
];

/**
 * One row per address, or with `evidence` one per page that it was seen on. A cell that a spreadsheet would run as a
 * formula gets an apostrophe in front: pages decide what stands in these cells.
 */
export function renderCsv(emails: Email[], { evidence = false } = {}): string {
  const rows = emails.flatMap((email) => {
    const sources = evidence ? email.sources : [bestSource(email)];
    return sources.map((source) => toRow(email, source));
  });
  return stringify(rows, { header: true, columns: COLUMNS, escape_formulas: true });
}

function toRow(email: Email, source: EmailSource | undefined): string[] {
  return [
    email.address,
    email.domain,
    email.kind,
    email.verdict,
    String(email.confidence),
    source?.method ?? email.method,
    email.firstSeenAt,
    source?.url ?? '',
    source?.snippet ?? '',
    email.mx === null ? '' : String(email.mx),
    String(email.disposable),
    email.flags.join(' '),
    String(source?.noHarvest ?? false),
    ...originCells(source?.origin),
  ];
}

/** Search provider or crawl of the archive, query, rank, time of the copy. */
function originCells(origin: EmailSource['origin'] | undefined): string[] {
  if (!origin) return ['', '', '', ''];
  if (origin.type === 'commoncrawl') return [origin.crawl, '', '', origin.capturedAt];
  return [origin.provider, origin.query, String(origin.rank), ''];
}
