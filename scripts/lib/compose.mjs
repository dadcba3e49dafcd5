import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './ports.mjs';
import { mustRun, run } from './run.mjs';

/** A Docker engine that answers, with the compose plugin. */
export async function hasCompose() {
  return (await answers('compose', 'version')) && (await answers('info'));
}

async function answers(...args) {
  const { code } = await run('docker', args).catch(() => ({ code: 1 }));
  return code === 0;
}

/** Starts the service as a compose project of its own on a free loopback port. */
export async function startContainer(service, folder, onDaemon) {
  const [port] = await freePorts(1);
  const { image, port: innerPort, environment } = service.container;
  const file = join(folder, `${service.name}.compose.json`);
  const ports = [`127.0.0.1:${port}:${innerPort}`];
  writeFileSync(file, JSON.stringify({ services: { server: { image, environment, ports } } }));
  const compose = ['compose', '-p', `gleaner-test-${port}`, '-f', file];
  onDaemon({ stop: () => run('docker', [...compose, 'down', '-v', '-t', '1']) });
  await mustRun('docker', [...compose, 'up', '-d']);
  for (let tries = 0; ; tries++) {
    try {
      return await service.probe(service.containerUrl(port));
    } catch (error) {
      if (tries === 120) throw error;
      await sleep(500);
    }
  }
}
