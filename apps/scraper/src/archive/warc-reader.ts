import type { ApiAnswer, ApiClient } from '../fetch/api-client.js';
import { FetchError } from '../fetch/fetch-error.js';
import type { FetchedPage } from '../fetch/page-fetcher.js';
import { Semaphore } from '../semaphore.js';
import { refusalOf, urlBelow } from './archive-service.js';
import { readArchivedPage } from './archived-page.js';
import type { Capture } from './capture.js';
import { readWarcResponse } from './warc-record.js';

/** Records in memory at the same time, in the process: packed, unpacked and as text one may take 20 MiB. */
const MAX_AT_ONCE = 8;

/** Reads single records out of the WARC files of the data server, by HTTP range. */
export class WarcReader {
  private readonly slots = new Semaphore(MAX_AT_ONCE);

  constructor(
    private readonly client: ApiClient,
    private readonly base: URL,
  ) {}

  /**
   * The page as it was captured; to be released. Throws the signal's reason, or a FetchError of the page's URL, with
   * `retryAfterMs` where the server asks for patience.
   */
  async readPage(capture: Capture, signal: AbortSignal): Promise<FetchedPage> {
    const slot = await this.slots.acquire(1, signal);
    try {
      const packed = await this.readRange(capture, signal);
      const page = await readArchivedPage(await readWarcResponse(packed, capture), capture);
      signal.throwIfAborted();
      return { ...page, bytes: packed.length, release: () => slot.release() };
    } catch (error) {
      slot.release();
      throw error;
    }
  }

  private async readRange(capture: Capture, signal: AbortSignal): Promise<Buffer> {
    const { offset, length } = capture;
    const url = urlBelow(this.base, capture.filename);
    const headers = { Range: `bytes=${offset}-${offset + length - 1}`, 'Accept-Encoding': 'identity' };
    try {
      const answer = await this.client.ask({ url, headers, maxBytes: length }, signal);
      const refusal = refusalOf(answer, url) ?? refuseRange(answer, capture, url);
      if (refusal !== null) throw refusal;
      return answer.body;
    } catch (error) {
      throw error instanceof FetchError ? ofPage(error, capture) : error;
    }
  }
}

/** Only the very bytes that were asked for are a record (RFC 9110, 14.4 and 15.3.7). */
function refuseRange(answer: ApiAnswer, { offset, length }: Capture, url: URL): FetchError | null {
  const { status, headers, body, isCut } = answer;
  const refuse = (code: 'parse' | 'connection' | 'too_large', message: string): FetchError =>
    new FetchError(code, url.href, message, { status });
  if (status !== 206) return refuse('parse', `HTTP ${status} in place of a part (206)`);
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    return refuse('parse', `the part is encoded as ${headers['content-encoding']?.slice(0, 40)}`);
  const range = headers['content-range'] ?? '';
  if (!/^bytes \d+-\d+\/(?:\d+|\*)$/.test(range) || !range.startsWith(`bytes ${offset}-${offset + length - 1}/`))
    return refuse('parse', `another part than was asked for: "${range.slice(0, 80)}"`);
  if (body.length < length) return refuse('connection', `the part ended after ${body.length} of ${length} bytes`);
  return isCut ? refuse('too_large', `the part is longer than the ${length} bytes asked for`) : null;
}

function ofPage({ code, message, status, retryAfterMs, cause }: FetchError, { url }: Capture): FetchError {
  return new FetchError(code, url.href, `archive record: ${message}`, { status, retryAfterMs, cause });
}
