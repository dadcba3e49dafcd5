import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import type { Response } from 'express';
import { endRequest } from '../http/request-limit.js';
import type { EmailView } from './email.view.js';

export type ExportFormat = 'csv' | 'ndjson';

const CSV_COLUMNS = [
  'address',
  'domain',
  'kind',
  'verdict',
  'mx',
  'disposable',
  'confidence',
  'method',
  'flags',
  'isNew',
  'firstSeenAt',
  'sources',
] as const satisfies readonly (keyof EmailView)[];

/** A client that takes nothing for so long is cut off. */
const CLIENT_SILENCE_MS = 30_000;

const CONTENT_TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/**
 * Writes pages of addresses as they come, at the speed of the client. Headers go out with the first page, so that a
 * database that fails before is still a problem of its own; afterwards a failure breaks the connection, and no client
 * takes half a list for the whole.
 */
export async function streamEmails(
  pages: AsyncIterator<EmailView[], void>,
  format: ExportFormat,
  fileName: string,
  response: Response,
): Promise<void> {
  const first = await pages.next();
  // From here on it waits for its client: that must not keep others out, nor last for ever.
  endRequest(response);
  response.setTimeout(CLIENT_SILENCE_MS, () => response.destroy());
  response.set({
    'Content-Type': CONTENT_TYPES[format],
    'Content-Disposition': `attachment; filename="${fileName}.${format}"`,
  });
  try {
    await pipeline(Readable.from(writePages(first, pages, format), { highWaterMark: 1 }), response);
  } catch (error) {
    // The client has had enough.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

async function* writePages(
  first: IteratorResult<EmailView[], void>,
  pages: AsyncIterator<EmailView[], void>,
  format: ExportFormat,
) {
  for (let page = first; !page.done; page = await pages.next()) {
    yield format === 'csv'
      ? toCsv(page.value, page === first)
      : page.value.map((row) => `${JSON.stringify(row)}\n`).join('');
  }
}

/** RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
function toCsv(rows: EmailView[], withHeader: boolean): string {
  return stringify(rows.map(toCells), {
    header: withHeader,
    columns: [...CSV_COLUMNS],
    record_delimiter: 'windows',
    escape_formulas: true,
  });
}

function toCells(row: EmailView): Record<(typeof CSV_COLUMNS)[number], string> {
  return {
    address: row.address,
    domain: row.domain,
    kind: row.kind,
    verdict: row.verdict,
    mx: row.mx === null ? '' : String(row.mx),
    disposable: String(row.disposable),
    confidence: String(row.confidence),
    method: row.method,
    flags: row.flags.join(' '),
    isNew: String(row.isNew),
    firstSeenAt: row.firstSeenAt,
    sources: row.sources.map(({ url }) => url).join(' '),
  };
}
