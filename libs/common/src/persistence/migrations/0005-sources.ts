import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';
import { addColumns, asciiColumns, createTable, int, nullable, pk, text, varchar, zero } from './table-builder.js';

/** Jobs whose sites are found while they run: what is asked of their source, in waves, and what led to each site. */
export class Sources0005 implements MigrationInterface {
  name = 'Sources1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    const { id } = asciiColumns(runner);
    await createTable(runner, 'job_queries', {
      job_id: id(pk),
      seq: int(pk),
      query: varchar(2048)(),
      next_page: int(zero),
      last_page: int(nullable),
    });
    await createTable(runner, 'provider_usage', {
      job_id: id(pk),
      provider: varchar(16)(pk),
      requests: int(zero),
      results: int(zero),
      skipped: int(zero),
    });
    await addColumns(runner, 'jobs', { source_open: int(zero), wave: int(zero) });
    await addColumns(runner, 'chunks', {
      slice_query: int(nullable),
      slice_page: int(nullable),
      results: int(nullable),
    });
    await addColumns(runner, 'job_inputs', { chunk_no: int(nullable), origin: text(nullable) });
    await runner.createIndex(
      'job_inputs',
      new TableIndex({ name: 'ix_job_inputs_chunk', columnNames: ['job_id', 'chunk_no'] }),
    );
    await addColumns(runner, 'sightings', { origin: text(nullable) });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns('sightings', ['origin']);
    await runner.dropIndex('job_inputs', 'ix_job_inputs_chunk');
    await runner.dropColumns('job_inputs', ['chunk_no', 'origin']);
    await runner.dropColumns('chunks', ['slice_query', 'slice_page', 'results']);
    await runner.dropColumns('jobs', ['source_open', 'wave']);
    await runner.dropTable('provider_usage');
    await runner.dropTable('job_queries');
  }
}
