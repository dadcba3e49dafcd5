import Table from 'cli-table3';
import { printable } from './printable.js';

export interface Column {
  title: string;
  align?: 'left' | 'right';
}

const GAP = 2;
/** Below this the last column says nothing any more, and rows are shown as records instead. */
const MIN_LAST = 16;
/** The library's time grows with the square of the rows: 5,000 at once take 7 s. */
const ROWS_AT_ONCE = 50;
// prettier-ignore
const NO_LINES = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '',
  bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '',
  right: '', 'right-mid': '', middle: '',
};

/** Rows under their titles; the last column takes the width that is left, and long texts in it go on in the next line. */
export function renderTable(columns: Column[], rows: string[][], width: number | undefined): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = columns.map(({ title }, index) => widestOf(cells, index, title.length) + GAP);
  const last = columns.length - 1;
  const left = (width ?? Infinity) - widths.slice(0, last).reduce((sum, value) => sum + value, 0);
  if (left < MIN_LAST) return renderRecords(columns, cells);
  widths[last] = Math.min(widths[last] ?? 0, left);
  const lines = [
    columns.map(({ title }) => title),
    ...cells.map((row) => [...row.slice(0, last), wrapped(row[last] ?? '')]),
  ];
  const settings = {
    chars: NO_LINES,
    colWidths: widths,
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
  };
  const parts: string[] = [];
  for (let start = 0; start < lines.length; start += ROWS_AT_ONCE) {
    const table = new Table(settings);
    table.push(...lines.slice(start, start + ROWS_AT_ONCE));
    parts.push(trimLines(table.toString()));
  }
  return parts.join('\n');
}

function widestOf(rows: string[][], index: number, least: number): number {
  return rows.reduce((width, row) => Math.max(width, row[index]?.length ?? 0), least);
}

/** Text breaks between words; a URL has none. */
function wrapped(content: string): { content: string; wordWrap: boolean; wrapOnWordBoundary: boolean } {
  return { content, wordWrap: true, wrapOnWordBoundary: content.includes(' ') };
}

/** For narrow terminals: the first column, then the others below it, as the terminal wraps them. */
function renderRecords(columns: Column[], rows: string[][]): string {
  const lines = rows.flatMap(([first, ...others]) => [
    first ?? '',
    ...others.flatMap((value, index) => (value === '' ? [] : [`  ${columns[index + 1]?.title ?? ''}: ${value}`])),
  ]);
  return lines.join('\n');
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
