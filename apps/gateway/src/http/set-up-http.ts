import type { NextFunction, Request, Response } from 'express';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { DataSource } from 'typeorm';
import type { Config } from '#common/config/config.schema.js';
import { ApiKeys } from '../auth/api-keys.js';
import { authenticate } from '../auth/authenticate.js';
import { limitRate } from '../auth/rate-limit.js';
import { setUpDocs } from '../docs/openapi.js';
import { watchDatabase } from './database-watch.js';
import { MAX_BODY_BYTES, parseJson, requireJson } from './json-body.js';
import { limitRequests } from './request-limit.js';
import { traceRequests } from './trace-requests.js';
import { hangUpOnUnread, isUpload, UPLOAD_TIMEOUT_MS } from './uploads.js';

/**
 * What every request passes before its controller, in this order: who asks is known before a byte of the body is read.
 * The steps belong to `/v1`, so that probes, metrics and documentation need no key.
 */
export function setUpHttp(app: NestExpressApplication, config: Config): void {
  app.set('query parser', 'simple');
  app.getHttpServer().requestTimeout = UPLOAD_TIMEOUT_MS;
  app.use(traceRequests);
  // TLS ends before the gateway: its pages must not ask browsers for https.
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } }, hsts: false }));
  app.use('/v1', hangUpOnUnread);
  app.use('/v1', limitRequests());
  app.use('/v1', watchDatabase(app.get(DataSource)));
  app.use('/v1', authenticate(app.get(ApiKeys)));
  app.use('/v1', limitRate(config.RATE_LIMIT_PER_MINUTE));
  app.use('/v1', requireJson);
  app.useBodyParser('raw', { type: (request) => !isUpload(request), limit: MAX_BODY_BYTES });
  app.use('/v1', parseJson);
  app.use('/v1', honourConditions);
  setUpDocs(app);
}

/** `no-cache` speaks to caches on the way, and fetch() adds it to each conditional request: express would never answer 304. */
function honourConditions(request: Request, _response: Response, next: NextFunction): void {
  if (request.headers['if-none-match'] !== undefined) delete request.headers['cache-control'];
  next();
}
