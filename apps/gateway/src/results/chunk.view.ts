import { z } from 'zod';
import { CHUNK_STATES } from '#common/domain/chunk-state.js';
import { ERROR_CODES } from '#common/domain/site-outcome.js';
import { pageOf } from '../http/paging.js';

export const chunkView = z
  .object({
    no: z.int(),
    state: z.enum(CHUNK_STATES),
    attempt: z.int().describe('How often it was started.'),
    failures: z.int().describe('Attempts that ended in an error of the chunk itself.'),
    losses: z.int().describe('Attempts whose worker died.'),
    worker: z.string().nullable(),
    sites: z.int(),
    emails: z.int(),
    pages: z.int(),
    error: z.string().nullable(),
  })
  .meta({ id: 'Chunk' });
export type ChunkView = z.output<typeof chunkView>;

export const chunkPage = pageOf(chunkView);
export type ChunkPage = z.output<typeof chunkPage>;

export const jobErrorView = z
  .object({
    code: z.enum(ERROR_CODES),
    url: z.string().nullable(),
    chunk: z.int().nullable(),
    worker: z.string().nullable(),
    message: z.string(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'JobError' });

export const jobErrorPage = pageOf(jobErrorView);
