// Provides RabbitMQ and MariaDB for tests (TEST_SERVICES=auto|own, see scripts/test.mjs). Prints one line of JSON with
// what to put into the environment, then keeps what it has started until its standard input ends. The parent's death,
// however it comes about, ends that input: no process and no folder is left behind.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCompose, startContainer } from './lib/compose.mjs';
import { canInstallPackages, installPackages } from './lib/debian.mjs';
import { mariadb } from './lib/mariadb.mjs';
import { rabbitmq } from './lib/rabbitmq.mjs';
import { note } from './lib/run.mjs';

const NAMED_SERVER_LIMIT_MS = 30_000;
const services = [rabbitmq, mariadb];
const ownOnly = process.env.TEST_SERVICES === 'own';
const daemons = [];
let folder;
let isStopping = false;

process.stdin.on('end', stop).on('error', stop).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);

const providing = provide();
try {
  process.stdout.write(`${JSON.stringify(await providing)}\n`);
} catch (error) {
  if (!isStopping) note(error.message);
  process.exitCode = 1;
  void stop();
}

async function provide() {
  const found = ownOnly ? new Map() : await findRunning();
  const missing = services.filter((service) => !found.has(service));
  if (missing.length > 0) await startMissing(missing, found);
  return {
    summary: services.map((service) => found.get(service).summary).join(', '),
    env: Object.assign({}, ...services.map((service) => found.get(service).env)),
  };
}

/** Servers named in the environment (which must answer), else those that answer on this machine's default ports. */
async function findRunning() {
  const found = new Map();
  const look = async (service) => {
    const url = findNamedUrl(service);
    if (url)
      return found.set(service, describe(service, await probePatiently(service, url), 'named in the environment'));
    const server = await service.probe(service.defaultUrl).catch(() => undefined);
    if (server) found.set(service, describe(service, server, 'running on its default port'));
  };
  await Promise.all(services.map(look));
  return found;
}

function findNamedUrl({ variable, fallbackVariable, scheme }) {
  return [process.env[variable], process.env[fallbackVariable]].find((url) => url && scheme.test(url));
}

/** A server that somebody has named may still be starting. */
async function probePatiently(service, url) {
  for (const deadline = Date.now() + NAMED_SERVER_LIMIT_MS; ; await sleep(500)) {
    try {
      return await service.probe(url);
    } catch (error) {
      if (Date.now() < deadline && !isStopping) continue;
      throw new Error(`${service.name} at ${new URL(url).host} does not answer: ${error.message || error.code}`, {
        cause: error,
      });
    }
  }
}

async function startMissing(missing, found) {
  const start = await chooseStart(missing);
  folder = mkdtempSync(join(tmpdir(), 'gleaner-test-'));
  chmodSync(folder, 0o755); // the servers run as users of their own
  const startOne = async (service) => {
    note(`starting a private ${service.name}`);
    found.set(service, describe(service, await start(service, folder, keep), 'private'));
  };
  await Promise.all(missing.map(startOne));
}

/** Docker compose where an engine answers, else the machine's own packages; `own` asks for them first. */
async function chooseStart(missing) {
  const useContainers = await hasCompose();
  if (useContainers && !ownOnly) return startContainer;
  const uninstalled = missing.filter((service) => !service.isInstalled());
  if (uninstalled.length > 0) {
    if (canInstallPackages()) await installPackages(uninstalled.flatMap((service) => service.packages));
    else if (useContainers) return startContainer;
    else throw new Error(explainMissing(uninstalled));
  }
  return (service, ...args) => service.start(...args);
}

function explainMissing(missing) {
  const lines = missing.map(
    ({ name, variable, packages }) => `missing: ${name} (set ${variable}, or install ${packages.join(', ')})`,
  );
  return [...lines, 'or start a Docker engine with compose, or run as root on Debian to have them installed'].join(
    '\n',
  );
}

function describe({ variable }, { url, version, extra }, origin) {
  return { summary: `${version} (${origin})`, env: { [variable]: url, ...extra } };
}

function keep(daemon) {
  daemons.push(daemon);
  if (!isStopping) return;
  void daemon.stop();
  throw new Error('stopped while starting');
}

async function stop() {
  if (isStopping) return;
  isStopping = true;
  await Promise.all(daemons.map((daemon) => daemon.stop()));
  await providing.catch(() => {}); // an installation of packages is waited for
  await Promise.all(daemons.map((daemon) => daemon.stop()));
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.exit();
}
