import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Another process works on the same SQLite file. */
export class SqliteInUseError extends Error {
  override name = 'SqliteInUseError';
  constructor(
    readonly file: string,
    readonly pid: number,
  ) {
    super(`database file ${file} is in use by process ${pid}: stop it, or give this one another DATABASE_URL`);
  }
}

/**
 * Marks the file of a `sqlite:` URL as this process's own by a lock file beside it that holds the pid; a lock left by
 * a dead process is taken over. The lock is removed when the process exits.
 */
export function lockSqliteFile(url: string): void {
  const file = url.slice('sqlite:'.length);
  if (file === ':memory:') return;
  const lock = `${file}.lock`;
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = readPid(lock);
      if (pid === process.pid) return;
      if (pid !== null && isAlive(pid)) throw new SqliteInUseError(file, pid);
      rmSync(lock, { force: true });
    }
  }
  process.once('exit', () => rmSync(lock, { force: true }));
}

function readPid(lock: string): number | null {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
