import dgram from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

/** What a name answers. Without any field: it exists, but has no record of the type asked for. */
export interface DnsRecords {
  A?: string[];
  AAAA?: string[];
  /** The records of that name follow, where the zone has it, as a recursive resolver would send them. */
  CNAME?: string;
  MX?: { priority: number; exchange: string }[];
  /** An error instead of records. */
  failure?: 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED';
  /** No answer at all, an answer to another question, bytes that are no DNS message, or "ask again by TCP" (which nobody serves). */
  fault?: 'silent' | 'wrong-id' | 'garbage' | 'truncated';
  /** 60 by default. */
  ttlSeconds?: number;
}

/** A function answers anew each time; `nth` counts the queries of that type for the name, from 0. */
export type DnsEntry = DnsRecords | ((question: { name: string; nth: number }) => DnsRecords);

export interface DnsServer {
  /** `127.0.0.1:port`, as DNS_SERVERS writes it. */
  address: string;
  /** Questions so far: `A name`. */
  queries: string[];
  /** Adds or replaces a name; `*.name` answers for everything below it. */
  set(name: string, entry: DnsEntry): void;
  close(): Promise<void>;
}

const TYPES = { A: 1, CNAME: 5, MX: 15, AAAA: 28 } as const;
type RecordType = keyof typeof TYPES;
const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
const MAX_CNAMES = 16;

/** A DNS server for tests, UDP on loopback: knows its zone and nothing else (other names do not exist). */
export async function startDnsServer(zone: Record<string, DnsEntry> = {}): Promise<DnsServer> {
  const book = new ZoneBook(zone);
  const socket = dgram.createSocket('udp4');
  socket.on('message', (query, from) => {
    const answer = answerQuery(query, book);
    if (answer !== null) socket.send(answer, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    queries: book.queries,
    set: (name, entry) => book.set(name, entry),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

class ZoneBook {
  readonly queries: string[] = [];
  private readonly entries = new Map<string, DnsEntry>();
  private readonly counts = new Map<string, number>();

  constructor(zone: Record<string, DnsEntry>) {
    for (const [name, entry] of Object.entries(zone)) this.set(name, entry);
  }

  set(name: string, entry: DnsEntry): void {
    this.entries.set(name.toLowerCase(), entry);
  }

  ask(name: string, type: string): DnsRecords | null {
    const question = `${type} ${name}`;
    this.queries.push(question);
    const nth = this.counts.get(question) ?? 0;
    this.counts.set(question, nth + 1);
    return this.find(name, nth);
  }

  find(name: string, nth = 0): DnsRecords | null {
    const labels = name.split('.');
    const wildcards = labels.map((_, index) => `*.${labels.slice(index + 1).join('.')}`);
    const key = [name, ...wildcards].find((candidate) => this.entries.has(candidate));
    const entry = key === undefined ? undefined : this.entries.get(key);
    if (entry === undefined) return null;
    return typeof entry === 'function' ? entry({ name, nth }) : entry;
  }
}

function answerQuery(query: Buffer, book: ZoneBook): Buffer | null {
  if (query.length < 17) return null;
  const { name, end } = readName(query, 12);
  const typeCode = query.readUInt16BE(end);
  const type = (Object.keys(TYPES) as RecordType[]).find((key) => TYPES[key] === typeCode) ?? null;
  const records = book.ask(name, type ?? `TYPE${typeCode}`);
  if (records?.fault === 'silent') return null;
  if (records?.fault === 'garbage') return Buffer.from('no dns message at all, only words');
  const answers = records === null || type === null ? [] : listAnswers(name, type, records, book);
  const rcode = records === null ? RCODES.NXDOMAIN : RCODES[records.failure ?? 'NOERROR'];
  const id = records?.fault === 'wrong-id' ? query.readUInt16BE(0) ^ 0xffff : query.readUInt16BE(0);
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(0x8180 | rcode | (records?.fault === 'truncated' ? 0x0200 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  return Buffer.concat([header, query.subarray(12, end + 4), ...answers]);
}

/** The records of a name, CNAMEs followed inside the zone. */
function listAnswers(name: string, type: RecordType, records: DnsRecords, book: ZoneBook): Buffer[] {
  const answers: Buffer[] = [];
  let owner = name;
  let current: DnsRecords | null = records;
  for (let hops = 0; current?.CNAME !== undefined && hops < MAX_CNAMES; hops += 1) {
    answers.push(resourceRecord(owner, 'CNAME', current, writeName(current.CNAME)));
    owner = current.CNAME.toLowerCase();
    current = book.find(owner);
  }
  if (current === null || current.CNAME !== undefined || current.failure !== undefined) return answers;
  for (const data of recordData(type, current)) answers.push(resourceRecord(owner, type, current, data));
  return answers;
}

function recordData(type: RecordType, records: DnsRecords): Buffer[] {
  if (type === 'A') return (records.A ?? []).map((address) => Buffer.from(address.split('.').map(Number)));
  if (type === 'AAAA') return (records.AAAA ?? []).map(writeIPv6);
  if (type === 'MX')
    return (records.MX ?? []).map(({ priority, exchange }) =>
      Buffer.concat([Buffer.from([priority >> 8, priority & 255]), writeName(exchange)]),
    );
  return [];
}

function resourceRecord(owner: string, type: RecordType, records: DnsRecords, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(TYPES[type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(records.ttlSeconds ?? 60, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([writeName(owner), fixed, data]);
}

function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let offset = start;
  for (let length = message[offset] ?? 0; length > 0; length = message[offset] ?? 0) {
    labels.push(message.subarray(offset + 1, offset + 1 + length).toString('latin1'));
    offset += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: offset + 1 };
}

function writeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.of(0),
  ]);
}

function writeIPv6(address: string): Buffer {
  if (!isIPv6(address)) throw new Error(`${address} is no IPv6 address`);
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const plain = dotted === null ? address : address.slice(0, dotted.index) + dottedAsHex(dotted.slice(1).map(Number));
  const [head = '', tail] = plain.split('::').map((half) => half.split(':').filter((part) => part !== ''));
  const left = head === '' ? [] : head;
  const gap = tail === undefined ? [] : Array<string>(8 - left.length - tail.length).fill('0');
  const bytes = Buffer.alloc(16);
  [...left, ...gap, ...(tail ?? [])].forEach((part, index) =>
    bytes.writeUInt16BE(Number.parseInt(part, 16), index * 2),
  );
  return bytes;
}

function dottedAsHex([a = 0, b = 0, c = 0, d = 0]: number[]): string {
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
