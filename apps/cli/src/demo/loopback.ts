import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';

export const HOST = '127.0.0.1';

/** Listens on a free port of loopback alone, and says which. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}

export function closeServer(server: HttpServer): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
