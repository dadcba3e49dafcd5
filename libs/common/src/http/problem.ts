import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import type { Response } from 'express';
import { readLogContext } from '../observability/log-context.js';

/** One thing wrong with a request: `pointer` is an RFC 6901 JSON pointer into the body, or `?name` of a query parameter. */
export interface ProblemItem {
  pointer: string;
  detail: string;
}

/** An error for the client, as RFC 9457 problem+json: says what is wrong and what to do. */
export class Problem extends HttpException {
  constructor(
    status: number,
    readonly code: string,
    readonly detail: string,
    readonly extra: { errors?: ProblemItem[]; headers?: Record<string, string> } = {},
  ) {
    super(detail, status);
  }
}

export function databaseUnavailable(): Problem {
  return new Problem(503, 'database_unavailable', 'The database does not answer at the moment. Try again shortly.', {
    headers: { 'Retry-After': '5' },
  });
}

export function storageFull(): Problem {
  return new Problem(507, 'storage_full', 'The database has no room left: free disk space, then try again.', {
    headers: { 'Retry-After': '60' },
  });
}

export function databaseLocked(): Problem {
  return new Problem(503, 'database_locked', 'Another program holds the database file. Try again shortly.', {
    headers: { 'Retry-After': '5' },
  });
}

/** Writes the problem as the response, which must not have begun. */
export function sendProblem(response: Response, problem: Problem): void {
  const status = problem.getStatus();
  const { errors, headers } = problem.extra;
  const body = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: problem.detail,
    code: problem.code,
    ...(errors ? { errors } : {}),
    traceId: readLogContext().traceId,
  };
  response
    .status(status)
    .set(headers ?? {})
    .type('application/problem+json')
    .send(JSON.stringify(body));
}
