import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { JobStatus } from '#common/domain/job-status.js';
import type { SiteInput } from '#common/domain/site.js';
import { insertIgnore, runSql, toBuffer } from '#common/persistence/dialect.js';
import { recordEvent } from '#common/persistence/job-moves.js';
import { assertRoomForJob } from './open-jobs.js';

export interface NewJob {
  id: string;
  accountId: string;
  name: string | null;
  status: JobStatus;
  spec: string;
  priority: number;
  target: number | null;
  deadlineAt: number | null;
  maxPages: number | null;
  maxBytes: number | null;
  createdAt: number;
  sourceType: string;
  sites: SiteInput[];
  /** What is to be asked of its source. */
  queries: string[];
}

/** What makes a repeated request the same request. */
export interface RequestKey {
  keyHash: Buffer;
  bodyHash: Buffer;
}

interface EarlierAnswer {
  jobId: string;
  bodyHash: Buffer;
  answer: string;
}

@Injectable()
export class SubmissionStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Job, inputs, first event and the key of the request, all or nothing. The key's row goes first: a second request with
   * it waits there until this one is decided, and then fails as a duplicate or does the work itself. Throws a Problem where
   * the account has `maxOpenJobs` already.
   */
  insertJob(job: NewJob, key: RequestKey | null, answer: string, maxOpenJobs: number): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      if (key) await insertKey(manager, job, key, answer);
      await assertRoomForJob(manager, job.accountId, maxOpenJobs);
      await runSql(
        manager,
        `INSERT INTO jobs (id, account_id, name, status, source_type, spec, priority, target, deadline_at, max_pages,
                           max_bytes, inputs_to, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          job.id,
          job.accountId,
          job.name,
          job.status,
          job.sourceType,
          job.spec,
          job.priority,
          job.target,
          job.deadlineAt,
          job.maxPages,
          job.maxBytes,
          job.sites.length,
          job.createdAt,
        ],
      );
      const inputs = job.sites.map(({ host, url }, seq) => [job.id, seq, host, url]);
      await insertIgnore(manager, 'job_inputs', ['job_id', 'seq', 'host', 'url'], inputs);
      // A sitemap has no second page.
      const lastPage = job.sourceType === 'sitemap' ? 0 : null;
      const queries = job.queries.map((query, seq) => [job.id, seq, query, lastPage]);
      await insertIgnore(manager, 'job_queries', ['job_id', 'seq', 'query', 'last_page'], queries);
      await recordEvent(manager, job.id, 'status', { status: job.status });
    });
  }

  async findAnswer(accountId: string, keyHash: Buffer): Promise<EarlierAnswer | undefined> {
    const [row] = await this.dataSource.query(
      'SELECT job_id AS jobId, body_hash AS bodyHash, response FROM idempotency_keys WHERE account_id = ? AND key_hash = ?',
      [accountId, keyHash],
    );
    return row && { jobId: row.jobId, bodyHash: toBuffer(row.bodyHash), answer: row.response };
  }
}

async function insertKey(manager: EntityManager, job: NewJob, key: RequestKey, answer: string): Promise<void> {
  await runSql(
    manager,
    `INSERT INTO idempotency_keys (account_id, key_hash, body_hash, job_id, response, created_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [job.accountId, key.keyHash, key.bodyHash, job.id, answer, job.createdAt],
  );
}
