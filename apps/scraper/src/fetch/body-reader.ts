import type { Readable } from 'node:stream';
import { BodyMemory } from './body-memory.js';
import { decodeChunks, decodeSmall, parseCodings } from './content-coding.js';
import type { Deadline } from './deadline.js';
import { FetchError, errnoOf } from './fetch-error.js';
import type { Permit } from '../semaphore.js';

/** An encoded body that is complete at this length is decoded in one go. */
const SMALL_WIRE_BYTES = 64 * 1024;
/** The most that is read of a body nobody wants, to keep its connection alive for the next request. */
const MAX_DISCARDED_BYTES = 64 * 1024;
const MAX_DISCARDING_MS = 1000;
/** So many parts in a row, each smaller than this, become one. */
const MAX_DROPS = 256;
const DROP_BYTES = 1024;

/** The longest that a body waits for memory, its deadline stopped; afterwards the clock runs again. */
const MAX_WAIT_MS = 60_000;
/** Bodies longer than this hold memory that few can have, for so long at most. */
const HUGE_BYTES = 1024 * 1024;
const MAX_HUGE_MS = 10_000;

/** Error codes of zlib and of brotli. */
const DECODER_FAULT = /^(?:Z_|ERR__|ERR_BROTLI)/;

/** Why a body is not complete: it was longer than the limit, or the connection ended before it did. */
export type CutReason = 'too_large' | 'connection';

export interface BodySource {
  stream: Readable;
  /** The Content-Encoding header. */
  encoding: string | undefined;
  url: string;
  deadline: Deadline;
}

export interface BodyLimits {
  /** For the body on the wire, and again decoded. */
  maxBytes: number;
  /** Where long bodies reserve their memory. */
  memory: BodyMemory;
}

/** A body as far as it could be read. `release()` gives its memory back. */
export class Body {
  readonly parts: Buffer[] = [];
  length = 0;
  /** Bytes read from the wire, before decoding. */
  wireBytes = 0;
  cut: CutReason | null = null;
  /** Tiny parts at the end of `parts`. */
  private drops = 0;
  /** As long as the body may become with the memory it has. */
  private granted = BodyMemory.FREE_BYTES;
  private share: Permit | null = null;
  private hurry: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: BodySource,
    private readonly limits: BodyLimits,
  ) {}

  /** Whether there is room for more; when the body grows long, not before it holds a share of the memory. */
  async keep(chunk: Buffer): Promise<boolean> {
    const room = this.limits.maxBytes - this.length;
    while (this.length + Math.min(chunk.length, room) > this.granted) {
      await this.growShare();
    }
    this.append(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.length += Math.min(chunk.length, room);
    return chunk.length <= room || this.cutAt('too_large');
  }

  /** The first bytes, enough to judge by. */
  head(bytes: number): Buffer {
    const [first] = this.parts;
    if (first !== undefined && (first.length >= bytes || this.parts.length === 1)) return first.subarray(0, bytes);
    const parts: Buffer[] = [];
    let length = 0;
    for (const part of this.parts) {
      if (length >= bytes) break;
      parts.push(part);
      length += part.length;
    }
    return Buffer.concat(parts, Math.min(length, bytes));
  }

  cutAt(reason: CutReason): false {
    this.cut = reason;
    return false;
  }

  /** The body is read: what it did not need of its share is free for others. */
  settle(): void {
    clearTimeout(this.hurry);
    this.share?.shrinkTo(this.length);
  }

  release(): void {
    clearTimeout(this.hurry);
    this.share?.release();
  }

  /** A body that drips byte by byte must not cost a hundred times its size in Buffer objects. */
  private append(chunk: Buffer): void {
    this.parts.push(chunk);
    this.drops = chunk.length < DROP_BYTES ? this.drops + 1 : 0;
    if (this.drops < MAX_DROPS) return;
    this.parts.push(Buffer.concat(this.parts.splice(-MAX_DROPS)));
    this.drops = 0;
  }

  /** Waits outside the deadline: the memory is with fetches that have deadlines of their own. */
  private async growShare(): Promise<void> {
    const { bytes, memory } = this.limits.memory.tierAbove(this.granted, this.limits.maxBytes);
    const { deadline } = this.source;
    const share = await deadline.excluding(() => memory.acquire(bytes, deadline.signal), MAX_WAIT_MS);
    this.share?.release();
    this.share = share;
    this.granted = bytes;
    // Others wait for what a huge body holds: it comes swiftly, or is read as far as it came.
    if (bytes > HUGE_BYTES) this.hurry = setTimeout(() => this.source.stream.destroy(), MAX_HUGE_MS);
  }
}

/**
 * Reads and decodes a body, holding `maxBytes` both on the wire and decoded: a small compressed bomb stops as soon as
 * it has unfolded to the limit. What was read before a cut is kept. The stream is always consumed or destroyed.
 */
export async function readBody(source: BodySource, limits: BodyLimits): Promise<Body> {
  const body = new Body(source, limits);
  try {
    const codings = parseCodings(source.encoding, source.url);
    const wire = readWire(source, limits.maxBytes, body);
    await (codings.length === 0 ? keepAll(wire, body) : readEncoded(wire, codings, body));
    body.settle();
    return body;
  } catch (error) {
    body.release();
    if (source.deadline.signal.aborted || !DECODER_FAULT.test(errnoOf(error))) throw error;
    throw new FetchError('bad_encoding', source.url, `the body is not valid ${source.encoding?.slice(0, 40) ?? ''}`, {
      cause: error,
    });
  } finally {
    source.stream.destroy();
  }
}

/** Drops a body; a short and swift one is read to its end, since that spares the next request a connection. */
export async function discardBody(stream: Readable): Promise<void> {
  const timer = setTimeout(() => stream.destroy(), MAX_DISCARDING_MS);
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_DISCARDED_BYTES) return;
    }
  } catch {
    // What nobody wants may break off.
  } finally {
    clearTimeout(timer);
  }
}

/** The bytes as they come; ends (rather than throws) where the limit is reached or the peer hangs up. */
async function* readWire(source: BodySource, maxBytes: number, body: Body): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source.stream as AsyncIterable<Buffer>) {
      const room = maxBytes - body.wireBytes;
      body.wireBytes += Math.min(chunk.length, room);
      if (room > 0) yield chunk.length > room ? chunk.subarray(0, room) : chunk;
      if (chunk.length > room) {
        body.cutAt('too_large');
        return;
      }
    }
  } catch (error) {
    if (source.deadline.signal.aborted || body.wireBytes === 0) throw error;
    body.cutAt('connection');
  }
}

async function keepAll(chunks: AsyncIterable<Buffer>, body: Body): Promise<void> {
  for await (const chunk of chunks) {
    if (!(await body.keep(chunk))) return;
  }
}

/** Nearly every page is small: decoding it in one call costs half of what a stream through the thread pool does. */
async function readEncoded(wire: AsyncGenerator<Buffer>, codings: string[], body: Body): Promise<void> {
  const head: Buffer[] = [];
  let length = 0;
  let isComplete = false;
  while (!isComplete && length <= SMALL_WIRE_BYTES) {
    const { done, value } = await wire.next();
    if (done === true) isComplete = true;
    else {
      head.push(value);
      length += value.length;
    }
  }
  if (length === 0) return;
  const decoded =
    isComplete && codings.length === 1 ? decodeSmall(head, codings[0] ?? '', BodyMemory.FREE_BYTES) : null;
  if (decoded !== null) return void (await body.keep(decoded));
  let chunks = resume(head, wire);
  for (const coding of codings.toReversed()) chunks = decodeChunks(chunks, coding);
  await keepAll(chunks, body);
}

async function* resume(head: Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  yield* rest;
}
