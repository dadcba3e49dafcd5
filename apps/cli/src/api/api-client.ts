import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import { ApiError, type ProblemBody, UnreachableError } from './api-error.js';
import type { Job, NewJob, Page, UploadReport } from './api-types.js';
import { readEvents, type ServerEvent } from './event-stream.js';

const TIMEOUT_MS = 30_000;
/** Longest wait that a server may ask for before the command gives up instead. */
const MAX_RETRY_AFTER_S = 30;
const MAX_TRIES = 4;
const PAGE_SIZE = 500;

type Query = Record<string, string | number | undefined>;

/** What can be asked of a job. */
export type JobAction = 'start' | 'pause' | 'resume' | 'cancel' | 'retry';

interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT';
  query?: Query;
  headers?: Record<string, string>;
  body?: string | ReadableStream<Uint8Array>;
  signal?: AbortSignal;
}

/** The REST interface of one server, by Node's own fetch. */
export class ApiClient {
  private readonly root: string;

  constructor(
    readonly url: string,
    private readonly key: string | undefined,
  ) {
    this.root = url.replace(/\/+$/, '');
  }

  /** The idempotency key makes it safe to ask again after an answer that got lost: never two jobs. */
  async createJob(job: NewJob): Promise<Job> {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() };
    const ask = (): Promise<Job> => this.request('/v1/jobs', { method: 'POST', headers, body: JSON.stringify(job) });
    return ask().catch((error: unknown) => {
      if (error instanceof UnreachableError) return ask();
      throw error;
    });
  }

  async readJob(id: string, signal?: AbortSignal): Promise<Job> {
    return this.request<Job>(jobPath(id), { signal });
  }

  async act(id: string, action: JobAction, body?: object): Promise<Job> {
    const content = body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
    return this.request<Job>(`${jobPath(id)}/${action}`, { method: 'POST', ...content });
  }

  /** Sends the sites of a held job, one a line; takes as long as it takes. A stream can be sent only once. */
  async uploadSites(id: string, lines: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<UploadReport> {
    const headers = { 'Content-Type': 'text/plain' };
    const response = await this.send(`${jobPath(id)}/inputs`, { method: 'PUT', headers, body: lines }, signal);
    if (!response.ok) throw await readProblem(response);
    return (await readJson(response)) as UploadReport;
  }

  /** One page of a list. */
  async readPage<Row>(path: string, query: Query): Promise<Page<Row>> {
    return this.request<Page<Row>>(path, { query });
  }

  /** Every row of a list, page by page. */
  async readAll<Row>(path: string, filter: Query = {}): Promise<Row[]> {
    const rows: Row[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.readPage<Row>(path, { ...filter, limit: PAGE_SIZE, cursor });
      rows.push(...page.data);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return rows;
  }

  /** The job's events as they come, until the server ends the stream, the connection breaks or the signal aborts. */
  async *streamEvents(id: string, lastEventId: string | undefined, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (lastEventId !== undefined) headers['Last-Event-ID'] = lastEventId;
    const response = await this.send(`${jobPath(id)}/events`, { headers }, signal);
    if (!response.ok) throw await readProblem(response);
    if (response.body) yield* readEvents(response.body);
  }

  /** The status of a path that needs no key, such as a health probe. */
  async probe(path: string): Promise<number> {
    const response = await this.send(path, {}, AbortSignal.timeout(5000));
    await response.body?.cancel();
    return response.status;
  }

  async request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
      const response = await this.send(path, options, signal);
      if (response.ok) return (await readJson(response)) as Answer;
      const waitS = tries < MAX_TRIES ? readRetryAfter(response) : undefined;
      if (waitS === undefined) throw await readProblem(response);
      await response.body?.cancel();
      await sleep(waitS * 1000, undefined, { signal: options.signal }).catch(() => options.signal?.throwIfAborted());
    }
  }

  private async send(path: string, options: RequestOptions, signal: AbortSignal): Promise<Response> {
    const { method = 'GET', body } = options;
    const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
    if (this.key !== undefined) headers.Authorization = `Bearer ${this.key}`;
    try {
      return await fetch(`${this.root}${path}${toQuery(options.query)}`, {
        method,
        headers,
        body,
        signal,
        redirect: 'error',
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new UnreachableError(this.url, error);
    }
  }
}

export const jobPath = (id: string): string => `/v1/jobs/${encodeURIComponent(id)}`;

function toQuery(query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

/** Seconds to wait where the server says that the same request may work later. */
function readRetryAfter(response: Response): number | undefined {
  if (response.status !== 429 && response.status !== 503 && response.status !== 409) return undefined;
  const text = response.headers.get('Retry-After');
  const seconds = text === null ? NaN : Number(text);
  return seconds >= 0 && seconds <= MAX_RETRY_AFTER_S ? seconds : undefined;
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw notGleaner(response, error);
  }
}

async function readProblem(response: Response): Promise<CliError> {
  try {
    const problem = (await response.json()) as ProblemBody;
    return new ApiError({ ...problem, status: response.status });
  } catch (error) {
    return notGleaner(response, error);
  }
}

function notGleaner(response: Response, cause: unknown): CliError {
  return new CliError(`${new URL(response.url).origin} answered ${response.status}, but not as Gleaner does`, {
    cause,
    hint: 'Another program seems to listen there: check --url or GLEANER_URL.',
  });
}
