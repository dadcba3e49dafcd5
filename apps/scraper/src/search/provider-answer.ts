import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { ApiAnswer } from '../fetch/api-client.js';
import { parseRetryAfter } from '../fetch/retry-plan.js';
import type { SearchFailure } from './search-provider.js';
import { SearchRefusal } from './search-refusal.js';

/** Some ten times what the longest page of results takes. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

/** An answer of any status, its body read as JSON. */
export interface ProviderAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Undefined where the body is no JSON. */
  json: unknown;
}

/** Throws a SearchRefusal for a body that is not complete. */
export function readAnswer({ status, headers, body, bytes, isCut }: ApiAnswer): ProviderAnswer {
  if (isCut && Math.max(body.length, bytes) >= MAX_ANSWER_BYTES)
    throw new SearchRefusal('invalid_response', `the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
  if (isCut) throw new SearchRefusal('transport', 'the connection ended before the answer did');
  return { status, headers, json: parseJson(body.toString('utf8')) };
}

/** Throws the SearchRefusal that a status other than 200 stands for, with what the provider says of it. */
export function checkStatus(answer: ProviderAnswer): void {
  const { status } = answer;
  if (status === 200) return;
  const said = saidIn(answer);
  const message = `answers HTTP ${status}${said === '' ? '' : `: ${said}`}`;
  throw new SearchRefusal(outcomeOf(status), message, retryAfterOf(answer));
}

export function retryAfterOf({ headers }: ProviderAnswer): number | null {
  return parseRetryAfter(headers['retry-after']);
}

/** Throws a SearchRefusal that names the first thing wrong with a body that does not fit. */
export function parsePage<T>({ json }: ProviderAnswer, schema: z.ZodType<T>): T {
  if (json === undefined) throw new SearchRefusal('invalid_response', 'the answer is not JSON');
  const { data, error } = schema.safeParse(json);
  if (error === undefined) return data;
  const [issue] = error.issues;
  const where = issue?.path.join('.') || 'the answer';
  throw new SearchRefusal('invalid_response', `${where} is not as expected: ${issue?.message ?? 'unreadable'}`);
}

const saying = z.object({
  error: z
    .union([z.string(), z.object({ detail: z.string() }).transform(({ detail }) => detail)])
    .optional()
    .catch(undefined),
  message: z.string().optional().catch(undefined),
});

/** The text by which all of them explain a failure, wherever they put it; empty where there is none. */
export function saidIn({ json }: ProviderAnswer): string {
  const { data } = saying.safeParse(json);
  return (data?.error ?? data?.message ?? '').replace(/\p{Cc}+/gu, ' ');
}

function outcomeOf(status: number): SearchFailure['outcome'] {
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'quota_exhausted';
  if (status === 429) return 'rate_limited';
  return status === 408 || status >= 500 ? 'transport' : 'invalid_response';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
