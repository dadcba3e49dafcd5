import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, makeFolder, serverUser, startDaemon } from './daemon.mjs';
import { freePorts } from './ports.mjs';
import { mustRun } from './run.mjs';

export const mariadb = {
  name: 'MariaDB',
  variable: 'TEST_DATABASE_URL',
  fallbackVariable: 'DATABASE_URL',
  scheme: /^(mysql|mariadb):/,
  defaultUrl: 'mariadb://root@127.0.0.1:3306',
  packages: ['mariadb-server'],
  container: { image: 'mariadb:11.4', port: 3306, environment: { MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: '1' } },
  containerUrl: (port) => `mariadb://root@127.0.0.1:${port}`,
  isInstalled: () => Boolean(findProgram('mariadbd') && findProgram('mariadb-install-db')),
  probe,
  start,
};

/** Resolves with the server's description and its URL under the scheme of what it really is; throws if it does not let us in. */
async function probe(url) {
  const { createConnection } = await import('mysql2/promise');
  const { hostname: host, port, username, password } = new URL(url);
  const connection = await createConnection({
    host,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    connectTimeout: 3000,
  });
  try {
    const [[{ version }]] = await connection.query('SELECT VERSION() AS version');
    const isMariaDb = version.includes('MariaDB');
    return {
      url: url.replace(/^\w+:/, isMariaDb ? 'mariadb:' : 'mysql:'),
      version: `${isMariaDb ? 'MariaDB' : 'MySQL'} ${version.split('-')[0]}`,
    };
  } finally {
    connection.destroy();
  }
}

async function start(folder, onDaemon) {
  const user = serverUser('mysql');
  const home = makeFolder(join(folder, 'mariadb'), user);
  const [port] = await freePorts(1);
  const data = join(home, 'data');
  const installArgs = [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ];
  await mustRun(findProgram('mariadb-install-db'), installArgs, { cwd: home, ...user });
  // By address too: without it a login over TCP depends on how the machine resolves 127.0.0.1.
  const grants = "GRANT ALL PRIVILEGES ON *.* TO root@'127.0.0.1' IDENTIFIED BY '' WITH GRANT OPTION;\n";
  writeFileSync(join(home, 'init.sql'), grants);
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${join(home, 'mariadb.sock')}`,
    `--pid-file=${join(home, 'mariadb.pid')}`,
    `--init-file=${join(home, 'init.sql')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    '--max-connections=500',
    '--innodb-flush-log-at-trx-commit=2', // what is committed survives the server's death, which is what tests try
  ];
  const options = { cwd: home, ...user, log: join(folder, 'mariadb.log') };
  const server = startDaemon('/bin/sh', ['-c', RUN_AGAIN_IF_ASKED, home, findProgram('mariadbd'), ...args], options);
  onDaemon(server);
  let found;
  await server.waitUntil(async () => {
    found = await probe(mariadb.containerUrl(port)).catch(() => undefined);
    return found;
  });
  return { ...found, extra: { TEST_DATABASE_RESTART: writeRestartScript(home) } };
}

const RUN_AGAIN_IF_ASKED = 'while "$@"; [ -e "$0/restart" ]; do rm "$0/restart"; done';

/**
 * For tests of what a database restart does: a command that ends the server by a signal, TERM unless another is named,
 * and returns when it is gone; it starts again at once.
 */
function writeRestartScript(home) {
  const path = join(home, 'restart-database.sh');
  const lines = [
    '#!/bin/sh',
    'set -e',
    `server=$(cat '${home}/mariadb.pid')`,
    `touch '${home}/restart'`,
    'kill -"${1:-TERM}" "$server"',
    'while kill -0 "$server" 2>/dev/null; do sleep 0.05; done',
    '',
  ];
  writeFileSync(path, lines.join('\n'), { mode: 0o755 });
  return path;
}
