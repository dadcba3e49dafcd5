import 'reflect-metadata';
import { ConfigError, EXIT_CONFIG, loadDatabaseUrl } from './config/load-config.js';
import { DatabaseConfigError, describeDatabase, migrateDatabase } from './persistence/open-database.js';

/** `npm run migrate`: brings the schema of DATABASE_URL up to date; waits while the database is unreachable. */
try {
  const url = loadDatabaseUrl();
  const ran = await migrateDatabase(url);
  console.log(`${describeDatabase(url)}: ${ran.length === 0 ? 'up to date' : `ran ${ran.join(', ')}`}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof ConfigError || error instanceof DatabaseConfigError ? EXIT_CONFIG : 1);
}
