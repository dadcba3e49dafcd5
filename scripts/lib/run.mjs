import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Progress goes to stderr: stdout belongs to the program that is started, or to the test result. */
export const note = (line) => process.stderr.write(`${line}\n`);

/** The local binary of a dev dependency, called as Node does it: `npx` would cost half a second each time. */
export const bin = (name) => `${root}node_modules/.bin/${name}`;

/** Runs a command in the project's root; resolves with its exit code and, unless it inherits them, its output streams as one text. */
export function run(command, args, { stdio = ['ignore', 'pipe', 'pipe'], onStart, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio, ...options });
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? 1, signal, output }));
    onStart?.(child);
  });
}

/** Like `run`, but a failure is an error that shows the output. */
export async function mustRun(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed (exit ${code})\n${output}`);
  return output;
}

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
