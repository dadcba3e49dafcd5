import type { NextFunction, Response } from 'express';
import { Problem } from '#common/http/problem.js';
import { withLogContext } from '#common/observability/log-context.js';
import type { ApiKeys } from './api-keys.js';
import type { AuthenticatedRequest, Caller, Scope } from './caller.js';

/** Lets a request pass whose key is known and may do what it asks: reading, or anything else. */
export function authenticate(keys: ApiKeys) {
  return (request: AuthenticatedRequest, _response: Response, next: NextFunction): void => {
    identify(request, keys).then((caller) => {
      request.caller = caller;
      withLogContext({ accountId: caller.accountId }, next);
    }, next);
  };
}

async function identify(request: AuthenticatedRequest, keys: ApiKeys): Promise<Caller> {
  const secret = /^Bearer +([\x21-\x7e]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  const caller = secret === undefined ? null : await keys.find(secret);
  if (!caller) {
    throw new Problem(401, 'unauthorized', 'Send a valid API key: Authorization: Bearer <key>.', {
      headers: { 'WWW-Authenticate': 'Bearer realm="gleaner"' },
    });
  }
  const needed: Scope = request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write';
  if (caller.scopes.includes(needed)) return caller;
  throw new Problem(403, 'scope_missing', `This key lacks the scope "${needed}".`);
}
