import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isLockConflict, isUnreachable } from '../persistence/dialect.js';
import { databaseUnavailable, Problem, sendProblem } from './problem.js';

/** The one place where an HTTP error gets its shape: `application/problem+json`, never a stack or a word of SQL. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

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
    const status = problem.getStatus();
    if (status >= 500) this.logger.error('request failed', { method, path, status }, error);
    if (response.headersSent) response.destroy();
    else sendProblem(response, problem);
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
