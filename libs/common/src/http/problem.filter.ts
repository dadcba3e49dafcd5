import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { describeError } from '../domain/errors.js';
import { isDatabaseLocked, isLockConflict, isStorageFull, isUnreachable } from '../persistence/dialect.js';
import { databaseLocked, databaseUnavailable, Problem, sendProblem, storageFull } from './problem.js';

/** During an outage every request fails alike: one line in so many ms tells of it. */
const WARN_EVERY_MS = 5000;

/** The one place where an HTTP error gets its shape: `application/problem+json`, never a stack or a word of SQL. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');
  private readonly warnedAt = new Map<string, number>();

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const { method, path } = http.getRequest<Request>();
    if (isHealthReport(error)) {
      response.status(error.getStatus()).json(error.getResponse());
      return;
    }
    // Answered already: the handler came too late (database-watch), its error changes nothing.
    if (response.writableEnded) return;
    const problem = toProblem(error);
    const facts = { method, path, status: problem.getStatus() };
    if (facts.status === 500) this.logger.error('request failed', facts, error);
    else if (facts.status > 500) this.warnSometimes(problem.code, { ...facts, error: describeError(error) });
    if (response.headersSent) response.destroy();
    else sendProblem(response, problem);
  }

  private warnSometimes(code: string, facts: object): void {
    const now = performance.now();
    if (now - (this.warnedAt.get(code) ?? -Infinity) < WARN_EVERY_MS) return;
    this.warnedAt.set(code, now);
    this.logger.warn('requests cannot be served', { code, ...facts });
  }
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HttpException) {
    const status = error.getStatus();
    return status === 413 ? bodyTooLarge() : new Problem(status, codeOf(status), error.message);
  }
  const refused = fromExpress(error);
  if (refused) return refused;
  if (isUnreachable(error)) return databaseUnavailable();
  if (isDatabaseLocked(error)) return databaseLocked();
  if (isStorageFull(error)) return storageFull();
  if (isLockConflict(error)) {
    return new Problem(409, 'busy', 'Another request works on the same thing. Try again shortly.', {
      headers: { 'Retry-After': '1' },
    });
  }
  return new Problem(500, 'internal', 'Something went wrong on our side. The traceId finds it in the log.');
}

/** Errors of express and its body parser carry a 4xx status, the parser's a `type`, too. */
function fromExpress(error: unknown): Problem | null {
  const { status, type, message } = (error ?? {}) as { status?: unknown; type?: unknown; message?: string };
  if (typeof status !== 'number' || status < 400 || status >= 500) return null;
  if (type === 'entity.too.large') return bodyTooLarge();
  return new Problem(status, codeOf(status), message ?? 'The request cannot be read.');
}

function bodyTooLarge(): Problem {
  return new Problem(413, 'body_too_large', 'The body is larger than 1 MiB.');
}

/** terminus answers a failed probe with a report of its own. */
function isHealthReport(error: unknown): error is HttpException {
  return (
    error instanceof HttpException &&
    typeof error.getResponse() === 'object' &&
    'info' in (error.getResponse() as object)
  );
}

function codeOf(status: number): string {
  return (STATUS_CODES[status] ?? 'error').toLowerCase().replaceAll(/[^a-z]+/g, '_');
}
