import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, int, zero } from './table-builder.js';

/** Whether the page of a sighting says that its addresses may not be collected. */
export class Evidence0003 implements MigrationInterface {
  name = 'Evidence1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await addColumns(runner, 'sightings', { no_harvest: int(zero) });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns('sightings', ['no_harvest']);
  }
}
