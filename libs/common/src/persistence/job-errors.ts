import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { MAX_URL_LENGTH } from '../domain/site.js';
import type { ErrorCode } from '../domain/site-outcome.js';
import { insertIgnore } from './dialect.js';

/** Stores what went wrong with pages or with the chunk itself; `at` in epoch ms. */
export async function insertErrors(
  manager: EntityManager,
  chunk: { jobId: string; chunkNo: number },
  worker: string,
  errors: readonly { code: ErrorCode; url: string | null; message: string; at: number }[],
): Promise<void> {
  const rows = errors.map(({ code, url, message, at }) => [
    uuidv7(),
    chunk.jobId,
    code,
    url?.slice(0, MAX_URL_LENGTH) ?? null,
    chunk.chunkNo,
    worker,
    message.slice(0, 500),
    at,
  ]);
  await insertIgnore(
    manager,
    'job_errors',
    ['id', 'job_id', 'code', 'url', 'chunk_no', 'worker', 'message', 'at'],
    rows,
  );
}
