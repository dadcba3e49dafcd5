import { z } from 'zod';
import { isWorthFollowing, normaliseUrl, pageKey } from '../crawl/crawl-url.js';

/** The most of a record that is read, compressed. */
export const MAX_RECORD_BYTES = 5 * 1024 * 1024;

/** A URL of 2,048 characters, escaped, and the rest. */
const MAX_LINE_CHARS = 8192;

/** One page as the archive has it: what its index knows. */
export interface Capture {
  url: URL;
  /** The same for all spellings of the URL (`pageKey`). */
  key: string;
  /** Epoch ms. */
  capturedAt: number;
  /** Path below the data server's base. */
  filename: string;
  /** Of the record's gzip member, in bytes. */
  offset: number;
  length: number;
}

const whole = z.union([z.string().regex(/^\d{1,15}$/), z.int().nonnegative()]).transform(Number);
/** Every segment begins with a letter or digit: none can lead upwards. */
const filename = z
  .string()
  .max(300)
  .regex(/^crawl-data(?:\/[a-z\d][\w.+-]*)+$/i)
  .endsWith('.warc.gz');

/** A line of the index with `output=json`: all values are strings. */
const indexLine = z.object({
  url: z.string(),
  timestamp: z.string().regex(/^\d{14}$/),
  status: z.literal('200'),
  mime: z.string(),
  /** What the content looks like; older collections do not have it. */
  'mime-detected': z.string().optional(),
  filename,
  offset: whole,
  length: whole.pipe(z.number().min(1).max(MAX_RECORD_BYTES)),
});

/** Fields to ask of the index. */
export const CAPTURE_FIELDS = Object.keys(indexLine.shape);

/** Reads a line of the index; null for what is not a readable capture of a page. The index is not trusted with its filters. */
export function parseCapture(line: string): Capture | null {
  if (line.length > MAX_LINE_CHARS) return null;
  const { data } = indexLine.safeParse(parseJson(line));
  if (data === undefined || !/html/i.test(data['mime-detected'] ?? data.mime)) return null;
  const url = normaliseUrl(data.url);
  const capturedAt = parseTimestamp(data.timestamp);
  if (url === null || capturedAt === null || !isWorthFollowing(url)) return null;
  return { url, key: pageKey(url), capturedAt, filename: data.filename, offset: data.offset, length: data.length };
}

/** `20261003120000`, in UTC. */
function parseTimestamp(digits: string): number | null {
  const iso = digits.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z');
  const time = Date.parse(iso);
  return Number.isNaN(time) ? null : time;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
