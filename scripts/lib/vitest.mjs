import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, run } from './run.mjs';

// Settings of a product that runs in the same shell: tests must not pick them up.
const PRODUCT_SETTINGS = [
  'DATABASE_URL',
  'BROKER_URL',
  'PORT',
  'PORT_FILE',
  'HOST',
  'GLEANER_API_KEY',
  'NODE_ENV',
  'LOG_LEVEL',
];
const SERVICE_SETTINGS = ['TEST_DATABASE_URL', 'TEST_BROKER_URL', 'TEST_BROKER_RESTART', 'TEST_DATABASE_RESTART'];

/** Runs vitest with the given services in its environment; resolves with `{ code, passed, failed, skipped, output }`. */
export async function runVitest(args, { services = {}, ...options } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gleaner-vitest-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const env = { ...process.env };
  for (const name of [...PRODUCT_SETTINGS, ...SERVICE_SETTINGS]) delete env[name];
  Object.assign(env, services);
  try {
    const vitest = ['run', '--config', 'test/vitest.config.ts', ...reporters, ...args];
    const { code, output } = await run(bin('vitest'), vitest, { env, ...options });
    return { code, output, ...countTests(code, report) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countTests(code, path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }; // vitest ended before it could report
  }
  // A file that cannot be loaded, or whose hook fails, has failed without a failed test of its own.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return {
    passed: report.numPassedTests,
    failed: code === 0 ? failed : Math.max(failed, 1), // an unhandled error belongs to no test
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
