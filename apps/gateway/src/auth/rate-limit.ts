import type { NextFunction, Response } from 'express';
import { Problem } from '#common/http/problem.js';
import type { AuthenticatedRequest } from './caller.js';

const MINUTE_MS = 60_000;

/** A token bucket for every key, in this process: a minute's requests may come at once, then they refill evenly. 0 = off. */
export function limitRate(perMinute: number) {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (request: AuthenticatedRequest, response: Response, next: NextFunction): void => {
    const keyId = request.caller?.keyId;
    if (perMinute === 0 || keyId === undefined) return next();
    const now = Date.now();
    const bucket = buckets.get(keyId) ?? { tokens: perMinute, at: now };
    buckets.set(keyId, bucket);
    bucket.tokens = Math.min(perMinute, bucket.tokens + ((now - bucket.at) * perMinute) / MINUTE_MS);
    bucket.at = now;
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens--;

    const secondsUntil = (tokens: number): number =>
      Math.ceil(((tokens - bucket.tokens) * MINUTE_MS) / perMinute / 1000);
    response.set({
      'RateLimit-Limit': String(perMinute),
      'RateLimit-Remaining': String(Math.floor(bucket.tokens)),
      'RateLimit-Reset': String(secondsUntil(perMinute)),
    });
    if (isAllowed) return next();
    next(
      new Problem(429, 'rate_limited', `More than ${perMinute} requests a minute with this key.`, {
        headers: { 'Retry-After': String(Math.max(1, secondsUntil(1))) },
      }),
    );
  };
}
