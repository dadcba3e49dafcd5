// Installs and builds if needed. Runs on a fresh clone: nothing but Node's own modules here.
// usage: node scripts/prepare.mjs [--quiet]
import { prepare } from './lib/prepare.mjs';
import { note } from './lib/run.mjs';

try {
  const problems = await prepare({ quiet: process.argv.includes('--quiet') });
  if (problems) {
    note(problems);
    note('the build failed');
    process.exitCode = 1;
  }
} catch (error) {
  note(error.message);
  process.exitCode = 1;
}
