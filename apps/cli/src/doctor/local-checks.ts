import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '#common/config/config.schema.js';
import { ConfigError, loadConfig } from '#common/config/load-config.js';
import { ApiClient } from '../api/api-client.js';
import { findPackageRoot } from '../package-root.js';
import { type Check, checkNode } from './check.js';

/** Whether `npm start`, and an embedded system, can work here. */
export async function checkLocally(): Promise<Check[]> {
  const { config, check } = checkConfig();
  const checks = [checkNode(), checkBuild(), check, checkFolder('temporary folder', tmpdir())];
  if (config) checks.push(checkDatabase(config.DATABASE_URL), await checkPort(config.HOST, config.PORT));
  return checks;
}

function checkBuild(): Check {
  const program = join(findPackageRoot(), 'dist/apps/standalone/src/main.js');
  const name = 'build';
  return existsSync(program) ? { name } : { name, problem: `${program} is missing`, advice: 'Run `npm run build`.' };
}

function checkConfig(): { config?: Config; check: Check } {
  const name = 'settings';
  try {
    return { config: loadConfig(), check: { name } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const advice = 'Correct or unset these environment variables.';
    return { check: { name, problem: error.problems.join('; '), advice } };
  }
}

function checkDatabase(url: string): Check {
  if (!url.startsWith('sqlite:')) return { name: 'database', found: 'a server; it is checked when a service starts' };
  return checkFolder('database folder', dirname(resolve(url.slice('sqlite:'.length))));
}

/** A folder that does not exist yet is made at start: what counts is the nearest one that does. */
export function checkFolder(name: string, folder: string): Check {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    // Tried rather than asked: a read-only file system grants root every right.
    rmdirSync(mkdtempSync(join(existing, '.gleaner-')));
    return { name, found: folder };
  } catch {
    return {
      name,
      problem: `${existing} cannot be written`,
      advice: 'Change its rights, or name another place with DATABASE_URL.',
    };
  }
}

export async function checkPort(host: string, port: number): Promise<Check> {
  const name = 'port';
  if (port === 0 || (await canListen(host, port))) return { name, found: port === 0 ? 'any' : `${port} is free` };
  const url = `http://${host}:${port}`;
  const status = await new ApiClient(url, undefined).probe('/health/live').catch(() => 0);
  if (status === 200) return { name, found: `${port} is served by a Gleaner already: --url ${url} uses it` };
  return { name, problem: `${port} is in use by another program`, advice: 'Choose another one with PORT.' };
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
