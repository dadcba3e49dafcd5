import { setTimeout as sleep } from 'node:timers/promises';
import type { JobStatus } from '#common/domain/job-status.js';
import type { System } from './system.js';

export interface Progress {
  version: number;
  percent: number;
  emails: number;
  pages: number;
  sites: number;
  sitesTotal: number;
  chunks: Record<string, number>;
}

export interface JobView {
  id: string;
  status: JobStatus;
  error: string | null;
  progress: Progress;
}

/** Longer than a gateway may take to say that its database is away. */
const REQUEST_TIMEOUT_MS = 7000;
const RETRY_MS = 250;
const GIVE_UP_MS = 120_000;

export interface Answer {
  status: number;
  body: unknown;
}

interface Call {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: unknown;
  /** The gateway to ask first. */
  first?: number;
}

/** A client as clients must be: asks another gateway, and again, until one answers. */
export class Api {
  /** Answers that no fault explains: neither the expected ones nor 503. */
  readonly oddAnswers: string[] = [];
  private turn = 0;

  constructor(private readonly system: System) {}

  /** Resolves with the first answer that is neither an outage (503) nor a request in progress (409 with Retry-After). */
  async call(path: string, { method = 'GET', headers = {}, body, first }: Call = {}): Promise<Answer> {
    const deadline = Date.now() + GIVE_UP_MS;
    for (let i = first ?? this.turn++; ; i++) {
      const answer = await this.ask(i, path, {
        method,
        headers: { authorization: `Bearer ${this.system.cluster.key}`, 'content-type': 'application/json', ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      if (answer) return answer;
      if (Date.now() > deadline) throw new Error(`no gateway answered ${method} ${path} for ${GIVE_UP_MS / 1000} s`);
      await sleep(RETRY_MS);
    }
  }

  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.call(path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body as T;
  }

  /** All rows of a list, page by page. */
  async list<T>(path: string): Promise<T[]> {
    const rows: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const suffix = cursor === '' ? '' : `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
      const page: { data: T[]; nextCursor: string | null } = await this.get(path + suffix);
      rows.push(...page.data);
      cursor = page.nextCursor;
    }
    return rows;
  }

  private async ask(turn: number, path: string, init: RequestInit): Promise<Answer | null> {
    const gateways = this.system.of('gateway');
    const gateway = gateways[turn % gateways.length]!;
    const { url } = gateway;
    if (!url) return null;
    try {
      const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
      const text = await response.text();
      if (response.status === 503 || (response.status === 409 && response.headers.has('retry-after'))) return null;
      if (response.status >= 500) {
        const traceId = /"traceId":"(\w[\w-]*)"/.exec(text)?.[1] ?? text;
        const words = gateway.log.split('\n').filter((line) => line.includes(traceId));
        this.oddAnswers.push(`${init.method} ${path}: ${response.status}\n${words.join('\n').slice(0, 3000)}`);
        return null;
      }
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    } catch {
      // The gateway is gone, or does not answer: what the request has done is unknown.
      return null;
    }
  }
}
