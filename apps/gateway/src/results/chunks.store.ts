import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ChunkView } from './chunk.view.js';

export interface ErrorRow {
  id: string;
  code: string;
  url: string | null;
  chunk: number | null;
  worker: string | null;
  message: string;
  at: number;
}

@Injectable()
export class ChunksStore {
  constructor(private readonly dataSource: DataSource) {}

  /** By number; primary key. */
  listChunks(jobId: string, afterNo: number, limit: number): Promise<ChunkView[]> {
    return this.dataSource.query(
      `SELECT chunk_no AS no, state, attempt, failures, losses, worker, sites, emails, pages, error
         FROM chunks WHERE job_id = ? AND chunk_no > ? ORDER BY chunk_no LIMIT ?`,
      [jobId, afterNo, limit],
    );
  }

  /** Oldest first: ids are UUIDv7; index ix_job_errors_job. */
  listErrors(jobId: string, afterId: string, limit: number): Promise<ErrorRow[]> {
    return this.dataSource.query(
      `SELECT id, code, url, chunk_no AS chunk, worker, message, at
         FROM job_errors WHERE job_id = ? AND id > ? ORDER BY id LIMIT ?`,
      [jobId, afterId, limit],
    );
  }
}
