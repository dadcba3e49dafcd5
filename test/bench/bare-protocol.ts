import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool } from 'mysql2/promise';
import { createEmptyDatabase } from '../support/test-database.js';

/** As many as a process of the product has. */
const POOL_SIZE = 10;

interface Task {
  url: string;
  first: number;
  count: number;
  waitMs: number;
}

const SCHEMA = [
  'CREATE TABLE c (no INT PRIMARY KEY, state VARCHAR(12), attempt INT, worker VARCHAR(64), lease_until BIGINT, started_at BIGINT, finished_at BIGINT, emails INT)',
  'CREATE TABLE e (job VARCHAR(36), hash BINARY(16), address VARCHAR(320), PRIMARY KEY (job, hash))',
  'CREATE TABLE s (job VARCHAR(36), host VARCHAR(260), outcome VARCHAR(20), PRIMARY KEY (job, host))',
];

/**
 * The limit of this machine and database: N times claim, wait, flush with mysql2 and nothing else, in as many processes
 * as the product uses, all let go at once.
 */
export async function runBareProtocol(
  n: number,
  processes: number,
  waitMs: number,
): Promise<{ spreadMs: number; totalMs: number }> {
  const database = await createEmptyDatabase(process.env.TEST_DATABASE_URL ?? 'mariadb://root@127.0.0.1:3306/');
  const url = database.url.replace(/^mariadb:/, 'mysql:');
  const pool = createPool(url);
  try {
    for (const sql of SCHEMA) await pool.query(sql);
    const rows = Array.from({ length: n }, (_, no) => [no, 'pending', 0, '', 0, 0, 0, 0]);
    await pool.query('INSERT INTO c VALUES ?', [rows]);
    const each = Math.ceil(n / processes);
    const children = Array.from({ length: processes }, () => fork(fileURLToPath(import.meta.url)));
    await Promise.all(
      children.map((child, i) => {
        const task: Task = { url, first: i * each, count: Math.max(0, Math.min(each, n - i * each)), waitMs };
        child.send(task);
        return Promise.race([
          once(child, 'message'),
          once(child, 'exit').then(() => Promise.reject(new Error('a process died'))),
        ]);
      }),
    );
    const ended = children.map((child: ChildProcess) => once(child, 'exit'));
    for (const child of children) child.send('go');
    await Promise.all(ended);
    const [[row]] = (await pool.query(
      "SELECT MIN(started_at) AS first, MAX(started_at) AS last, MAX(finished_at) AS finished FROM c WHERE state = 'done'",
    )) as unknown as [{ first: number; last: number; finished: number }[]];
    return { spreadMs: row!.last - row!.first, totalMs: row!.finished - row!.first };
  } finally {
    await pool.end();
    await database.drop();
  }
}

async function work({ url, first, count, waitMs }: Task): Promise<void> {
  const pool = createPool({ uri: url, connectionLimit: POOL_SIZE });
  await Promise.all(Array.from({ length: POOL_SIZE }, () => pool.query('SELECT 1')));
  process.send?.('warm');
  await once(process, 'message');
  await Promise.all(Array.from({ length: count }, (_, i) => runOne(pool, first + i, waitMs)));
  await pool.end();
}

async function runOne(pool: ReturnType<typeof createPool>, no: number, waitMs: number): Promise<void> {
  await pool.query(
    "UPDATE c SET state = 'running', attempt = attempt + 1, worker = ?, lease_until = ?, started_at = ? WHERE no = ? AND state = 'pending'",
    [`w-${no}`, Date.now() + 6000, Date.now(), no],
  );
  await pool.query('SELECT * FROM c WHERE no = ?', [no]);
  await sleep(waitMs);
  const connection = await pool.getConnection();
  await connection.beginTransaction();
  await connection.query('SELECT attempt FROM c WHERE no = ? AND attempt = 1 FOR UPDATE', [no]);
  await connection.query("INSERT IGNORE INTO s VALUES ('job', ?, 'found')", [`host-${no}`]);
  await connection.query("INSERT IGNORE INTO e VALUES ('job', ?, ?)", [
    Buffer.from(randomUUID().replaceAll('-', ''), 'hex'),
    `person${no}@example.org`,
  ]);
  await connection.query("UPDATE c SET state = 'done', finished_at = ?, emails = emails + 1 WHERE no = ?", [
    Date.now(),
    no,
  ]);
  await connection.commit();
  connection.release();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [task] = (await once(process, 'message')) as [Task];
  await work(task);
  process.disconnect();
}
