import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { JobStatus } from '../domain/job-status.js';

/** Times of all entities are epoch ms, given by the app, except lease columns (the database's clock). */
@Entity('jobs')
@Index('ix_jobs_account', ['accountId', 'id'])
@Index('ix_jobs_queue', ['status', 'accountId', 'priority', 'id'])
export class Job {
  /** UUIDv7: sorts by creation. */
  @PrimaryColumn('varchar', { length: 36 })
  id!: string;

  @Column('varchar', { name: 'account_id', length: 36 })
  accountId!: string;

  @Column('varchar', { length: 200, nullable: true })
  name!: string | null;

  @Column('varchar', { length: 24 })
  status!: JobStatus;

  /** Compare-and-set counter, bumped by moves of `status` only. */
  @Column('integer', { default: 0 })
  version!: number;

  @Column('varchar', { name: 'source_type', length: 16 })
  sourceType!: string;

  /** JobSpec as JSON: crawl, policy, verify. */
  @Column('text')
  spec!: string;

  @Column('integer')
  priority!: number;

  @Column('integer', { nullable: true })
  target!: number | null;

  /** Counted addresses; kept only for jobs with a target, under the lock that stops them exactly there. */
  @Column('integer', { default: 0 })
  found!: number;

  @Column('bigint', { name: 'target_reached_at', nullable: true })
  targetReachedAt!: number | null;

  @Column('integer', { name: 'worker_count', nullable: true })
  workerCount!: number | null;

  /** Distinct sites, known once planned. */
  @Column('integer', { name: 'sites_total', default: 0 })
  sitesTotal!: number;

  /** The lines of `job_inputs` that belong to the job: inputsFrom <= seq < inputsTo. Others are of an upload under way, or broken off. */
  @Column('integer', { name: 'inputs_from', default: 0 })
  inputsFrom!: number;

  @Column('integer', { name: 'inputs_to', default: 0 })
  inputsTo!: number;

  /** Reopening as JSON: what the planner opens again for a retry; null when there is nothing to open. */
  @Column('text', { nullable: true })
  reopening!: string | null;

  /** 1 while more sites may be found: the source has not been asked for all that it has. */
  @Column('integer', { name: 'source_open', default: 0 })
  sourceOpen!: number;

  /** Waves planned so far. */
  @Column('integer', { default: 0 })
  wave!: number;

  @Column('bigint', { name: 'deadline_at', nullable: true })
  deadlineAt!: number | null;

  /** Pages and bytes after which what is left is cancelled. */
  @Column('bigint', { name: 'max_pages', nullable: true })
  maxPages!: number | null;

  @Column('bigint', { name: 'max_bytes', nullable: true })
  maxBytes!: number | null;

  @Column('varchar', { length: 500, nullable: true })
  error!: string | null;

  /** ProgressSnapshot as JSON. */
  @Column('text', { nullable: true })
  snapshot!: string | null;

  @Column('integer', { name: 'snapshot_seq', default: 0 })
  snapshotSeq!: number;

  @Column('bigint', { name: 'created_at' })
  createdAt!: number;

  @Column('bigint', { name: 'started_at', nullable: true })
  startedAt!: number | null;

  @Column('bigint', { name: 'finished_at', nullable: true })
  finishedAt!: number | null;
}

/** One line of a job's site list, given or found. The index by host carries planning, which walks the distinct hosts in order. */
@Entity('job_inputs')
@Index('ix_job_inputs_host', ['jobId', 'host'])
@Index('ix_job_inputs_chunk', ['jobId', 'chunkNo'])
export class JobInput {
  @PrimaryColumn('varchar', { name: 'job_id', length: 36 })
  jobId!: string;

  @PrimaryColumn('integer')
  seq!: number;

  @Column('varchar', { length: 260 })
  host!: string;

  @Column('varchar', { length: 2048 })
  url!: string;

  /** The chunk that found the site and visits it; null where ranges of hosts are planned. */
  @Column('integer', { name: 'chunk_no', nullable: true })
  chunkNo!: number | null;

  /** Origin as JSON: what led to the site; null for one that was given. */
  @Column('text', { nullable: true })
  origin!: string | null;
}

/** What a job asks its source, page by page: a search query, or the URL of a sitemap. */
@Entity('job_queries')
export class JobQuery {
  @PrimaryColumn('varchar', { name: 'job_id', length: 36 })
  jobId!: string;

  @PrimaryColumn('integer')
  seq!: number;

  @Column('varchar', { length: 2048 })
  query!: string;

  /** The page, from 0, that is planned next. */
  @Column('integer', { name: 'next_page', default: 0 })
  nextPage!: number;

  /** The last page there is, once an answer has shown it. */
  @Column('integer', { name: 'last_page', nullable: true })
  lastPage!: number | null;
}

/** What a job has asked of each search provider: its cost. */
@Entity('provider_usage')
export class ProviderUsage {
  @PrimaryColumn('varchar', { name: 'job_id', length: 36 })
  jobId!: string;

  @PrimaryColumn('varchar', { length: 16 })
  provider!: string;

  /** Counted before each is sent: never fewer than the provider has seen. */
  @Column('integer', { default: 0 })
  requests!: number;

  @Column('integer', { default: 0 })
  results!: number;

  /** Results that are not visited: on the skip list, behind a login, files. */
  @Column('integer', { default: 0 })
  skipped!: number;
}

/** Lifecycle of a job for SSE: append-only, `id` is the SSE id. */
@Entity('job_events')
@Index('ix_job_events_job', ['jobId', 'id'])
export class JobEvent {
  @PrimaryColumn('integer', { generated: 'increment' })
  id!: number;

  @Column('varchar', { name: 'job_id', length: 36 })
  jobId!: string;

  @Column('varchar', { length: 24 })
  event!: string;

  @Column('text')
  data!: string;

  @Column('bigint')
  at!: number;
}

@Entity('job_errors')
@Index('ix_job_errors_job', ['jobId', 'id'])
export class JobError {
  @PrimaryColumn('varchar', { length: 36 })
  id!: string;

  @Column('varchar', { name: 'job_id', length: 36 })
  jobId!: string;

  @Column('varchar', { length: 32 })
  code!: string;

  @Column('varchar', { length: 2048, nullable: true })
  url!: string | null;

  @Column('integer', { name: 'chunk_no', nullable: true })
  chunkNo!: number | null;

  @Column('varchar', { length: 64, nullable: true })
  worker!: string | null;

  @Column('varchar', { length: 500 })
  message!: string;

  @Column('bigint')
  at!: number;
}
