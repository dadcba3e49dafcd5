import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPackageRoot } from '../../apps/cli/src/package-root.js';

export interface Finished {
  code: number | null;
  out: string;
  err: string;
}

/** The built command as a child process, with a temporary folder of its own: what it leaves behind can be seen. */
export class GleanerRun {
  out = '';
  err = '';
  readonly finished: Promise<Finished>;
  readonly child: ChildProcess;
  private readonly folder = mkdtempSync(join(tmpdir(), 'gleaner-cli-'));

  constructor(args: string[], { env = {}, stdin = '' }: { env?: Record<string, string>; stdin?: string } = {}) {
    const program = join(findPackageRoot(), 'dist/apps/cli/src/main.js');
    const options = { env: { ...process.env, TMPDIR: this.folder, ...env } };
    this.child = spawn(process.execPath, [program, ...args], { ...options, stdio: 'pipe' });
    this.child.stdin?.end(stdin);
    this.child.stdout?.on('data', (data) => (this.out += data));
    this.child.stderr?.on('data', (data) => (this.err += data));
    this.finished = new Promise((resolve) => {
      this.child.once('close', (code) => resolve({ code, out: this.out, err: this.err }));
    });
  }

  /** Folders in its temporary folder. */
  get leftovers(): string[] {
    return readdirSync(this.folder);
  }

  /** Process id of its embedded system, once that has opened its database. */
  get systemPid(): number | undefined {
    const [name = 'none'] = this.leftovers.filter((entry) => entry.startsWith('gleaner-'));
    const lock = join(this.folder, name, 'gleaner.db.lock');
    return existsSync(lock) ? Number.parseInt(readFileSync(lock, 'utf8'), 10) : undefined;
  }

  remove(): void {
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
