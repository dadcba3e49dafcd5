import { setTimeout as sleep } from 'node:timers/promises';
import type { NextFunction, Request, Response } from 'express';
import type { DataSource } from 'typeorm';
import { databaseUnavailable, sendProblem } from '#common/http/problem.js';
import { isUpload } from './uploads.js';

/** Together under the 5 s within which an outage must be told. */
const PATIENCE_MS = 3500;
const PING_MS = 1000;
const UPLOAD_CHANCES = 3;

/**
 * A database that refuses connections fails at once, but one that hangs lets a statement wait for its long time-out. So
 * a request without an answer after a while asks the database for a sign of life, and ends as 503 where none comes.
 * What the statement did is then unknown: an Idempotency-Key makes it safe to ask again.
 */
export function watchDatabase(dataSource: DataSource, patienceMs = PATIENCE_MS) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const isOver = (): boolean => response.headersSent || response.destroyed;
    // Of the many pings of a long upload one may be late, which must not cost the whole.
    const allowed = isUpload(request) ? UPLOAD_CHANCES : 1;
    let late = 0;
    const timer = setInterval(() => {
      if (isOver()) return clearInterval(timer);
      void isAlive(dataSource).then((alive) => {
        late = alive ? 0 : late + 1;
        if (late < allowed || isOver()) return;
        sendProblem(response, databaseUnavailable());
      });
    }, patienceMs);
    response.once('close', () => clearInterval(timer));
    next();
  };
}

async function isAlive(dataSource: DataSource): Promise<boolean> {
  const late = new AbortController();
  const answer = dataSource.query('SELECT 1').then(
    () => true,
    () => false,
  );
  return Promise.race([answer, sleep(PING_MS, false, { signal: late.signal }).catch(() => false)]).finally(() =>
    late.abort(),
  );
}
