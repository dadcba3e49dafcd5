import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { bin, note, root, run, seconds } from './run.mjs';

/** The folders that hold TypeScript. */
export const SOURCES = ['apps', 'libs', 'test'];
const STAMP = join(root, 'dist/.built');

/** Installs and builds what is missing or outdated. Resolves with the compiler's messages if the build failed, else ''. */
export async function prepare({ quiet = false } = {}) {
  await install();
  if (isBuilt()) return '';
  return withLock(() => build(quiet ? () => {} : note));
}

/** Installs the dependencies if one is missing or has another version than the lock file says. */
export async function install() {
  if (!isInstalled()) await withLock(runInstall);
}

async function runInstall() {
  if (isInstalled()) return; // another launcher was faster
  const start = performance.now();
  note('installing dependencies (npm ci)');
  // --include=dev: a NODE_ENV=production of the caller would leave the compiler out.
  const { code, output } = await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund']);
  if (code !== 0) throw new Error(`npm ci failed\n${output}`);
  note(`installed in ${seconds(start)}`);
}

async function build(say) {
  if (isBuilt()) return '';
  const start = performance.now();
  const startedAt = new Date();
  say('building');
  mkdirSync(join(root, 'dist'), { recursive: true });
  // The build info lies inside dist: whoever removes dist removes it too, and the next build is a full one.
  const args = ['-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', 'dist/.tsbuildinfo'];
  const { code, output } = await run(bin('tsc'), args);
  if (code !== 0) return output;
  // The time before the build, so that a file saved while the compiler ran counts as newer.
  writeFileSync(STAMP, startedAt.toISOString());
  say(`built in ${seconds(start)}`);
  return '';
}

/** What is installed has every version of the lock file. (Time stamps would ask for a new install after any checkout.) */
function isInstalled() {
  const wanted = readLock('package-lock.json');
  const installed = readLock('node_modules/.package-lock.json');
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function isBuilt() {
  if (!existsSync(STAMP)) return false;
  const builtAt = Date.parse(readFileSync(STAMP, 'utf8'));
  const settings = ['tsconfig.json', 'package.json', 'package-lock.json'];
  if (settings.some((path) => statSync(join(root, path)).mtimeMs > builtAt)) return false;
  return SOURCES.every((folder) => !isNewer(join(root, folder), builtAt));
}

/** A folder's own time changes when a file in it is added, renamed or removed. */
function isNewer(folder, builtAt) {
  if (statSync(folder).mtimeMs > builtAt) return true;
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return false;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return isNewer(path, builtAt);
    return entry.name.endsWith('.ts') && statSync(path).mtimeMs > builtAt;
  });
}
