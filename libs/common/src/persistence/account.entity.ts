import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('accounts')
export class Account {
  @PrimaryColumn('varchar', { length: 36 })
  id!: string;

  @Index('ux_accounts_name', { unique: true })
  @Column('varchar', { length: 100 })
  name!: string;

  @Column('bigint', { name: 'created_at' })
  createdAt!: number;
}

/** A key is stored as its SHA-256 only: it has 256 bits of entropy, so a slow hash would add nothing. */
@Entity('api_keys')
export class ApiKey {
  @PrimaryColumn('varchar', { length: 36 })
  id!: string;

  @Column('varchar', { name: 'account_id', length: 36 })
  accountId!: string;

  @Column('varchar', { length: 100 })
  name!: string;

  /** Comma list of read, write, admin. */
  @Column('varchar', { length: 64 })
  scopes!: string;

  @Index('ux_api_keys_secret', { unique: true })
  @Column('varbinary', { name: 'secret_hash', length: 32 })
  secretHash!: Buffer;

  @Column('bigint', { name: 'created_at' })
  createdAt!: number;
}

/** The first answer to a request that carried an Idempotency-Key. */
@Entity('idempotency_keys')
@Index('ix_idempotency_keys_created', ['createdAt'])
export class IdempotencyKey {
  @PrimaryColumn('varchar', { name: 'account_id', length: 36 })
  accountId!: string;

  @PrimaryColumn('varbinary', { name: 'key_hash', length: 32 })
  keyHash!: Buffer;

  @Column('varbinary', { name: 'body_hash', length: 32 })
  bodyHash!: Buffer;

  @Column('varchar', { name: 'job_id', length: 36 })
  jobId!: string;

  /** The first answer's body. */
  @Column('text')
  response!: string;

  @Column('bigint', { name: 'created_at' })
  createdAt!: number;
}
