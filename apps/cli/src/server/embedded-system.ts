import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { embeddedEnv } from '#common/config/load-cli-config.js';
import { ApiClient } from '../api/api-client.js';
import { CliError } from '../cli-error.js';
import { printable } from '../output/printable.js';
import { findPackageRoot } from '../package-root.js';
import { TempFolder } from './temp-folder.js';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 8_000;
const POLL_MS = 50;
const LOG_LINES = 15;

export interface EmbeddedOptions {
  overrides?: Record<string, string>;
  isolated?: boolean;
  /** Gives up starting. */
  signal: AbortSignal;
  /** Program to run instead of the product (specs). */
  program?: string;
}

/**
 * A whole Gleaner of this command's own: a child process with its database in a private temporary folder. Whatever way
 * the command ends, child and folder end with it: `stop` in the normal case, the exit hook in any other, and should the
 * command be killed outright, the child sees its IPC channel close.
 */
export class EmbeddedSystem {
  private readonly folder = new TempFolder();
  private readonly key = randomBytes(24).toString('base64url');
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private readonly exitHook = (): void => this.kill();
  private readonly fallen = new AbortController();
  private isReady = false;
  private isStopping = false;

  private constructor(options: EmbeddedOptions) {
    this.child = this.spawn(options);
    this.exited = new Promise((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.once('error', () => resolve());
    });
    process.once('exit', this.exitHook);
    void this.exited.then(() => {
      if (!this.isStopping) this.fallen.abort(this.describeFall());
    });
  }

  /** Resolves when the system is ready for work. */
  static async start(options: EmbeddedOptions): Promise<{ system: EmbeddedSystem; client: ApiClient }> {
    const system = new EmbeddedSystem(options);
    try {
      const client = await system.waitUntilReady(AbortSignal.any([options.signal, system.failure]));
      system.isReady = true;
      return { system, client };
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  /** Aborts, with the reason, if the system ends before it was told to. */
  get failure(): AbortSignal {
    return this.fallen.signal;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    // Nothing has been done yet that is worth an orderly end; a ready system closes what it has open.
    this.child.kill(this.isReady ? 'SIGTERM' : 'SIGKILL');
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.exited;
    clearTimeout(late);
    if (this.child.connected) this.child.disconnect();
    process.removeListener('exit', this.exitHook);
    this.folder.remove();
  }

  /** At once, without waiting for anything. */
  private kill(): void {
    this.child.kill('SIGKILL');
    this.folder.remove();
  }

  private spawn(options: EmbeddedOptions): ChildProcess {
    const env = embeddedEnv({
      folder: this.folder.path,
      portFile: this.portFile,
      apiKey: this.key,
      overrides: options.overrides,
      isolated: options.isolated,
    });
    const program = options.program ?? join(findPackageRoot(), 'dist/apps/standalone/src/main.js');
    if (!existsSync(program)) {
      this.folder.remove();
      throw new CliError(`${program} does not exist`, { hint: 'Build the project first: `npm run build`.' });
    }
    const log = openSync(this.logFile, 'a');
    // A process group of its own: the terminal's Ctrl-C is for this command, which still needs the system to cancel the job.
    const stdio = ['ignore', log, log, 'ipc'] as const;
    const child = spawn(process.execPath, [program], { env, stdio: [...stdio], detached: true, windowsHide: true });
    closeSync(log);
    return child;
  }

  private async waitUntilReady(signal: AbortSignal): Promise<ApiClient> {
    const startedAt = Date.now();
    for (;;) {
      if (signal.aborted) throw signal.reason;
      if (Date.now() - startedAt > START_LIMIT_MS) {
        throw new CliError(`the embedded system is not ready after ${START_LIMIT_MS / 1000} s${this.readLogEnd()}`);
      }
      const client = this.connect();
      if (client && (await client.probe('/health/ready').catch(() => 0)) === 200) return client;
      await sleep(POLL_MS);
    }
  }

  private connect(): ApiClient | undefined {
    if (!existsSync(this.portFile)) return undefined;
    return new ApiClient(`http://127.0.0.1:${readFileSync(this.portFile, 'utf8').trim()}`, this.key);
  }

  private describeFall(): CliError {
    const { exitCode, signalCode } = this.child;
    return new CliError(`the embedded system has ended (${signalCode ?? `exit code ${exitCode}`})${this.readLogEnd()}`);
  }

  private readLogEnd(): string {
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES);
    return lines.join('') === ''
      ? '; it has logged nothing'
      : `; its last words:\n${lines.map((line) => `  ${printable(line)}`).join('\n')}`;
  }

  private get portFile(): string {
    return join(this.folder.path, 'port');
  }

  private get logFile(): string {
    return join(this.folder.path, 'gleaner.log');
  }
}
