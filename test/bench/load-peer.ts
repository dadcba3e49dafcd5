import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * A package that is no dependency of the product: the benchmarks have a package of their own, installed when one of
 * them first runs. The caller names the type, since none is there when the product is compiled.
 */
export async function loadPeer<T>(name: string): Promise<T> {
  const folder = join(process.cwd(), 'test/bench');
  const { resolve } = createRequire(join(folder, 'package.json'));
  const load = async (): Promise<T> => (await import(pathToFileURL(resolve(name)).href)) as T;
  try {
    resolve(name);
  } catch {
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      stdio: ['ignore', 2, 2],
    });
    if (status !== 0) throw new Error('npm ci in test/bench failed');
  }
  return load();
}
