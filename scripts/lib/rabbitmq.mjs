import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, makeFolder, serverUser, startDaemon } from './daemon.mjs';
import { freePorts } from './ports.mjs';

export const rabbitmq = {
  name: 'RabbitMQ',
  variable: 'TEST_BROKER_URL',
  fallbackVariable: 'BROKER_URL',
  scheme: /^amqps?:/,
  defaultUrl: 'amqp://guest:guest@127.0.0.1:5672',
  packages: ['rabbitmq-server'],
  container: { image: 'rabbitmq:4', port: 5672, environment: {} },
  containerUrl: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
  isInstalled: () => Boolean(findServer() && findProgram('epmd')),
  probe,
  start,
};

/** Resolves with the server's description if it lets us in; throws otherwise. */
async function probe(url) {
  const { connect } = await import('amqplib');
  const connection = await connect(url, { timeout: 3000 });
  connection.on('error', () => {});
  const { version } = connection.connection.serverProperties;
  await connection.close();
  return { url, version: `RabbitMQ ${version}` };
}

// Debian's /usr/sbin wrapper changes folder, user and log files; the real script beneath it does not.
const findServer = () =>
  existsSync('/usr/lib/rabbitmq/bin/rabbitmq-server')
    ? '/usr/lib/rabbitmq/bin/rabbitmq-server'
    : findProgram('rabbitmq-server');

async function start(folder, onDaemon) {
  const user = serverUser('rabbitmq');
  const home = makeFolder(join(folder, 'rabbitmq'), user);
  const [port, distPort, epmdPort] = await freePorts(3);
  writeFileSync(join(home, 'enabled_plugins'), '[].\n');
  writeFileSync(join(home, 'rabbitmq.conf'), 'disk_free_limit.absolute = 50MB\nlog.file.level = warning\n');
  const settings = {
    HOME: home, // its own Erlang cookie
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_FLAGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_NODENAME: `gleaner-test-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_MNESIA_BASE: join(home, 'mnesia'),
    RABBITMQ_LOG_BASE: join(home, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: join(home, 'none'), // not the one of the machine's own broker
  };
  const env = { ...withoutRabbitSettings(), ...settings };
  // The port mapper is started by hand: one started by RabbitMQ would outlive it.
  onDaemon(
    startDaemon(findProgram('epmd'), ['-port', String(epmdPort)], { env, ...user, log: join(folder, 'epmd.log') }),
  );
  // RUNNING_UNDER_SYSTEMD makes the script exec the server, so that the pid is the server's.
  const serverEnv = { ...env, RUNNING_UNDER_SYSTEMD: 'true' };
  const server = startDaemon(findServer(), [], {
    env: serverEnv,
    cwd: home,
    ...user,
    log: join(folder, 'rabbitmq.log'),
  });
  onDaemon(server);
  const url = rabbitmq.containerUrl(port);
  let found;
  await server.waitUntil(async () => {
    found = await probe(url).catch(() => undefined);
    return found;
  });
  return { ...found, extra: { TEST_BROKER_RESTART: writeRestartScript(folder, settings) } };
}

/** For tests of what a broker restart does: a command that stops and starts the broker inside its Erlang node. */
function writeRestartScript(folder, settings) {
  const path = join(folder, 'restart-broker.sh');
  const control = `'${join(findServer(), '../rabbitmqctl')}' -q -n ${settings.RABBITMQ_NODENAME}`;
  const exports = Object.entries(settings).map(([key, value]) => `export ${key}='${value}'`);
  const lines = ['#!/bin/sh', 'set -e', ...exports, `${control} stop_app`, `${control} start_app`, ''];
  writeFileSync(path, lines.join('\n'), { mode: 0o755 });
  return path;
}

function withoutRabbitSettings() {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(RABBITMQ_|ERL_)/.test(key)));
}
