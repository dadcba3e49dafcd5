import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Free loopback ports below 32768. Above it the kernel hands out source ports: a client that retries a server which
 * is just restarting can then connect to itself and keep the port from its owner.
 */
export async function freePorts(count) {
  const servers = [];
  while (servers.length < count) {
    const server = createServer().listen(20_000 + Math.floor(Math.random() * 12_000), '127.0.0.1');
    try {
      await once(server, 'listening');
      servers.push(server);
    } catch {
      // In use: draw again.
    }
  }
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
