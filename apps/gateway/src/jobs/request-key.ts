import { createHash } from 'node:crypto';
import { Problem } from '#common/http/problem.js';
import type { RequestKey } from './submission.store.js';

/** Reads the `Idempotency-Key` header; the body counts as the same when it holds the same values, however written. */
export function readRequestKey(header: string | undefined, body: unknown): RequestKey | null {
  if (header === undefined) return null;
  if (!/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(header)) {
    throw new Problem(400, 'invalid_idempotency_key', 'Idempotency-Key must have 1 to 255 printable ASCII characters.');
  }
  return { keyHash: sha256(header), bodyHash: sha256(canonicalJson(body)) };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** JSON with the keys of every object in order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
