import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  asciiColumns,
  bigint,
  binary,
  type ColumnOptions,
  createTable,
  double,
  int,
  nullable,
  pk,
  text,
  varchar,
  zero,
} from './table-builder.js';

export class Initial0001 implements MigrationInterface {
  name = 'Initial1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    const { id, host } = asciiColumns(runner);
    const create = (name: string, columns: Record<string, ColumnOptions>, indices?: Record<string, string[]>) =>
      createTable(runner, name, columns, indices);

    await create(
      'accounts',
      { id: id(pk), name: varchar(100)(), created_at: bigint() },
      { ux_accounts_name: ['name'] },
    );
    await create(
      'api_keys',
      {
        id: id(pk),
        account_id: id(),
        name: varchar(100)(),
        scopes: varchar(64)(),
        secret_hash: binary(32)(),
        created_at: bigint(),
      },
      { ux_api_keys_secret: ['secret_hash'] },
    );
    await create('idempotency_keys', {
      account_id: id(pk),
      key_hash: binary(32)(pk),
      body_hash: binary(32)(),
      job_id: id(),
      response: text(),
      created_at: bigint(),
    });
    await create(
      'jobs',
      {
        id: id(pk),
        account_id: id(),
        name: varchar(200)(nullable),
        status: varchar(24)(),
        version: int(zero),
        source_type: varchar(16)(),
        spec: text(),
        priority: int(),
        target: int(nullable),
        found: int(zero),
        target_reached_at: bigint(nullable),
        worker_count: int(nullable),
        sites_total: int(zero),
        deadline_at: bigint(nullable),
        error: varchar(500)(nullable),
        snapshot: text(nullable),
        snapshot_seq: int(zero),
        created_at: bigint(),
        started_at: bigint(nullable),
        finished_at: bigint(nullable),
      },
      { ix_jobs_account: ['account_id', 'id'], ix_jobs_status: ['status'] },
    );
    await create(
      'job_inputs',
      { job_id: id(pk), seq: int(pk), host: host(), url: varchar(2048)() },
      { ix_job_inputs_host: ['job_id', 'host'] },
    );
    await create(
      'job_events',
      {
        id: { type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
        job_id: id(),
        event: varchar(24)(),
        data: text(),
        at: bigint(),
      },
      { ix_job_events_job: ['job_id', 'id'] },
    );
    await create(
      'job_errors',
      {
        id: id(pk),
        job_id: id(),
        code: varchar(32)(),
        url: varchar(2048)(nullable),
        chunk_no: int(nullable),
        worker: varchar(64)(nullable),
        message: varchar(500)(),
        at: bigint(),
      },
      { ix_job_errors_job: ['job_id', 'id'] },
    );
    await create(
      'chunks',
      {
        job_id: id(pk),
        chunk_no: int(pk),
        state: varchar(12)(),
        attempt: int(zero),
        failures: int(zero),
        losses: int(zero),
        worker: varchar(64)(nullable),
        lease_until: bigint(nullable),
        dispatched_at: bigint(nullable),
        next_at: bigint(zero),
        sites: int(),
        first_host: host(),
        last_host: host(),
        sites_done: int(zero),
        emails: int(zero),
        pages: int(zero),
        bytes: bigint(zero),
        errors: int(zero),
        error: varchar(500)(nullable),
        started_at: bigint(nullable),
        finished_at: bigint(nullable),
      },
      {
        ix_chunks_lease: ['state', 'lease_until'],
        ix_chunks_due: ['job_id', 'state', 'next_at'],
        ix_chunks_host: ['job_id', 'first_host'],
      },
    );
    await create(
      'sites',
      {
        job_id: id(pk),
        host: host(pk),
        chunk_no: int(),
        outcome: varchar(20)(),
        emails: int(),
        pages: int(),
        bytes: bigint(),
        detail: varchar(500)(nullable),
        finished_at: bigint(),
      },
      { ix_sites_chunk: ['job_id', 'chunk_no'] },
    );
    await create(
      'emails',
      {
        job_id: id(pk),
        hash: binary(16)(pk),
        address: varchar(320)(),
        normalised: varchar(320)(),
        domain: varchar(255)(),
        kind: varchar(12)(),
        verdict: varchar(12)(),
        mx: int(nullable),
        disposable: int(),
        confidence: double(),
        method: varchar(32)(),
        flags: varchar(64)(),
        seq: bigint(),
        chunk_no: int(),
        flush: bigint(),
      },
      { ix_emails_seq: ['job_id', 'seq'] },
    );
    await create('sightings', {
      job_id: id(pk),
      hash: binary(16)(pk),
      url_hash: binary(16)(pk),
      url: varchar(2048)(),
      method: varchar(32)(),
      snippet: varchar(160)(),
      first_seen_at: bigint(),
      last_seen_at: bigint(),
      http_status: int(),
      robots: varchar(16)(),
    });
    await create('contacts', {
      account_id: id(pk),
      hash: binary(16)(pk),
      first_job_id: id(),
      first_seen_at: bigint(),
      last_seen_at: bigint(),
    });
    await create(
      'workers',
      {
        name: varchar(64)(pk),
        replica: varchar(64)(),
        host: varchar(255)(),
        status: varchar(12)(),
        job_id: varchar(36)(nullable),
        chunk_no: int(nullable),
        url: varchar(500)(nullable),
        consecutive_errors: int(),
        emails_per_second: double(),
        heartbeat_at: bigint(),
      },
      { ix_workers_heartbeat: ['heartbeat_at'] },
    );
    await create('leases', { name: varchar(64)(pk), holder: varchar(64)(), expires_at: bigint() });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.dropTable(table);
  }
}

const TABLES = [
  'leases',
  'workers',
  'contacts',
  'sightings',
  'emails',
  'sites',
  'chunks',
  'job_errors',
  'job_events',
  'job_inputs',
  'jobs',
  'idempotency_keys',
  'api_keys',
  'accounts',
];
