import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockSqliteFile, SqliteInUseError } from './sqlite-lock.js';

describe('lockSqliteFile', () => {
  let folder: string;
  let url: string;
  let lock: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gleaner-lock-'));
    url = `sqlite:${join(folder, 'data/gleaner.db')}`;
    lock = join(folder, 'data/gleaner.db.lock');
    lockSqliteFile(url);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('names this process, and takes its own lock again', () => {
    expect(readFileSync(lock, 'utf8')).toMatch(new RegExp(`^${process.pid}\\b`));
    expect(() => lockSqliteFile(url)).not.toThrow();
  });

  it('refuses the file of a living process, naming it', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(other, 'spawn');
    const stat = readFileSync(`/proc/${other.pid}/stat`, 'utf8');
    writeFileSync(lock, `${other.pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`);
    expect(() => lockSqliteFile(url)).toThrow(SqliteInUseError);
    expect(() => lockSqliteFile(url)).toThrow(String(other.pid));
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(() => lockSqliteFile(url)).not.toThrow();
  });

  it.each(['', 'x', '1 12345678901234'])('takes over what no living process holds: "%s"', (text) => {
    writeFileSync(lock, text);
    expect(() => lockSqliteFile(url)).not.toThrow();
    expect(existsSync(lock)).toBe(true);
  });
});
