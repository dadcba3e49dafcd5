import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumns,
  asciiColumns,
  bigint,
  createTable,
  int,
  mediumtext,
  nullable,
  pk,
  varchar,
  zero,
} from './table-builder.js';

/** Who fetches from a host and when next, what its robots.txt said, which sites wait, budgets, and more evidence. */
export class Politeness0002 implements MigrationInterface {
  name = 'Politeness1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    const { id, host, ascii } = asciiColumns(runner);
    await createTable(
      runner,
      'host_leases',
      { host: host(pk), holder: varchar(64)(ascii), expires_at: bigint(), next_fetch_at: bigint(zero) },
      { ix_host_leases_expiry: ['expires_at'] },
    );
    await createTable(
      runner,
      'robots_cache',
      {
        origin: varchar(280)({ ...ascii, ...pk }),
        status: varchar(12)(),
        body: mediumtext(nullable),
        error_code: varchar(24)(nullable),
        error: varchar(500)(nullable),
        fetched_at: bigint(),
        expires_at: bigint(),
      },
      { ix_robots_cache_expiry: ['expires_at'] },
    );
    await createTable(runner, 'site_waits', {
      job_id: id(pk),
      host: host(pk),
      until: bigint(),
      times: int(zero),
      reason: varchar(200)(),
    });
    await addColumns(runner, 'jobs', { max_pages: bigint(nullable), max_bytes: bigint(nullable) });
    await addColumns(runner, 'sites', { robots: varchar(16)(nullable) });
    await addColumns(runner, 'sightings', { noindex: int(zero), via: varchar(80)({ default: "''" }) });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns('sightings', ['noindex', 'via']);
    await runner.dropColumns('sites', ['robots']);
    await runner.dropColumns('jobs', ['max_pages', 'max_bytes']);
    for (const table of ['site_waits', 'robots_cache', 'host_leases']) await runner.dropTable(table);
  }
}
