import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One address of a job. Counted unless `flags` says otherwise. */
@Entity('emails')
@Index('ix_emails_seq', ['jobId', 'seq'])
export class Email {
  @PrimaryColumn('varchar', { name: 'job_id', length: 36 })
  jobId!: string;

  /** 16 bytes of SHA-256 of the mailbox: one row for all spellings of an address. */
  @PrimaryColumn('varbinary', { length: 16 })
  hash!: Buffer;

  @Column('varchar', { length: 320 })
  address!: string;

  @Column('varchar', { length: 320 })
  normalised!: string;

  @Column('varchar', { length: 255 })
  domain!: string;

  @Column('varchar', { length: 12 })
  kind!: string;

  @Column('varchar', { length: 12 })
  verdict!: string;

  /** The domain receives mail: 1, 0, or null while unknown. */
  @Column('integer', { nullable: true })
  mx!: number | null;

  @Column('integer')
  disposable!: number;

  @Column('double')
  confidence!: number;

  @Column('varchar', { length: 32 })
  method!: string;

  /** Comma list; empty = counted. `known` stands alone: an earlier job of the account has counted the address. */
  @Column('varchar', { length: 64 })
  flags!: string;

  /** Epoch ms of the flush; lists page by (seq, hash). */
  @Column('bigint')
  seq!: number;

  @Column('integer', { name: 'chunk_no' })
  chunkNo!: number;

  /** Number of the transaction that inserted the row: tells its own rows from others' when a target is clipped. */
  @Column('bigint')
  flush!: number;
}

/** Evidence: a page on which a job saw an address; at most 10 per address and job. */
@Entity('sightings')
export class EmailSighting {
  @PrimaryColumn('varchar', { name: 'job_id', length: 36 })
  jobId!: string;

  @PrimaryColumn('varbinary', { length: 16 })
  hash!: Buffer;

  @PrimaryColumn('varbinary', { name: 'url_hash', length: 16 })
  urlHash!: Buffer;

  @Column('varchar', { length: 2048 })
  url!: string;

  @Column('varchar', { length: 32 })
  method!: string;

  @Column('varchar', { length: 160 })
  snippet!: string;

  @Column('bigint', { name: 'first_seen_at' })
  firstSeenAt!: number;

  @Column('bigint', { name: 'last_seen_at' })
  lastSeenAt!: number;

  @Column('integer', { name: 'http_status' })
  httpStatus!: number;

  @Column('varchar', { length: 16 })
  robots!: string;

  /** 1 where the page asked not to be indexed (X-Robots-Tag or meta). */
  @Column('integer', { default: 0 })
  noindex!: number;

  /** Why the page was visited. */
  @Column('varchar', { length: 80, default: '' })
  via!: string;

  /** 1 where the page says that its addresses may not be collected or used for advertising. */
  @Column('integer', { name: 'no_harvest', default: 0 })
  noHarvest!: number;

  /** Origin as JSON: what led to the page beyond the site list; null where nothing did. */
  @Column('text', { nullable: true })
  origin!: string | null;
}

/** Every address an account ever found. */
@Entity('contacts')
export class Contact {
  @PrimaryColumn('varchar', { name: 'account_id', length: 36 })
  accountId!: string;

  @PrimaryColumn('varbinary', { length: 16 })
  hash!: Buffer;

  @Column('varchar', { name: 'first_job_id', length: 36 })
  firstJobId!: string;

  @Column('bigint', { name: 'first_seen_at' })
  firstSeenAt!: number;

  @Column('bigint', { name: 'last_seen_at' })
  lastSeenAt!: number;
}
