import type { NextFunction, Request, Response } from 'express';
import { Problem } from '#common/http/problem.js';
import { isUpload } from './uploads.js';

export const MAX_BODY_BYTES = 1024 * 1024;
export const MAX_JSON_DEPTH = 20;
/** The server itself is as patient as uploads need it. */
const BODY_TIMEOUT_MS = 15_000;

/** Refuses a body that is not UTF-8 JSON before reading it. */
export function requireJson(request: Request, _response: Response, next: NextFunction): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  const charset = /charset="?([^;"\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (!hasBody || isUpload(request)) return next();
  const late = setTimeout(() => request.destroy(), BODY_TIMEOUT_MS);
  request.once('end', () => clearTimeout(late)).once('close', () => clearTimeout(late));
  if (request.is('application/json') && /^utf-?8$/i.test(charset)) next();
  else next(new Problem(415, 'unsupported_media_type', 'Send the body as application/json in UTF-8.'));
}

/** Turns the bytes that the raw parser has read (at most MAX_BODY_BYTES, after decompression) into `request.body`. */
export function parseJson(request: Request, _response: Response, next: NextFunction): void {
  const bytes: unknown = request.body;
  try {
    request.body = Buffer.isBuffer(bytes) && bytes.length > 0 ? parse(bytes) : undefined;
    next();
  } catch (error) {
    next(error);
  }
}

function parse(bytes: Buffer): unknown {
  if (depthOf(bytes) > MAX_JSON_DEPTH) {
    throw new Problem(400, 'json_too_deep', `The body is nested more than ${MAX_JSON_DEPTH} levels deep.`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Problem(400, 'invalid_json', `The body is not valid JSON: ${(error as Error).message}`);
  }
}

/** Nesting of a JSON text, counted on its bytes: nothing that recurses may see a text before its depth is known. */
export function depthOf(json: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let isString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (isString) {
      if (byte === 0x5c)
        i++; // backslash
      else if (byte === 0x22) isString = false;
    } else if (byte === 0x22) isString = true;
    else if (byte === 0x5b || byte === 0x7b)
      deepest = Math.max(deepest, ++depth); // [ {
    else if (byte === 0x5d || byte === 0x7d) depth--; // ] }
  }
  return deepest;
}
