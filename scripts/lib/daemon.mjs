import { execFileSync, spawn } from 'node:child_process';
import { accessSync, chownSync, constants, mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const STARTUP_LIMIT_MS = 90_000;

/** The full path of a program, looked for in PATH and where Debian keeps servers. */
export function findProgram(...names) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/lib/rabbitmq/bin'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Servers refuse or dislike to run as root: there they run as the user that their package has made. */
export function serverUser(name) {
  if (process.getuid?.() !== 0) return {};
  try {
    const id = (flag) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return {};
  }
}

export function makeFolder(path, { uid, gid }) {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  if (uid !== undefined) chownSync(path, uid, gid);
  return path;
}

/**
 * A server process in a process group of its own: a Ctrl-C in the terminal does not reach it, only `stop` does, which
 * kills the whole group. Its data is thrown away, so there is nothing to shut down in order.
 */
export function startDaemon(command, args, { log, ...options }) {
  const out = openSync(log, 'a');
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', out, out] });
  closeSync(out);
  const ended = new Promise((resolve) => child.on('close', resolve).on('error', resolve));
  let isRunning = true;
  void ended.then(() => (isRunning = false));
  return {
    async waitUntil(isReady) {
      const deadline = Date.now() + STARTUP_LIMIT_MS;
      while (isRunning && Date.now() < deadline) {
        if (await isReady()) return;
        await sleep(200);
      }
      throw new Error(`${command} did not start\n${readFileSync(log, 'utf8').slice(-4000)}`);
    },
    async stop() {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Already gone.
      }
      await ended;
    },
  };
}
