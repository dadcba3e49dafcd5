import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ChunkState } from '../domain/chunk-state.js';
import type { SiteOutcome } from '../domain/site-outcome.js';

/** The unit of dispatch: the sites of a job whose host lies in [firstHost, lastHost], or those that its slice leads to. */
@Entity('chunks')
@Index('ix_chunks_lease', ['state', 'leaseUntil'])
@Index('ix_chunks_due', ['jobId', 'state', 'nextAt'])
@Index('ix_chunks_host', ['jobId', 'firstHost'])
export class Chunk {
  @PrimaryColumn('varchar', { name: 'job_id', length: 36 })
  jobId!: string;

  @PrimaryColumn('integer', { name: 'chunk_no' })
  chunkNo!: number;

  @Column('varchar', { length: 12 })
  state!: ChunkState;

  /** The fence: +1 at every claim; a write with an older attempt touches nothing. */
  @Column('integer', { default: 0 })
  attempt!: number;

  /** Runs that ended in an error of the chunk itself. */
  @Column('integer', { default: 0 })
  failures!: number;

  /** Leases that expired under it. */
  @Column('integer', { default: 0 })
  losses!: number;

  @Column('varchar', { length: 64, nullable: true })
  worker!: string | null;

  /** Database clock. */
  @Column('bigint', { name: 'lease_until', nullable: true })
  leaseUntil!: number | null;

  /** Database clock. */
  @Column('bigint', { name: 'dispatched_at', nullable: true })
  dispatchedAt!: number | null;

  /** Not to be dispatched before (database clock). */
  @Column('bigint', { name: 'next_at', default: 0 })
  nextAt!: number;

  @Column('integer')
  sites!: number;

  @Column('varchar', { name: 'first_host', length: 260 })
  firstHost!: string;

  @Column('varchar', { name: 'last_host', length: 260 })
  lastHost!: string;

  /** What this chunk asks the source of its job: the page `slicePage` of the query `sliceQuery`; null where its sites were given. */
  @Column('integer', { name: 'slice_query', nullable: true })
  sliceQuery!: number | null;

  @Column('integer', { name: 'slice_page', nullable: true })
  slicePage!: number | null;

  /** How many results the source gave; null until it has answered. */
  @Column('integer', { nullable: true })
  results!: number | null;

  @Column('integer', { name: 'sites_done', default: 0 })
  sitesDone!: number;

  @Column('integer', { default: 0 })
  emails!: number;

  @Column('integer', { default: 0 })
  pages!: number;

  @Column('bigint', { default: 0 })
  bytes!: number;

  @Column('integer', { default: 0 })
  errors!: number;

  @Column('varchar', { length: 500, nullable: true })
  error!: string | null;

  /** Last claim, and the end; both by the database's clock, so that their difference is a duration. */
  @Column('bigint', { name: 'started_at', nullable: true })
  startedAt!: number | null;

  @Column('bigint', { name: 'finished_at', nullable: true })
  finishedAt!: number | null;
}

/** One finished site: the unit of flush. A site without a row is still to be done, or its chunk ended without it. */
@Entity('sites')
@Index('ix_sites_chunk', ['jobId', 'chunkNo'])
export class Site {
  @PrimaryColumn('varchar', { name: 'job_id', length: 36 })
  jobId!: string;

  @PrimaryColumn('varchar', { length: 260 })
  host!: string;

  @Column('integer', { name: 'chunk_no' })
  chunkNo!: number;

  @Column('varchar', { length: 20 })
  outcome!: SiteOutcome;

  @Column('integer')
  emails!: number;

  @Column('integer')
  pages!: number;

  @Column('bigint')
  bytes!: number;

  @Column('varchar', { length: 500, nullable: true })
  detail!: string | null;

  @Column('bigint', { name: 'finished_at' })
  finishedAt!: number;

  /** What robots.txt said about the site's first page. */
  @Column('varchar', { length: 16, nullable: true })
  robots!: string | null;
}
