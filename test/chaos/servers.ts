import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { connect } from 'amqplib';
import { createConnection } from 'mysql2/promise';
import { waitFor } from '../support/wait-for.js';
import type { Server, ServerFault } from './plan.js';

const BACK_WITHIN_MS = 60_000;

/** Starts a private RabbitMQ and MariaDB for this process, by the script that tests are provided by; they end with it. */
export async function startServers(): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ['scripts/services.mjs'], {
    detached: true,
    env: { ...process.env, TEST_SERVICES: 'own' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<string>((resolve) => child.on('close', () => resolve('')));
  const line = new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
  const answer = await Promise.race([line, ended]);
  if (answer === '') throw new Error('RabbitMQ and MariaDB could not be provided');
  const { summary, env } = JSON.parse(answer) as { summary: string; env: Record<string, string> };
  console.log(`services: ${summary}`);
  Object.assign(process.env, env);
  return async () => {
    child.stdin.end();
    await ended;
  };
}

/** Restarts a server of our own, and resolves when it answers again. False where it is somebody else's. */
export async function restartServer(server: Server, kind: ServerFault, url: string): Promise<boolean> {
  const command = server === 'broker' ? process.env.TEST_BROKER_RESTART : process.env.TEST_DATABASE_RESTART;
  if (!command) return false;
  await promisify(execFile)(command, server === 'database' ? [kind === 'crash' ? 'KILL' : 'TERM'] : []);
  const reach = server === 'broker' ? reachBroker : reachDatabase;
  await waitFor(() => reach(url), { timeoutMs: BACK_WITHIN_MS, intervalMs: 20, message: `the ${server} to be back` });
  return true;
}

async function reachBroker(url: string): Promise<true> {
  const own = new URL(url);
  own.searchParams.delete('prefix');
  const connection = await connect(own.href, { timeout: 2000 });
  await connection.close();
  return true;
}

async function reachDatabase(url: string): Promise<true> {
  const connection = await createConnection({ uri: url.replace(/^mariadb:/, 'mysql:'), connectTimeout: 2000 });
  connection.destroy();
  return true;
}
