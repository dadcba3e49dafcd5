import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { withLogContext } from '#common/observability/log-context.js';

const logger = new Logger('Http');

/** Gives every request a traceId: in its log lines, in its problem and as `X-Request-Id`. */
export function traceRequests(request: Request, response: Response, next: NextFunction): void {
  const traceId = randomUUID();
  const startedAt = performance.now();
  response.setHeader('X-Request-Id', traceId);
  withLogContext({ traceId }, () => {
    response.once('close', () => {
      const ms = Math.round(performance.now() - startedAt);
      logger.debug('request', {
        traceId,
        method: request.method,
        path: pathOf(request),
        status: response.statusCode,
        ms,
      });
    });
    next();
  });
}

/** Without the query: it may hold what someone searches for. */
function pathOf(request: Request): string {
  return request.originalUrl.split('?', 1)[0] ?? '';
}
