import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';
import { addColumns, int, nullable, text, varchar, zero } from './table-builder.js';

/** Uploaded inputs, what a retry opens again, why a worker stopped, and queues that stay fast when they are long. */
export class Reliability0004 implements MigrationInterface {
  name = 'Reliability1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await addColumns(runner, 'jobs', { inputs_from: int(zero), inputs_to: int(zero), reopening: text(nullable) });
    await addColumns(runner, 'workers', { error: varchar(500)(nullable) });
    await runner.createIndex('jobs', index('ix_jobs_queue', ['status', 'account_id', 'priority', 'id']));
    await runner.dropIndex('jobs', 'ix_jobs_status');
    await runner.createIndex('idempotency_keys', index('ix_idempotency_keys_created', ['created_at']));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('idempotency_keys', 'ix_idempotency_keys_created');
    await runner.createIndex('jobs', index('ix_jobs_status', ['status']));
    await runner.dropIndex('jobs', 'ix_jobs_queue');
    await runner.dropColumns('workers', ['error']);
    await runner.dropColumns('jobs', ['inputs_from', 'inputs_to', 'reopening']);
  }
}

function index(name: string, columnNames: string[]): TableIndex {
  return new TableIndex({ name, columnNames });
}
