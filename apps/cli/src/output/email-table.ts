import type { Email, EmailSource } from '../api/api-types.js';
import { printable } from './printable.js';
import { describeOrigin } from './source-summary.js';
import { renderTable } from './table.js';

const COLUMNS = [
  { title: 'ADDRESS' },
  { title: 'KIND' },
  { title: 'VERDICT' },
  { title: 'METHOD' },
  { title: 'CONF', align: 'right' as const },
  { title: 'PAGE' },
];

/** One row per address, with the page it was read from. */
export function renderEmails(emails: Email[], width: number | undefined): string {
  const rows = emails.map((email) => [
    email.address,
    email.kind,
    [email.verdict, ...email.flags].join(', '),
    email.method,
    email.confidence.toFixed(2),
    bestSource(email)?.url ?? '',
  ]);
  return renderTable(COLUMNS, rows, width);
}

/** Every address with every place where it was seen, and the words around it. */
export function renderEvidence(emails: Email[], width: number | undefined): string {
  const blocks = emails.map((email) => {
    const head = `${printable(email.address)}  (${factsOf(email).join(', ')})`;
    return [head, ...email.sources.map((source) => renderSource(source, email.address, width))].join('\n');
  });
  return blocks.join('\n');
}

function factsOf({ kind, verdict, disposable, confidence, flags, firstFoundIn }: Email): string[] {
  const throwAway = disposable ? ['disposable'] : [];
  const from = firstFoundIn === null ? '' : `, by job ${firstFoundIn}`;
  const notCounted = flags.map((flag) => `not counted: ${flag}${flag === 'known' ? from : ''}`);
  return [kind, verdict, ...throwAway, confidence.toFixed(2), ...notCounted];
}

function renderSource(source: EmailSource, address: string, width = Infinity): string {
  const { method, url, snippet, robots, noindex, noHarvest, via, origin } = source;
  const notes = [
    via,
    describeOrigin(origin),
    robots === 'ignored' ? 'robots.txt ignored' : '',
    noindex ? 'noindex' : '',
    noHarvest ? 'forbids the use for advertising' : '',
  ].filter(Boolean);
  const place = `  ${method}: ${printable(url)}${notes.length > 0 ? `  (${printable(notes.join(', '))})` : ''}`;
  const words = printable(snippet ?? '').replace(/\s+/g, ' ');
  return words === '' ? place : `${place}\n    “${cutAround(words, address, width - 6)}”`;
}

/** As much of a text as fits, with the address in it where possible. */
function cutAround(text: string, address: string, width: number): string {
  if (text.length <= width) return text;
  const room = Math.max(width - 4, address.length);
  const at = Math.max(0, text.indexOf(address));
  const start = Math.max(0, Math.min(at - Math.floor((room - address.length) / 2), text.length - room));
  const end = start + room;
  return `${start > 0 ? '… ' : ''}${text.slice(start, end).trim()}${end < text.length ? ' …' : ''}`;
}

/** The source that the address' own method and confidence come from. */
export function bestSource(email: Email): EmailSource | undefined {
  return email.sources.find(({ method }) => method === email.method) ?? email.sources[0];
}
