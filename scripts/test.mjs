// npm test: installs and builds if needed, provides RabbitMQ and MariaDB, runs every test.
// usage: npm test -- [file filters and options of vitest]
// TEST_SERVICES: auto (default: servers named by TEST_BROKER_URL and TEST_DATABASE_URL, else running ones, else private
// ones), own (private ones only), none (starts nothing and fails). The last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { prepare } from './lib/prepare.mjs';
import { note, root, seconds } from './lib/run.mjs';
import { runVitest } from './lib/vitest.mjs';

const KILL_AFTER_MS = 10_000;
const startedAt = performance.now();
const mode = process.env.TEST_SERVICES || 'auto';
const filters = process.argv.slice(2);
let tests;
let stopServices = async () => {};
let interruptedBy;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);

try {
  report(await main());
} catch (error) {
  note(error.message);
  report({ passed: 0, failed: 1, skipped: 0 });
}

async function main() {
  if (mode === 'none') {
    console.log('TEST_SERVICES=none starts nothing, and the tests need services. Missing: RabbitMQ, MariaDB');
    return { passed: 0, failed: 2, skipped: 0 };
  }
  if (mode !== 'auto' && mode !== 'own') throw new Error(`TEST_SERVICES=${mode}: expected auto, own or none`);
  const buildProblems = await prepare();
  if (buildProblems) note(`${buildProblems}\nthe build failed: this counts as one failed test`);
  try {
    if (interruptedBy) throw new Error('interrupted');
    const services = await startServices();
    if (interruptedBy) throw new Error('interrupted');
    console.log(`services: ${services.summary}`);
    const result = await runTests(services.env);
    return { ...result, failed: result.failed + (buildProblems ? 1 : 0) };
  } finally {
    await stopServices();
  }
}

/** The services are another process in a group of its own, which ends them when this one ends, by whatever cause. */
async function startServices() {
  const options = { cwd: root, detached: true, stdio: ['pipe', 'pipe', 'inherit'] };
  const child = spawn(process.execPath, [join(root, 'scripts/services.mjs')], options);
  const ended = new Promise((resolve) => child.on('close', resolve));
  stopServices = () => {
    child.stdin.end();
    return ended;
  };
  const answer = new Promise((resolve) => createInterface(child.stdout).once('line', resolve));
  const line = await Promise.race([answer, ended.then(() => '')]);
  if (!line) throw new Error('RabbitMQ and MariaDB could not be provided');
  return JSON.parse(line);
}

async function runTests(services) {
  const onStart = (child) => (tests = child);
  // A process group of its own: what tests have started is ended with it, also after a failure.
  const options = { detached: true, stdio: ['ignore', 'inherit', 'inherit'], onStart };
  const result = await runVitest(filters, { services, ...options });
  signalTests('SIGKILL');
  return result;
}

function interrupt(signal) {
  interruptedBy = signal;
  void stopServices();
  signalTests(signal);
  setTimeout(() => signalTests('SIGKILL'), KILL_AFTER_MS).unref();
}

function signalTests(signal) {
  try {
    if (tests) process.kill(-tests.pid, signal);
  } catch {
    // All gone.
  }
}

function report({ passed, failed, skipped }) {
  // A skipped test proves nothing: it fails the run, unless tests were chosen by name.
  const isChosen = filters.some((filter) => /^(-t|--testNamePattern)/.test(filter));
  const isGood = failed === 0 && (skipped === 0 || isChosen) && !interruptedBy;
  process.exitCode = isGood ? 0 : 1;
  console.log(`took ${seconds(startedAt)}${interruptedBy ? `, interrupted by ${interruptedBy}` : ''}`);
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}
