import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The right to fetch from a host (`host:port`), held by one worker at a time; all times by the database's clock. */
@Entity('host_leases')
@Index('ix_host_leases_expiry', ['expiresAt'])
export class HostLease {
  @PrimaryColumn('varchar', { length: 260 })
  host!: string;

  /** Name of a worker. */
  @Column('varchar', { length: 64 })
  holder!: string;

  @Column('bigint', { name: 'expires_at' })
  expiresAt!: number;

  /** No fetch before; outlives the lease. */
  @Column('bigint', { name: 'next_fetch_at', default: 0 })
  nextFetchAt!: number;
}

/** What an origin's robots.txt said, for all replicas. */
@Entity('robots_cache')
@Index('ix_robots_cache_expiry', ['expiresAt'])
export class RobotsEntry {
  @PrimaryColumn('varchar', { length: 280 })
  origin!: string;

  @Column('varchar', { length: 12 })
  status!: 'found' | 'absent' | 'unreadable';

  @Column('mediumtext', { nullable: true })
  body!: string | null;

  @Column('varchar', { name: 'error_code', length: 24, nullable: true })
  errorCode!: string | null;

  @Column('varchar', { length: 500, nullable: true })
  error!: string | null;

  @Column('bigint', { name: 'fetched_at' })
  fetchedAt!: number;

  @Column('bigint', { name: 'expires_at' })
  expiresAt!: number;
}

/** A site of an open job that must wait: its host is in use, or asked to be left alone until then. */
@Entity('site_waits')
export class SiteWait {
  @PrimaryColumn('varchar', { name: 'job_id', length: 36 })
  jobId!: string;

  @PrimaryColumn('varchar', { length: 260 })
  host!: string;

  /** Database clock. */
  @Column('bigint')
  until!: number;

  /** How often the host itself has asked for patience. */
  @Column('integer', { default: 0 })
  times!: number;

  @Column('varchar', { length: 200 })
  reason!: string;
}
