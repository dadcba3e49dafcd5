import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { within } from '#common/domain/deadline.js';
import { Problem } from '#common/http/problem.js';

/** A whole upload may take so long (the default of Node is 5 minutes); other bodies are small. */
export const UPLOAD_TIMEOUT_MS = 3_600_000;
/** How long a client may send nothing. */
const SILENCE_MS = 30_000;
/** How long, and how much, a client that is refused may go on sending before the connection is closed. */
const LINGER_MS = 1000;
const LINGER_BYTES = 1024 * 1024;

/** Requests whose body is a stream of any length: no parser reads it, their controller does. */
export function isUpload(request: IncomingMessage & { originalUrl?: string }): boolean {
  const { method, url, originalUrl = url ?? '' } = request;
  return (method === 'PUT' || method === 'POST') && /^\/v1\/jobs\/[^/?]+\/inputs\/?(\?|$)/i.test(originalUrl);
}

/** The body as it comes. Ends with a Problem where the client breaks off, falls silent, or `isOver` says that it is late. */
export async function* readUpload(
  request: Request,
  isOver: () => boolean,
  silenceMs = SILENCE_MS,
): AsyncGenerator<Buffer> {
  // Left early the request must live: destroyed it takes its connection, and the answer, along.
  const parts = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  for (;;) {
    const { done, value } = await within(silenceMs, parts.next(), () => silent(silenceMs)).catch((error: unknown) => {
      throw error instanceof Problem ? error : brokenOff(error);
    });
    if (isOver()) throw brokenOff();
    if (done) return;
    yield value;
  }
}

function silent(silenceMs: number): Problem {
  return new Problem(408, 'upload_timeout', `Nothing came for ${silenceMs / 1000} s. Nothing was stored.`);
}

function brokenOff(cause?: unknown): Problem {
  const problem = new Problem(400, 'upload_broken_off', 'The upload broke off. Nothing was stored.');
  problem.cause = cause;
  return problem;
}

/**
 * An upload that is refused is answered at once, and its connection closed without reading all the rest. Not at the same
 * moment, though: bytes that nobody reads would make the system reset the connection, and the client might never see why.
 */
export function hangUpOnUnread(request: Request, response: Response, next: NextFunction): void {
  if (isUpload(request)) {
    const end = response.end.bind(response) as (...args: unknown[]) => Response;
    response.end = (...args: unknown[]) => {
      if (request.complete || request.destroyed || response.headersSent) return end(...args);
      response.setHeader('Connection', 'close');
      response.write(args[0]);
      linger(request, end);
      return response;
    };
  }
  next();
}

function linger(request: Request, end: () => void): void {
  let bytes = 0;
  const timer = setTimeout(finish, LINGER_MS);
  request.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > LINGER_BYTES) request.pause();
  });
  request.once('end', finish).once('close', finish).resume();

  function finish(): void {
    clearTimeout(timer);
    request.off('end', finish).off('close', finish);
    end();
  }
}
