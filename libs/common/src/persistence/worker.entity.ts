import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One slot of one scraper process, as its last heartbeat told. */
@Entity('workers')
@Index('ix_workers_heartbeat', ['heartbeatAt'])
export class Worker {
  @PrimaryColumn('varchar', { length: 64 })
  name!: string;

  @Column('varchar', { length: 64 })
  replica!: string;

  @Column('varchar', { length: 255 })
  host!: string;

  @Column('varchar', { length: 12 })
  status!: string;

  @Column('varchar', { name: 'job_id', length: 36, nullable: true })
  jobId!: string | null;

  @Column('integer', { name: 'chunk_no', nullable: true })
  chunkNo!: number | null;

  @Column('varchar', { length: 500, nullable: true })
  url!: string | null;

  @Column('integer', { name: 'consecutive_errors' })
  consecutiveErrors!: number;

  @Column('double', { name: 'emails_per_second' })
  emailsPerSecond!: number;

  /** Why it crashed, or its process died. */
  @Column('varchar', { length: 500, nullable: true })
  error!: string | null;

  /** Clock of the orchestrator that wrote the row. */
  @Column('bigint', { name: 'heartbeat_at' })
  heartbeatAt!: number;
}

/** Who leads; database clock. */
@Entity('leases')
export class Lease {
  @PrimaryColumn('varchar', { length: 64 })
  name!: string;

  @Column('varchar', { length: 64 })
  holder!: string;

  @Column('bigint', { name: 'expires_at' })
  expiresAt!: number;
}
