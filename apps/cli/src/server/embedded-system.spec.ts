import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test/support/wait-for.js';
import { EmbeddedSystem } from './embedded-system.js';

const SERVE = `
  import { createServer } from 'node:http';
  import { renameSync, writeFileSync } from 'node:fs';
  const server = createServer((_, response) => response.end('{}'));
  server.listen(0, '127.0.0.1', () => {
    writeFileSync(process.env.PORT_FILE + '.tmp', String(server.address().port));
    renameSync(process.env.PORT_FILE + '.tmp', process.env.PORT_FILE);
  });`;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('EmbeddedSystem', () => {
  let folder: string;
  const signal = new AbortController().signal;
  /** A stand-in for the product that leaves its pid and its folder behind, so that the spec can look for them. */
  const program = (code: string): string => {
    const file = join(folder, 'program.mjs');
    const trace = `import { writeFileSync as write } from 'node:fs';
      write(${JSON.stringify(join(folder, 'trace'))}, JSON.stringify({ pid: process.pid, portFile: process.env.PORT_FILE }));`;
    writeFileSync(file, `${trace}\n${code}`);
    return file;
  };
  const readTrace = (): { pid: number; portFile: string } =>
    JSON.parse(readFileSync(join(folder, 'trace'), 'utf8')) as { pid: number; portFile: string };
  const expectNothingLeft = (): void => {
    const { pid, portFile } = readTrace();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(portFile, '..'))).toBe(false);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gleaner-spec-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('starts, and leaves no process and no folder behind', async () => {
    const { system, client } = await EmbeddedSystem.start({ signal, program: program(SERVE) });
    expect(await client.probe('/health/ready')).toBe(200);
    await system.stop();
    expectNothingLeft();
  });

  it('shows the last words of a system that cannot start', async () => {
    const code = `console.error('the disk is full'); process.exit(78);`;
    const starting = EmbeddedSystem.start({ signal, program: program(code) });
    await expect(starting).rejects.toThrow(/exit code 78[^]*the disk is full/);
    expectNothingLeft();
  });

  it('can be interrupted while it starts', async () => {
    const interruption = new AbortController();
    const starting = EmbeddedSystem.start({
      signal: interruption.signal,
      program: program('setInterval(() => {}, 1000);'),
    });
    await waitFor(() => readdirSync(folder).includes('trace'));
    interruption.abort(new Error('interrupted'));
    await expect(starting).rejects.toThrow('interrupted');
    expectNothingLeft();
  });

  it('tells when a running system falls over', async () => {
    const { system } = await EmbeddedSystem.start({ signal, program: program(SERVE) });
    process.kill(readTrace().pid, 'SIGKILL');
    await waitFor(() => system.failure.aborted);
    expect(String(system.failure.reason)).toContain('has ended (SIGKILL)');
    await system.stop();
    expectNothingLeft();
  });
});
