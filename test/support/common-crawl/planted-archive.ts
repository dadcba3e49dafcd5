import { gzipSync } from 'node:zlib';

/** What is wrong with a capture: with its record, or with how the data server hands it out. */
export type CaptureFault =
  | 'truncated member'
  | 'corrupt gzip'
  | 'bomb'
  | 'truncated record'
  | 'other url'
  | 'no response'
  | 'not http'
  | 'ignores range'
  | 'wrong range'
  | 'short part'
  | 'long part'
  | 'encoded part'
  | 'endless'
  | 'missing'
  | 'hangs up';

export interface PlantedCapture {
  url: string;
  html: string | Buffer;
  /** 14 digits, UTC. */
  timestamp?: string;
  crawl?: string;
  status?: string;
  mime?: string;
  /** Of the stored HTTP answer, beside its Content-Type. */
  headers?: Record<string, string>;
  /** Of the WARC record. */
  recordHeaders?: Record<string, string>;
  fault?: CaptureFault;
}

/** A capture with its place in the archive, as the index lists it. */
export interface StoredCapture extends Required<
  Pick<PlantedCapture, 'url' | 'timestamp' | 'crawl' | 'status' | 'mime'>
> {
  filename: string;
  offset: number;
  length: number;
  fault: CaptureFault | undefined;
}

const BOMB_BYTES = 12 * 1024 * 1024;

/** One `.warc.gz` file per collection: a gzip member for each record, one behind the other. */
export class PlantedArchive {
  readonly captures: StoredCapture[] = [];
  private readonly files = new Map<string, Buffer>();

  constructor(planted: readonly PlantedCapture[], newest: string) {
    for (const capture of planted) this.add(capture, capture.crawl ?? newest);
  }

  /** By its path below the base. */
  file(path: string): Buffer | undefined {
    return this.files.get(path);
  }

  private add(planted: PlantedCapture, crawl: string): void {
    const { url, timestamp = '20261003120000', status = '200', mime = 'text/html', fault } = planted;
    const filename = `crawl-data/${crawl}/segments/1696.42/warc/${crawl}-00000.warc.gz`;
    const file = this.files.get(filename) ?? gzipSync('WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n');
    const member = makeMember(planted, timestamp);
    const place = { filename, offset: file.length, length: member.length };
    this.captures.push({ url, timestamp, crawl, status, mime, fault, ...place });
    this.files.set(filename, Buffer.concat([file, member]));
  }
}

function makeMember(planted: PlantedCapture, timestamp: string): Buffer {
  const member = gzipSync(makeRecord(planted, timestamp));
  if (planted.fault === 'truncated member') return member.subarray(0, Math.floor(member.length / 2));
  if (planted.fault === 'corrupt gzip')
    return Buffer.concat([member.subarray(0, 12), Buffer.alloc(member.length, 0xff)]);
  return member;
}

/** As Common Crawl writes them: the body decoded, with the headers that said otherwise renamed. */
function makeRecord({ url, html, headers = {}, recordHeaders = {}, fault }: PlantedCapture, timestamp: string): Buffer {
  const body = fault === 'bomb' ? Buffer.alloc(BOMB_BYTES, ' ') : Buffer.from(html);
  const http = fields('HTTP/1.1 200 OK', {
    'Content-Type': 'text/html; charset=utf-8',
    'X-Crawl-Content-Encoding': 'gzip',
    'Content-Length': String(body.length),
    ...headers,
  });
  const block = fault === 'not http' ? body : Buffer.concat([Buffer.from(http), body]);
  const head = fields('WARC/1.0', {
    'WARC-Type': fault === 'no response' ? 'metadata' : 'response',
    'WARC-Date': timestamp.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z'),
    'Content-Length': String(block.length + (fault === 'truncated record' ? 100 : 0)),
    'Content-Type': 'application/http; msgtype=response',
    'WARC-Target-URI': fault === 'other url' ? 'https://other.example/' : url,
    ...recordHeaders,
  });
  return Buffer.concat([Buffer.from(head), block, Buffer.from(fault === 'truncated record' ? '' : '\r\n\r\n')]);
}

function fields(start: string, values: Record<string, string>): string {
  const lines = Object.entries(values).map(([name, value]) => `${name}: ${value}`);
  return `${[start, ...lines].join('\r\n')}\r\n\r\n`;
}
