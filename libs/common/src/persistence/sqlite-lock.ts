import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
 * Marks the file of a `sqlite:` URL as this process's own by a lock file beside it that names the process; a lock left
 * by a dead process is taken over. The lock is removed when the process exits.
 */
export function lockSqliteFile(url: string): void {
  const file = url.slice('sqlite:'.length);
  if (file === ':memory:') return;
  const lock = `${file}.lock`;
  const own = `${lock}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  // Written aside and linked into place: nobody ever reads half a lock.
  writeFileSync(own, identify(process.pid));
  try {
    while (!tryLink(own, lock)) {
      const holder = read(lock);
      const pid = Number(holder.split(' ')[0]);
      if (pid === process.pid) break;
      if (pid > 0 && isAlive(pid) && identify(pid) === holder) throw new SqliteInUseError(file, pid);
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
  process.once('exit', () => rmSync(lock, { force: true }));
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A pid is used again after its process: with the start time (Linux, ticks since boot) it is told apart. */
function identify(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`.trim();
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
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
